"""What the handlers of messaging need from the outside."""

from messaging.ports.conversations import Conversations, Deletion, Link, Partner
from messaging.ports.inbound import Inbound, Inbounds, Inbox
from messaging.ports.messages import (
    Carrier,
    Letter,
    Mail,
    Messages,
    Opening,
    Reported,
    SendingRules,
    WhatsApp,
)
from messaging.ports.pipeline import NotYetKnown, Person, Pipeline, Position, Standing
from messaging.ports.templates import TemplateDesk, Templates
from messaging.ports.trouble import Disconnected, FileGone, FileTooLarge, NotConnected, ProviderAway

__all__ = [
    "Carrier",
    "Conversations",
    "Deletion",
    "Disconnected",
    "FileGone",
    "FileTooLarge",
    "Inbound",
    "Inbounds",
    "Inbox",
    "Letter",
    "Link",
    "Mail",
    "Messages",
    "NotConnected",
    "NotYetKnown",
    "Opening",
    "Partner",
    "Person",
    "Pipeline",
    "Position",
    "ProviderAway",
    "Reported",
    "SendingRules",
    "Standing",
    "TemplateDesk",
    "Templates",
    "WhatsApp",
]
