"""What one writes without thinking, as a yardstick: the specification's import row by row through an ORM.

For each row: look the candidate up by lead id, update or add, look the application up, add, add its event,
commit. Same tables, same server, same phone and name rules; SQLAlchemy 2 on asyncpg.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts.intake import ApplicationOpened, CandidateProfile, FormAnswer
from people import fold, humanize_answer, humanize_question, normalise_phone, split_name
from sqlalchemy import DateTime, MetaData, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

KNOWN = {
    *[
        "id",
        "created_time",
        "ad_id",
        "ad_name",
        "adset_id",
        "adset_name",
        "campaign_id",
        "campaign_name",
        "form_id",
        "form_name",
    ],
    *["is_organic", "platform", "email", "full_name", "phone_number", "inbox_url", "lead_status"],
}


class Base(DeclarativeBase):
    metadata = MetaData(schema="intake")
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text}  # noqa: RUF012 SQLAlchemy's way


class Candidate(Base):
    __tablename__ = "candidates"
    candidate_id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    name_folded: Mapped[str]
    phone: Mapped[str | None]
    phone_as_given: Mapped[str | None]
    email: Mapped[str | None]
    language: Mapped[str]
    source: Mapped[str]
    meta_lead_id: Mapped[str | None]
    lead_key: Mapped[str | None]
    meta_created_time: Mapped[datetime | None]
    campaign_name: Mapped[str | None]
    platform: Mapped[str | None]
    form_answers: Mapped[list[Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Application(Base):
    __tablename__ = "applications"
    application_id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int]
    position_id: Mapped[int]
    status: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Outbox(Base):
    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    type: Mapped[str]
    time: Mapped[datetime]
    candidate_id: Mapped[int | None]
    application_id: Mapped[int | None]
    correlation_id: Mapped[UUID]
    data: Mapped[str]


async def import_row_by_row(url: str, text: str, position_id: int) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter="\t"):
        async with sessions() as session:
            await _bring_in(session, row, position_id)
            await session.commit()
    await engine.dispose()


async def _bring_in(session: AsyncSession, row: dict[str, str], position_id: int) -> None:
    now = datetime.now(UTC)
    profile = _profile(row)
    key = row["id"].removeprefix("l:")
    candidate = await session.scalar(select(Candidate).where(Candidate.lead_key == key))
    if candidate is None:
        candidate = Candidate(lead_key=key, created_at=now)
        session.add(candidate)
    for name, value in profile.model_dump(exclude={"whatsapp_number", "time_zone"}).items():
        setattr(candidate, name, value)
    candidate.name_folded = fold(profile.full_name)
    candidate.updated_at = now
    await session.flush()
    mine = select(Application).where(
        Application.candidate_id == candidate.candidate_id, Application.position_id == position_id
    )
    if await session.scalar(mine) is not None:
        return
    application = Application(
        candidate_id=candidate.candidate_id,
        position_id=position_id,
        status="pending_call",
        created_at=now,
        updated_at=now,
    )
    session.add(application)
    await session.flush()
    session.add(_opened(application, profile, now))


def _profile(row: dict[str, str]) -> CandidateProfile:
    first, last = split_name(row["full_name"])
    return CandidateProfile(
        full_name=row["full_name"],
        first_name=first,
        last_name=last,
        phone=normalise_phone(row["phone_number"]).e164,
        phone_as_given=row["phone_number"],
        email=row["email"].strip().lower(),
        meta_lead_id=row["id"],
        meta_created_time=datetime.fromisoformat(row["created_time"]),
        campaign_name=row["campaign_name"],
        platform=row["platform"],
        form_answers=[
            FormAnswer(question=key, label=humanize_question(key), answer=humanize_answer(value))
            for key, value in row.items()
            if key not in KNOWN
        ],
    )


def _opened(application: Application, profile: CandidateProfile, now: datetime) -> Outbox:
    event = ApplicationOpened(
        candidate_id=application.candidate_id,
        application_id=application.application_id,
        position_id=application.position_id,
        profile=profile,
    )
    event_id = new_id()
    return Outbox(
        event_id=event_id,
        type=event.type(),
        time=now,
        candidate_id=event.candidate_id,
        application_id=event.application_id,
        correlation_id=event_id,
        data=event.model_dump_json(),
    )
