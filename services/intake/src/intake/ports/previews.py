"""What a look through a lead file needs: whom we know, and where its rows are written down."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from chassis import Tx
from contracts import BlobRef
from contracts.intake import PreviewCounts, PreviewSection

from intake.domain.preview import Known, Resembling, Row


class MergedMeanwhile(Exception):
    """Somebody was merged into another person just as they were read; trying again finds the other."""


class KnownPeople(Protocol):
    """Candidates, as far as a lead file has to be compared with them."""

    async def lead_keys(self, tx: Tx, keys: Collection[str]) -> set[str]:
        """Those of the keys that somebody has."""

    async def with_lead_keys(
        self, tx: Tx, position_id: int, keys: Collection[str], *, lock: bool = False
    ) -> dict[str, Known]:
        """Those that have one of these lead ids; for who was merged, the one who was kept.

        With ``lock`` they are kept from change until this transaction ends; raises ``MergedMeanwhile``.
        """

    async def with_contacts(
        self, tx: Tx, phones: Collection[str], emails: Collection[str]
    ) -> tuple[dict[str, list[Resembling]], dict[str, list[Resembling]]]:
        """The first few people by phone and by email, of those who are here."""


@dataclass(frozen=True, slots=True)
class KeptPreview:
    counts: PreviewCounts
    sections: list[PreviewSection]
    refused_rows: BlobRef | None


class PreviewWriter(Protocol):
    def add(self, row: Row, phone: str | None, email: str | None) -> None:
        """Write down the next row; earlier ones with the same usable phone or email become duplicates."""

    def refuse(self, reason: str, cells: Sequence[str]) -> None:
        """The cells of a refused row, for the file with which it can be mended."""

    async def keep(self) -> KeptPreview:
        """Bring what was written into the blob store."""


class PreviewPages(Protocol):
    def write(self, import_id: UUID, header: Sequence[str]) -> AbstractAsyncContextManager[PreviewWriter]:
        """Somewhere to write the rows of one file; what is not kept is gone at the end."""


class RefusedRows(Protocol):
    """A CSV of refused rows, to be mended and sent again."""

    def write(self, key: str, header: Sequence[str]) -> AbstractAsyncContextManager[RefusedWriter]: ...


class RefusedWriter(Protocol):
    def add(self, reason: str, cells: Sequence[str]) -> None: ...

    async def keep(self) -> BlobRef | None:
        """Bring the file into the blob store; None when nothing was refused."""
