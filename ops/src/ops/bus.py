"""The operator's side of the bus: commands with their answers, files, and waiting for a fact."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import nats
from chassis.blobs import ObjectBlobs
from contracts import Accepted, Actor, Command, Envelope, Event, parse_reply
from contracts.envelope import parse_envelope
from contracts.intake import ImportLeads, LeadsImported, LeadsImportRefused
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from ops.say import Trouble

Kind = TypeVar("Kind", bound=Event)

OPERATOR = Actor(kind="recruiter", name="recruitflow command")


class Operator:
    """``async with Operator(url, blobs_url) as operator``: raises ``Trouble`` when nobody is there."""

    def __init__(self, nats_url: str, blobs_url: str, *, foreign: bool = False) -> None:
        """``foreign``: somebody else's server, which ``make run`` does not start."""
        self._url = nats_url
        self._foreign = foreign
        self._blobs = ObjectBlobs(blobs_url)
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        if self._client is None:
            raise RuntimeError("not connected")
        return self._client

    @property
    def js(self) -> JetStreamContext:
        return self.client.jetstream(timeout=10)

    async def __aenter__(self) -> Operator:
        async def hush(_: Exception) -> None:
            """Said once, below."""

        try:
            where = urlsplit(self._url)
            _, probe = await asyncio.open_connection(where.hostname, where.port or 4222)
            probe.close()
            async with asyncio.timeout(5):
                # Reconnecting includes the first connection: without the probe it would wait for ever.
                self._client = await nats.connect(
                    self._url,
                    name="ops",
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.2,
                    connect_timeout=2,
                    error_cb=hush,
                )
        except (TimeoutError, OSError, nats.errors.Error) as failure:
            if self._foreign:
                raise Trouble(f"The bus can't be used: {failure}. Check NATS_URL.") from failure
            raise Trouble("RecruitFlow is not running here. Start it with: make run") from failure
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.close()

    async def ask(self, command: Command, within: float = 10.0) -> dict[str, Any]:
        """Send a command and answer its result; a refusal is the sender's trouble.

        Who has just lost the bus, or is being started again, is given time: a command is done once anyway.
        """
        try:
            async with asyncio.timeout(within):
                answer = await self._answered(
                    command.nats_subject(), command.model_dump_json().encode(), within
                )
        except TimeoutError as late:
            raise Trouble(
                f"{command.context} did not answer within {within:g} s: is it running? See its log."
            ) from late
        reply = parse_reply(answer.data)
        if isinstance(reply, Accepted):
            return reply.result
        raise Trouble(reply.message)

    async def _answered(self, subject: str, body: bytes, within: float) -> Msg:
        while True:
            try:
                return await self.client.request(subject, body, timeout=within)
            except nats.errors.NoRespondersError:
                await asyncio.sleep(0.2)

    @asynccontextmanager
    async def hearing(self, *kinds: type[Kind]) -> AsyncIterator[asyncio.Queue[Envelope]]:
        """Every event of these kinds from now on."""
        heard: asyncio.Queue[Envelope] = asyncio.Queue()

        async def take(msg: Msg) -> None:
            heard.put_nowait(parse_envelope(msg.headers, msg.data))

        subscriptions = [await self.client.subscribe(kind.nats_filter(), cb=take) for kind in kinds]
        await self.client.flush()
        yield heard
        for subscription in subscriptions:
            await subscription.unsubscribe()

    async def import_leads(
        self, file: Path, position_id: int, *, command_id: UUID | None = None, within: float = 60.0
    ) -> LeadsImported:
        """Hand a lead file to intake and wait for what became of it."""
        try:
            body = file.read_bytes()
        except OSError as failure:
            raise Trouble(f"{file}: {failure.strerror}") from failure
        key = f"imports/{hashlib.sha256(body).hexdigest()}"
        ref = await self._blobs.put(key, body, "text/csv")
        command = ImportLeads(
            command_id=command_id or uuid4(),
            actor=OPERATOR,
            position_id=position_id,
            file=ref,
            file_name=file.name,
        )
        async with self.hearing(LeadsImported, LeadsImportRefused) as heard:
            import_id = (await self.ask(command))["import_id"]
            while True:
                try:
                    fact = (await asyncio.wait_for(heard.get(), within)).event
                except TimeoutError:
                    raise Trouble(
                        f"intake has not finished the import within {within:g} s; it goes on."
                    ) from None
                if isinstance(fact, LeadsImportRefused) and str(fact.import_id) == import_id:
                    raise Trouble(f"{file.name} was not imported: {fact.reason}")
                if isinstance(fact, LeadsImported) and str(fact.import_id) == import_id:
                    return fact
