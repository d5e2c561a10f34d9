"""Webhooks leave here: signed, delivered, delivered again where the provider does that, or spoilt on request.

Formats: providers.md 1.6 (ElevenLabs, HMAC over time and raw body), 3.5 (Whapi, a configured header) and 7.2
(Meta, HMAC over the raw body).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import datetime

import httpx2
from chassis.clock import Clock

from sandbox.agenda import Agenda, Step, seconds
from sandbox.faults import Faults, Kind
from sandbox.ledger import Ledger
from sandbox.settings import SandboxSettings
from sandbox.store import Document, Store

_DAY = 86_400.0
_MOST_ATTEMPTS = {"whapi": 200, "meta": 47}
_LONGEST_META_DELAY_MS = 3_600_000


def elevenlabs_signature(secret: str, moment: int, raw_body: bytes) -> str:
    """The value of ``ElevenLabs-Signature``; no space after the comma, the vendor's SDK can't read one."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + raw_body, hashlib.sha256).hexdigest()
    return f"t={moment},v0={digest}"


def meta_signature(secret: str, raw_body: bytes) -> str:
    """The value of ``X-Hub-Signature-256``."""
    return f"sha256={hmac.new(secret.encode(), raw_body, hashlib.sha256).hexdigest()}"


_PIECE = 16_384


async def _in_pieces(raw: bytes) -> AsyncIterator[bytes]:
    """Recordings come with ``Transfer-Encoding: chunked`` (providers.md 1.6)."""
    for start in range(0, len(raw), _PIECE):
        yield raw[start : start + _PIECE]


class Webhooks:
    """Plans and delivers. What a receiver answered stands in the ledger."""

    def __init__(
        self,
        settings: SandboxSettings,
        store: Store,
        clock: Clock,
        agenda: Agenda,
        ledger: Ledger,
        faults: Faults,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._agenda = agenda
        self._ledger = ledger
        self._faults = faults
        self._client = httpx2.AsyncClient(timeout=httpx2.Timeout(15.0), trust_env=False)
        agenda.on_outward("webhook", self._deliver)

    async def close(self) -> None:
        await self._client.aclose()

    def plan(
        self, at: datetime, provider: str, type: str, payload: Document, about: str, chat: str | None = None
    ) -> None:
        """Deliver ``payload`` at a time of the clock. ``about`` is the id it concerns, for the ledger.

        What concerns the same chat, or else the same id, is delivered in order.
        """
        strike = self._faults.strikes
        if strike(provider, type, Kind.EXCLUDE_TRANSCRIPT):
            payload = {**payload, "data": {k: v for k, v in payload["data"].items() if k != "transcript"}}
        body = {"provider": provider, "type": type, "about": about, "attempt": 1, "flaw": None}
        body["lane"] = f"{provider} {chat or about}"
        body["payload"] = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        if strike(provider, type, Kind.LOST):
            self._write(body, "lost", None)
            return
        if strike(provider, type, Kind.BAD_SIGNATURE):
            body["flaw"] = "bad_signature"
        elif strike(provider, type, Kind.OLD_SIGNATURE):
            body["flaw"] = "old_signature"
        if late := strike(provider, type, Kind.LATE):
            at += seconds(late.seconds if late.seconds is not None else 2 * 3600)
        if held := strike(provider, type, Kind.REORDERED):
            at += seconds(held.seconds if held.seconds is not None else 600)
        self._agenda.add(at, "webhook", body)
        if twice := strike(provider, type, Kind.DUPLICATED):
            self._agenda.add(at + seconds(twice.seconds or 0), "webhook", body)

    async def _deliver(self, step: Step) -> None:
        body = step.body
        url, headers = self._address(body)
        raw = body["payload"].encode()
        status: int | None
        try:
            content = _in_pieces(raw) if body["type"] == "post_call_audio" else raw
            answer = await self._client.post(url, content=content, headers=headers)
            status = answer.status_code
            word = "delivered" if 200 <= status < 300 else "refused"
        except httpx2.HTTPError as failure:
            status, word = None, f"unreachable: {type(failure).__name__}"
        self._write(body, word, status)
        if word != "delivered":
            self._again(body)

    def _address(self, body: Document) -> tuple[str, dict[str, str]]:
        settings = self._settings
        headers = {"Content-Type": "application/json", "User-Agent": "RecruitFlow-Sandbox"}
        base = settings.gateway_url.rstrip("/")
        if body["provider"] == "elevenlabs":
            moment = self._clock.now().timestamp()
            if body["flaw"] == "old_signature":
                moment -= _DAY
            secret = settings.elevenlabs_webhook_secret
            if body["flaw"] == "bad_signature":
                secret += "-not"
            headers["ElevenLabs-Signature"] = elevenlabs_signature(
                secret, int(moment), body["payload"].encode()
            )
            return base + settings.elevenlabs_webhook_path, headers
        if body["provider"] == "meta":
            secret = settings.meta_app_secret + ("-not" if body["flaw"] else "")
            headers["X-Hub-Signature-256"] = meta_signature(secret, body["payload"].encode())
            return base + settings.meta_webhook_path, headers
        url, own_headers = self.whapi_target()
        headers.update(own_headers)
        if body["flaw"]:
            headers["Authorization"] = "Bearer not-the-secret"
        return url, headers

    def whapi_target(self) -> tuple[str, dict[str, str]]:
        """Where the channel's webhooks go: as set by ``PATCH /settings``, else to the gateway."""
        for webhook in (self._store.get("whapi_settings", "channel") or {}).get("webhooks", []):
            return webhook["url"], dict(webhook.get("headers") or {})
        bearer = f"Bearer {self._settings.whapi_webhook_secret}"
        url = self._settings.gateway_url.rstrip("/") + self._settings.whapi_webhook_path
        return url, {"Authorization": bearer}

    def _again(self, body: Document) -> None:
        """Whapi repeats after a delay that grows by steps, Meta at once and then ever more rarely for days,
        ElevenLabs only if told to."""
        settings, attempt = self._settings, body["attempt"]
        allowed = _MOST_ATTEMPTS.get(body["provider"], settings.elevenlabs_webhook_retries + 1)
        if attempt >= allowed:
            return
        if body["provider"] == "meta":
            doubled: int = 2 ** max(attempt - 2, 0)
            delay = 0 if attempt == 1 else min(settings.meta_backoff_ms * doubled, _LONGEST_META_DELAY_MS)
        else:
            delay = min(settings.whapi_backoff_ms * attempt, settings.whapi_max_backoff_ms)
        # The delay is one of machines, so it is real time, written down in the clock's time.
        at = self._clock.now() + seconds(delay / 1000 / self._clock.real_seconds(seconds(1)))
        self._agenda.add(at, "webhook", {**body, "attempt": attempt + 1})

    def _write(self, body: Document, word: str, status: int | None) -> None:
        kept = {key: body[key] for key in ("type", "about", "attempt", "flaw")}
        self._ledger.write("webhook", body["provider"], {**kept, "result": word, "status": status})
