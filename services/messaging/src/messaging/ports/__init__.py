"""What the handlers of messaging need from the outside."""

from messaging.ports.conversations import Conversations, Deletion, Link, Partner
from messaging.ports.inbound import Inbound, Inbounds
from messaging.ports.mailbox import Inbox
from messaging.ports.messages import (
    Answered,
    Asked,
    Carrier,
    Kept,
    Letter,
    Mail,
    Messages,
    Reported,
    SendingRules,
    Taken,
    WhatsApp,
)
from messaging.ports.objections import Objection, Objections
from messaging.ports.pipeline import Addressee, NotYetKnown, Person, Pipeline, Position, Standing
from messaging.ports.templates import TemplateDesk, Templates
from messaging.ports.trouble import Disconnected, FileGone, FileTooLarge, NotConnected, ProviderAway

__all__ = [
    "Addressee",
    "Answered",
    "Asked",
    "Carrier",
    "Conversations",
    "Deletion",
    "Disconnected",
    "FileGone",
    "FileTooLarge",
    "Inbound",
    "Inbounds",
    "Inbox",
    "Kept",
    "Letter",
    "Link",
    "Mail",
    "Messages",
    "NotConnected",
    "NotYetKnown",
    "Objection",
    "Objections",
    "Partner",
    "Person",
    "Pipeline",
    "Position",
    "ProviderAway",
    "Reported",
    "SendingRules",
    "Standing",
    "Taken",
    "TemplateDesk",
    "Templates",
    "WhatsApp",
]
