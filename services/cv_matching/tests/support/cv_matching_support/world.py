"""One cv_matching with everything in memory: who is known, what arrives, what is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from chassis.blobs import MemoryBlobs
from chassis.testing import NOON, InMemoryTx
from contracts import Actor
from contracts.cv_matching import CvMatched, InboundUnmatched, MatchRequested
from contracts.intake import (
    ApplicationOpened,
    ApplicationStatus,
    ApplicationStatusChanged,
    CandidateProfile,
    CandidatesMerged,
    CandidatesUnmerged,
)
from contracts.messaging import Attachment, Channel, MessageReceived
from cv_matching.handlers.following import (
    know_application,
    know_merge,
    know_status,
    know_unmerge,
    write_down_received_files,
)
from cv_matching.handlers.matching import match_received_file

from cv_matching_support.ports import (
    MemoryCvs,
    MemoryDirectory,
    MemoryItems,
    MemoryMerges,
    ScriptedReading,
    TextInMemory,
)

AWAITING = ApplicationStatus.AWAITING_CV


@dataclass
class World:
    """One cv_matching with everything in memory."""

    tx: InMemoryTx = field(default_factory=InMemoryTx)
    merges: MemoryMerges = field(default_factory=MemoryMerges)
    items: MemoryItems = field(default_factory=MemoryItems)
    cvs: MemoryCvs = field(default_factory=MemoryCvs)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    documents: TextInMemory = field(default_factory=TextInMemory)
    reading: ScriptedReading = field(default_factory=ScriptedReading)
    sequence: int = 0

    def __post_init__(self) -> None:
        self.directory = MemoryDirectory(self.merges)

    async def candidate(
        self,
        candidate_id: int,
        name: str,
        *applications: int,
        status: ApplicationStatus = AWAITING,
        **profile: str,
    ) -> None:
        first, _, last = name.partition(" ")
        known = CandidateProfile(full_name=name, first_name=first, last_name=last, **profile)
        for each in applications:
            opened = ApplicationOpened(
                candidate_id=candidate_id, application_id=each, position_id=1, profile=known
            )
            await know_application(opened, self.tx, self.directory)
            await self.status(candidate_id, each, status)

    async def status(self, candidate_id: int, application_id: int, status: ApplicationStatus) -> None:
        self.sequence += 1
        changed = ApplicationStatusChanged(
            candidate_id=candidate_id,
            application_id=application_id,
            position_id=1,
            sequence=self.sequence,
            previous=ApplicationStatus.QUALIFIED,
            current=status,
            actor=Actor.system(),
            reason="",
        )
        await know_status(changed, self.tx, self.directory)

    async def merge(self, kept: int, merged: int, number: int = 1) -> None:
        event = CandidatesMerged(
            candidate_id=kept, merged_candidate_id=merged, merge_id=UUID(int=number), actor=Actor.system()
        )
        await know_merge(event, self.tx, self.merges)

    async def unmerge(self, kept: int, merged: int, number: int = 1) -> None:
        event = CandidatesUnmerged(
            candidate_id=kept, merged_candidate_id=merged, merge_id=UUID(int=number), actor=Actor.system()
        )
        await know_unmerge(event, self.tx, self.merges)

    async def receive(
        self, sender: str, *bodies: bytes, channel: Channel = Channel.EMAIL, **said: str | None
    ) -> None:
        """A message with these files arrives and is written down."""
        attachments = []
        for at, body in enumerate(bodies):
            ref = await self.blobs.put(f"m{self.sequence}-{at}", body, "application/pdf")
            attachments.append(Attachment(file=ref, file_name="cv.pdf", content_type="application/pdf"))
        message = MessageReceived(
            message_id=UUID(int=1000 + self.sequence),
            channel=channel,
            sender=sender,
            attachments=attachments,
            external_id="x",
            received_at=NOON,
            **said,
        )
        await write_down_received_files(message, self.tx, self.items)

    async def work(self) -> None:
        """Everything asked for so far gets matched."""
        for request in self.tx.said(MatchRequested):
            await self.match(request)

    async def match(self, request: MatchRequested) -> None:
        await match_received_file(
            request,
            self.tx.begin,
            self.items,
            self.directory,
            self.cvs,
            self.blobs,
            self.documents,
            self.reading,
        )

    @property
    def matched(self) -> list[CvMatched]:
        return self.tx.said(CvMatched)

    @property
    def unmatched(self) -> InboundUnmatched:
        [event] = self.tx.said(InboundUnmatched)
        return event
