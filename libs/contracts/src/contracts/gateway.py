"""What gateway says: a provider's delivery is verified and stored, exactly as it came.

``body`` is the text of the request; a body over the inline limit stands in ``body_ref`` instead.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.base import BlobRef, Event


class WebhookDelivery(Event):
    delivery_id: UUID
    kind: str
    """What the provider calls it, e.g. ``post_call_transcription`` or ``messages``."""
    body: str | None = None
    body_ref: BlobRef | None = None
    received_at: datetime


class ElevenLabsWebhookReceived(WebhookDelivery, name="gateway.elevenlabs_webhook.received"):
    """Source: providers.md 1.6."""


class WhapiWebhookReceived(WebhookDelivery, name="gateway.whapi_webhook.received"):
    """Source: providers.md 3.4."""


class MetaWebhookReceived(WebhookDelivery, name="gateway.meta_webhook.received"):
    """Lead ids of Meta's ``leadgen`` webhook; no personal data. Source: providers.md 7.2."""
