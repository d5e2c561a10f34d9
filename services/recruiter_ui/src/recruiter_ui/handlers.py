"""The one thing recruiter_ui does when something happens anywhere: fold it into what the pages show.

One ordered consumer takes every fact, in batches; each batch is one set statement per table.
"""

from __future__ import annotations

from collections.abc import Sequence

from chassis import Handlers, Tx
from contracts import Envelope

from recruiter_ui.ports import ReadModel
from recruiter_ui.projection import PROJECTED, fold_batch

handlers = Handlers("recruiter_ui")


@handlers.on_batch(*PROJECTED, consumer="project")
async def project(envelopes: Sequence[Envelope], tx: Tx, read_model: ReadModel) -> None:
    """Folding is insensitive to order and repetition, so replicas and replays need no care."""
    await read_model.fold(tx, fold_batch(envelopes))
