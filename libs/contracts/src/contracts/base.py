"""What every event and command has in common.

``class CallCompleted(Event, name="calling.call.completed")`` enters the registry under its type
``calling.call.completed.v1``; the subject it travels on follows from the type and the ids it carries.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

EVENTS: dict[str, type[Event]] = {}
"""Every event class by its type, e.g. ``calling.call.completed.v1``."""

COMMANDS: dict[str, type[Command]] = {}
"""Every command class by its name, e.g. ``intake.queue_calls``."""

_EVENT_NAME = re.compile(r"^[a-z][a-z_]*\.[a-z][a-z_]*\.[a-z][a-z_]*$")
_COMMAND_NAME = re.compile(r"^[a-z][a-z_]*\.[a-z][a-z_]*$")


class Message(BaseModel):
    """Immutable; unknown fields are ignored, so that an older reader survives a newer writer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Value(Message):
    """A part of an event or command."""


class Actor(Value):
    """Who did it. ``id`` is the recruiter's id where a person acted; ``name`` is shown on screens only."""

    kind: Literal["system", "recruiter", "candidate", "provider"]
    id: str | None = None
    name: str | None = None

    @classmethod
    def system(cls) -> Actor:
        return cls(kind="system")


class BlobRef(Value):
    """A body kept in the blob store: ``key`` names it there, ``size`` is in bytes."""

    key: str
    size: int
    content_type: str = "application/octet-stream"
    sha256: str | None = None


class Event(Message):
    """A fact. Both ids are part of the subject: they are ``None`` only where no person is concerned."""

    context: ClassVar[str]
    noun: ClassVar[str]
    fact: ClassVar[str]
    version: ClassVar[int]
    type_name: ClassVar[str]

    candidate_id: int | None = None
    application_id: int | None = None

    @classmethod
    def __init_subclass__(cls, *, name: str | None = None, version: int = 1, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if name is None:
            return
        if not _EVENT_NAME.match(name):
            raise TypeError(f"{cls.__name__}: {name!r} is not <context>.<noun>.<fact>")
        cls.context, cls.noun, cls.fact = name.split(".")
        cls.version = version
        cls.type_name = f"{name}.v{version}"
        if cls.type() in EVENTS:
            raise TypeError(f"{cls.type()} is declared twice")
        EVENTS[cls.type()] = cls

    @classmethod
    def type(cls) -> str:
        """The CloudEvents type, e.g. ``calling.call.completed.v1``."""
        return cls.type_name

    @classmethod
    def nats_filter(cls) -> str:
        """The NATS filter that matches every event of this class."""
        return f"evt.{cls.type()}.*.*"

    def nats_subject(self) -> str:
        """The NATS subject this event travels on; ``-`` stands where there is no id."""
        candidate = "-" if self.candidate_id is None else str(self.candidate_id)
        application = "-" if self.application_id is None else str(self.application_id)
        return f"evt.{self.type()}.{candidate}.{application}"


class Accepted(Value):
    """The command took effect (or had already taken effect: the same id is done once)."""

    status: Literal["accepted"] = "accepted"
    result: dict[str, Any] = Field(default_factory=dict)


class Refused(Value):
    """The command changed nothing. ``code`` is for programs, ``message`` says to a person what to do."""

    status: Literal["refused"] = "refused"
    code: str
    message: str


Reply = Annotated[Accepted | Refused, Field(discriminator="status")]
_REPLY: TypeAdapter[Accepted | Refused] = TypeAdapter(Reply)


def parse_reply(raw: bytes) -> Accepted | Refused:
    """Read the answer to a command off the wire; raises ``pydantic.ValidationError`` on anything else."""
    return _REPLY.validate_json(raw)


class Command(Message):
    """A request to one context. The same ``command_id`` sent twice is carried out once."""

    context: ClassVar[str]
    verb: ClassVar[str]

    command_id: UUID
    actor: Actor

    @classmethod
    def __init_subclass__(cls, *, name: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if name is None:
            return
        if not _COMMAND_NAME.match(name):
            raise TypeError(f"{cls.__name__}: {name!r} is not <context>.<verb>")
        cls.context, cls.verb = name.split(".")
        if name in COMMANDS:
            raise TypeError(f"{name} is declared twice")
        COMMANDS[name] = cls

    @classmethod
    def nats_subject(cls) -> str:
        return f"cmd.{cls.context}.{cls.verb}"


class Query(Command):
    """A question to one context: it changes nothing, so nothing is remembered of it. Sent as a command is."""
