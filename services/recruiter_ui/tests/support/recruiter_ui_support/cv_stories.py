"""Received files in every state: doubtful, of nobody, kept apart, without text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts import Actor, BlobRef
from contracts.cv_matching import (
    CvConfirmed,
    CvContacts,
    CvDetached,
    CvMatched,
    CvSource,
    FileReading,
    InboundUnmatched,
    ItemDiscarded,
    ItemReopened,
    MatchMethod,
    RunnerUp,
    UnmatchedAssigned,
)
from contracts.messaging import Channel

from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller

IRINA = Actor(kind="recruiter", id="1", name="Irina Dobre")
PAUL = Actor(kind="recruiter", id="2", name="Paul Pavel")
FILE = BlobRef(key="cvs/sample", size=12, content_type="application/pdf")

CV_TEXT = """Radu Ștefan Crăciunescu
București, sector 3 · +40 700 000 058 ·
radu.craciunescu@example.com

PROFIL
Șofer profesionist cu opt ani de experiență în livrări urbane și interurbane. Fără accidente.

EXPERIENȚĂ
Șofer livrări, Curier Exemplu SRL, 2021 până în prezent
Rute zilnice în București și Ilfov, 60 până la 80 de opriri. Încărcare, încasare, predare acte.
Șofer distribuție, Panificația Exemplu SA, 2017 până în 2021
Distribuție pâine în 34 de magazine, program de noapte.

PERMIS
Categoria B (2014), C (2019). Atestat marfă valabil.

STUDII
Liceul Tehnologic Exemplu, București, 2013

LIMBI
Română, engleză (mediu)
<script>alert("a CV is a stranger's text")</script>
"""


async def read_text(ui: Running, text: str = CV_TEXT, key: str = "readings/sample") -> FileReading:
    """What cv_matching keeps of a file that it could read."""
    kept = await ui.blobs.put(key, text.encode(), "text/plain; charset=utf-8")
    contacts = CvContacts(
        first_name="Radu Ștefan",
        last_name="Crăciunescu",
        email="radu.craciunescu@example.com",
        phone="+40 700 000 058",
    )
    return FileReading(kind="pdf", pages=2, text=kept, contacts=contacts, hidden_text=False)


class Files:
    """Tells what cv_matching says of files."""

    def __init__(self, told: Storyteller) -> None:
        self.told = told

    def may_be(self, *numbers: int, item_id: UUID | None = None, **fields: Any) -> UUID:
        """A file that may be one person's; it went to all of these applications. Answers its item."""
        item_id = item_id or self.told.new_id()
        for number in numbers:
            said: dict[str, Any] = {
                "candidate_id": numbers[0],
                "application_id": number,
                "cv_id": self.told.new_id(),
                "item_id": item_id,
                "method": MatchMethod.FUZZY_NAME,
                "confidence": "medium",
                "needs_review": True,
                "explanation": "The number it came from is not on file, so a person has to decide.",
                "file": FILE,
                "file_name": "CV_Craciunescu_RS.pdf",
                "source": CvSource.WHATSAPP_MEDIA,
                "received_at": self.told.at,
                "number": 1,
                "score": 74,
                **fields,
            }
            self.told.say(CvMatched(**said))
        return item_id

    def is_nobodys(self, **fields: Any) -> UUID:
        item_id = self.told.new_id()
        said: dict[str, Any] = {
            "item_id": item_id,
            "channel": Channel.EMAIL,
            "sender": "someone.else@example.com",
            "sender_name": "M. Popa",
            "subject": "CV atașat",
            "body_snippet": "Bună ziua, vă trimit CV-ul pentru post.",
            "attachment_name": "Scan_0042.pdf",
            "file": FILE,
            "explanation": "No address, number, reference or name fits anybody.",
            "received_at": self.told.at,
            **fields,
        }
        self.told.say(InboundUnmatched(**said))
        return item_id

    def is_kept_apart(self, name: str = "CV.pdf.exe") -> UUID:
        return self.is_nobodys(
            attachment_name=name,
            quarantined=True,
            reading=FileReading(kind="program"),
            explanation="The file is a program, not a document; do not open it.",
        )

    def matched(self, item_id: UUID, number: int) -> CvMatched:
        matched = (it.event for it in self.told.envelopes if isinstance(it.event, CvMatched))
        return next(it for it in matched if (it.item_id, it.application_id) == (item_id, number))

    def cv_id(self, item_id: UUID, number: int) -> UUID:
        return self.matched(item_id, number).cv_id

    def confirmed(self, item_id: UUID, *numbers: int, by: Actor = PAUL) -> None:
        for number in numbers:
            cv_id = self.cv_id(item_id, number)
            ids = {"candidate_id": numbers[0], "application_id": number}
            self.told.say(CvConfirmed(**ids, cv_id=cv_id, actor=by))

    def detached(self, item_id: UUID, number: int, because: Any, by: Actor = PAUL) -> None:
        self.told.say(
            CvDetached(
                candidate_id=self.matched(item_id, number).candidate_id,
                application_id=number,
                cv_id=self.cv_id(item_id, number),
                item_id=item_id,
                because=because,
                cvs_left=0,
                actor=by,
            )
        )

    def discarded(self, item_id: UUID, by: Actor = PAUL) -> None:
        self.told.say(ItemDiscarded(item_id=item_id, reason="not a CV", file_name="x.pdf", actor=by))

    def assigned(self, item_id: UUID, number: int, by: Actor | None = PAUL) -> None:
        self.told.say(
            UnmatchedAssigned(candidate_id=number, application_id=number, item_id=item_id, actor=by)
        )
        by_hand = {"method": MatchMethod.MANUAL, "needs_review": False, "confidence": "high", "actor": by}
        self.may_be(number, item_id=item_id, **by_hand)

    def reopened(self, item_id: UUID, by: Actor = PAUL) -> None:
        self.told.say(ItemReopened(item_id=item_id, actor=by))


def runners_up(*those: tuple[int, int]) -> list[RunnerUp]:
    return [RunnerUp(candidate_id=who, score=score, why="A similar name") for who, score in those]
