"""The public door for providers: proof of origin, then the disk, then 2xx (law 4).

What a provider did wrong gets 401, 408 or 413 and leaves no trace in the tables; trouble of ours gets 503
with ``Retry-After``. A body that is no JSON or of an unknown type is kept like any other.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
import uuid_utils.compat as uuids
from chassis import Clock
from chassis.blobs import Blobs
from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from gateway.body import BodyReader, TooLarge, TooSlow
from gateway.domain import (
    NotGenuine,
    Provider,
    Tolerance,
    as_inline_text,
    check_body_signature,
    check_shared_secret,
    check_signature,
    check_subscription,
    kind_of,
    parse_signature,
)
from gateway.log import DeliveryLog
from gateway.ports import Delivery
from gateway.settings import Settings

_log = structlog.get_logger("gateway")
_RETRY_AFTER = {"Retry-After": "5"}
_WHAPI_METHODS = ["POST", "PUT", "PATCH", "DELETE"]
"""Whapi's mode ``method`` lets the verb follow the event (providers.md 3.5)."""
_LONGEST_CHALLENGE = 1_000

Endpoint = Callable[[Request], Awaitable[Response]]


class Door:
    """Takes one request at a time; ``log`` decides when it is on disk."""

    def __init__(self, settings: Settings, clock: Clock, blobs: Blobs, log: DeliveryLog) -> None:
        self._settings = settings
        self._clock = clock
        self._blobs = blobs
        self._log = log
        self._reader = BodyReader(settings.webhook_body_limit_bytes, settings.webhook_read_seconds)
        self._tolerance = Tolerance(
            timedelta(minutes=settings.webhook_tolerance_minutes), settings.webhook_tolerance_real_seconds
        )

    async def elevenlabs(self, request: Request) -> Response:
        secrets = self._settings.elevenlabs_secrets
        if not secrets:
            return _not_configured(Provider.ELEVENLABS)
        try:
            signature = parse_signature(request.headers.get("elevenlabs-signature", ""))
            now = self._clock.now()
            if not self._tolerance.covers(signature.signed_at, now, self._clock.real_seconds):
                raise NotGenuine("the signature is too old or too new")
            body = await self._reader.read(request)
            check_signature(signature, secrets, body)
        except (NotGenuine, TooLarge, TooSlow, ClientDisconnect) as refusal:
            return _refused(Provider.ELEVENLABS, refusal)
        return await self._keep(Provider.ELEVENLABS, body)

    async def whapi(self, request: Request) -> Response:
        secrets = self._settings.whapi_secrets
        if not secrets:
            return _not_configured(Provider.WHAPI)
        headers = {self._settings.whapi_webhook_header.lower(), "x-webhook-secret"}
        offered = [value for name in headers for value in request.headers.getlist(name)]
        try:
            check_shared_secret(offered, secrets)
            body = await self._reader.read(request)
        except (NotGenuine, TooLarge, TooSlow, ClientDisconnect) as refusal:
            return _refused(Provider.WHAPI, refusal)
        return await self._keep(Provider.WHAPI, body)

    async def meta(self, request: Request) -> Response:
        secrets = self._settings.meta_secrets
        if not secrets:
            return _not_configured(Provider.META)
        try:
            body = await self._reader.read(request)
            check_body_signature(request.headers.getlist("x-hub-signature-256"), secrets, body)
        except (NotGenuine, TooLarge, TooSlow, ClientDisconnect) as refusal:
            return _refused(Provider.META, refusal)
        return await self._keep(Provider.META, body)

    async def meta_subscription(self, request: Request) -> Response:
        """Answers the challenge as it came: that is how Meta learns that this address is ours."""
        tokens = self._settings.meta_verify_tokens
        if not tokens:
            return _not_configured(Provider.META)
        asked = request.query_params
        try:
            check_subscription(asked.get("hub.mode", ""), asked.get("hub.verify_token", ""), tokens)
        except NotGenuine as refusal:
            return _refused(Provider.META, refusal, status=403)
        return PlainTextResponse(asked.get("hub.challenge", "")[:_LONGEST_CHALLENGE])

    async def _keep(self, provider: Provider, body: bytes) -> Response:
        try:
            async with asyncio.timeout(self._settings.webhook_store_seconds):
                delivery = await self._delivery(provider, body)
                new = await self._log.store(delivery)
        except Exception as trouble:
            _log.warning("delivery_not_stored", provider=provider.value, error=type(trouble).__name__)
            return JSONResponse({"status": "try_again"}, 503, _RETRY_AFTER)
        if new:
            _log.debug("delivery_stored", provider=provider.value, delivery_id=str(delivery.delivery_id))
        return JSONResponse({"status": "stored" if new else "known"})

    async def _delivery(self, provider: Provider, body: bytes) -> Delivery:
        digest = hashlib.sha256(body)
        text = as_inline_text(body, self._settings.webhook_inline_limit_bytes)
        ref = None
        if text is None:
            key = f"webhooks/{provider.value}/{digest.hexdigest()}"
            ref = await self._blobs.put(key, body, "application/octet-stream")
        return Delivery(
            delivery_id=uuids.uuid7(),
            provider=provider,
            kind=kind_of(provider, body),
            sha256=digest.digest(),
            body=body if ref is None else None,
            text=text,
            body_ref=ref,
            received_at=self._clock.now(),
        )


def webhook_routes(door: Door) -> APIRouter:
    """With and without the trailing slash, and below every path that Whapi's modes append."""
    router = APIRouter()
    for path in ("/webhooks/elevenlabs", "/webhooks/elevenlabs/"):
        router.add_route(path, door.elevenlabs, methods=["POST"], include_in_schema=False)
    for path in ("/webhooks/meta", "/webhooks/meta/"):
        router.add_route(path, door.meta, methods=["POST"], include_in_schema=False)
        router.add_route(path, door.meta_subscription, methods=["GET"], include_in_schema=False)
    for path in ("/webhooks/whapi", "/webhooks/whapi/{rest:path}", "/messages", "/messages/post"):
        router.add_route(path, door.whapi, methods=_WHAPI_METHODS, include_in_schema=False)
    return router


def say_what_is_missing(settings: Settings) -> None:
    """At start-up: which provider's deliveries are refused, and what to set."""
    for secrets, variable, provider in (
        (settings.elevenlabs_secrets, "ELEVENLABS_WEBHOOK_SECRET", Provider.ELEVENLABS),
        (settings.whapi_secrets, "WHAPI_WEBHOOK_SECRET", Provider.WHAPI),
        (settings.meta_secrets, "META_APP_SECRET", Provider.META),
        (settings.meta_verify_tokens, "META_VERIFY_TOKEN", Provider.META),
    ):
        if not secrets:
            _log.warning("webhooks_refused_until_configured", provider=provider.value, set=variable)


def _not_configured(provider: Provider) -> Response:
    _log.warning("delivery_refused", provider=provider.value, reason="no secret is configured")
    return JSONResponse({"status": "not_configured"}, 503, _RETRY_AFTER)


def _refused(provider: Provider, refusal: Exception, status: int = 401) -> Response:
    reason = str(refusal)
    if isinstance(refusal, TooLarge):
        status, reason = 413, "the body is too large"
    elif isinstance(refusal, TooSlow):
        status, reason = 408, "the body did not come in time"
    elif isinstance(refusal, ClientDisconnect):
        status, reason = 400, "the sender hung up"
    _log.info("delivery_refused", provider=provider.value, status=status, reason=reason)
    return JSONResponse({"status": "refused", "reason": reason}, status)
