"""What can be seen of the world and done in it from outside: for the control API and the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.elevenlabs.batches import Batches
from sandbox.elevenlabs.by_hand import ByHand
from sandbox.elevenlabs.calls import Calls
from sandbox.gmail.consent import Consents
from sandbox.gmail.mailbox import Mailbox
from sandbox.meta.forms import LeadForms
from sandbox.personas.cv import Cv
from sandbox.personas.people import People, Person
from sandbox.personas.post import compose_mail, sender_of
from sandbox.personas.reactions import Reactions
from sandbox.store import Document
from sandbox.whapi.channel import Channel, File
from sandbox.world import World


@dataclass(slots=True)
class Stage:
    """One door to everything that is not a provider's path."""

    world: World
    people: People
    calls: Calls
    batches: Batches
    by_hand: ByHand
    channel: Channel
    mailbox: Mailbox
    reactions: Reactions
    forms: LeadForms
    consents: Consents

    def state(self, limit: int = 50) -> dict[str, Any]:
        """What is under way and what comes next; a driver of the clock paces itself by it."""
        waiting = self.world.agenda.waiting()
        by_kind: dict[str, int] = {}
        for step in waiting:
            by_kind[step.kind] = by_kind.get(step.kind, 0) + 1
        return {
            "now": self.world.clock.now().isoformat(),
            "next_due": waiting[0].at.isoformat() if waiting else None,
            "waiting": len(waiting),
            "waiting_by_kind": by_kind,
            "in_flight": {"webhooks": self.world.agenda.in_flight, "calls": self.calls.open_count()},
            "untouched_mails": self.mailbox.untouched(),
            "scheduled": [{"id": s.id, "at": s.at.isoformat(), "kind": s.kind} for s in waiting[:limit]],
            "ledger": self.world.ledger.counts(),
            "duplicates": self.world.ledger.duplicate_count(),
        }

    def described(self, person: Person) -> dict[str, Any]:
        return {
            "id": person.id,
            "name": self.people.name_of(person),
            "phone": person.phone,
            "emails": person.emails,
            "persona": self.people.persona_of(person).value,
            "named": person.persona is not None,
            "calls": person.calls,
        }

    def write_whatsapp(self, number: str, text: str, file: Cv | None) -> Document:
        """Somebody writes to our number."""
        person = self.people.at_phone(number)
        attached = File(file.file_name, file.content_type, file.content) if file else None
        name = self.people.name_of(person)
        return self.channel.receive(number, name, text, attached, self.world.clock.now())

    def write_mail(
        self, address: str, name: str | None, subject: str, text: str, file: Cv | None
    ) -> Document:
        """Somebody writes to our mailbox."""
        now = self.world.clock.now()
        key = f"<{self.world.fresh_id('message-id', 24)}@mail.example.net>"
        sender = sender_of(name, address)
        raw = compose_mail(sender, self.mailbox.address, subject, text, now, key, [file] if file else [])
        return self.mailbox.receive(raw, now)

    def fill_in_form(self, person: Person, form_id: str, answers: dict[str, str]) -> Document:
        """Somebody applies on Meta. The form asks for whatever of them is known here."""
        asked = {
            **answers,
            "email": person.email,
            "full_name": self.people.name_of(person),
            "phone_number": person.phone,
        }
        return self.forms.submit(form_id, {name: value for name, value in asked.items() if value})

    def forms_of(self, person: Person) -> list[str]:
        """The forms that somebody with their number or address sent, as ``form / lead``."""
        ours = {person.phone, *person.emails}
        return [
            f"{lead['form_id']} / {lead['id']}"
            for lead in self.forms.all()
            if ours & {value for field in lead["field_data"] for value in field["values"]}
        ]

    def cv_of(self, person: Person) -> Cv:
        return self.reactions.cv_of(person)

    def reset(self, keep_people: bool) -> None:
        """Forget calls, messages, mails, what was to come and the ledger."""
        people = self.people.all() if keep_people else []
        with self.world.store.atomic():
            self.world.store.empty()
            for person in people:
                self.people.save(person.model_copy(update={"calls": 0}))
