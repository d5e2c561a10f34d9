"""Who lives in this world: their phones, addresses, names, and which persona they are.

People are known beforehand (a lead file, the control API) or come into being when something first reaches
their number or address. An address and a number become one person when both got the same reference.
"""

from __future__ import annotations

import re

from pydantic import BaseModel

from sandbox.dice import Dice
from sandbox.personas.kinds import Persona, choose, named_in
from sandbox.store import Store

_FIRST = (
    "Ana",
    "Ioana",
    "Ștefan",
    "Mihai",
    "Elena",
    "Răzvan",
    "Cristina",
    "Țvetana",
    "Andrei",
    "Bianca",
    "Vlad",
)
_LAST = ("Popescu", "Ionescu", "Țurcanu", "Dumitrașcu", "Șerban", "Moldovan", "Câmpeanu", "Rusu", "Neagoe")


class Person(BaseModel):
    """``persona`` is set when somebody named it; otherwise it follows from the number."""

    id: str
    name: str | None = None
    phone: str | None = None
    emails: list[str] = []
    persona: Persona | None = None
    language: str | None = None
    calls: int = 0

    @property
    def email(self) -> str | None:
        return self.emails[0] if self.emails else None


def tidy_phone(raw: str, country: str = "40") -> str | None:
    """E.164 out of what a form holds; enough for the sandbox, which only needs to recognise a number."""
    digits = re.sub(r"\D", "", raw)
    if raw.strip().lstrip("p:").lstrip().startswith("+"):
        return f"+{digits}" if 7 <= len(digits) <= 15 else None
    if digits.startswith("00"):
        return f"+{digits[2:]}" if len(digits) > 8 else None
    if digits.startswith("0") and len(digits) == 10:
        return f"+{country}{digits[1:]}"
    return f"+{digits}" if 10 <= len(digits) <= 15 else None


class People:
    """The directory, on disk."""

    def __init__(self, store: Store, dice: Dice) -> None:
        self._store = store
        self._dice = dice

    def all(self) -> list[Person]:
        return [Person.model_validate(body) for body in self._store.find("person")]

    def get(self, id: str) -> Person:
        return Person.model_validate(self._store.must("person", id))

    def save(self, person: Person) -> None:
        self._store.put("person", person.id, person.model_dump(mode="json"))
        if person.phone:
            self._store.put("phone", person.phone, {"person": person.id})
        for email in person.emails:
            self._store.put("address", email, {"person": person.id})

    def register(
        self, phone: str | None, email: str | None, name: str | None = None, persona: Persona | None = None
    ) -> Person:
        """Make somebody known, or more known."""
        email = email.strip().lower() if email else None
        with self._store.atomic():
            person = (
                (phone and self._known("phone", phone)) or (email and self._known("address", email)) or None
            )
            if person is None:
                person = Person(id=f"person-{self._store.number('person')}")
            if person.phone is None:
                person.phone = phone
            if email and email not in person.emails:
                person.emails.append(email)
            person.name = name or person.name
            person.persona = persona or person.persona
            self.save(person)
        return person

    def at_phone(self, phone: str) -> Person:
        return self._known("phone", phone) or self.register(phone, None)

    def known_at_phone(self, phone: str) -> Person | None:
        return self._known("phone", phone)

    def at_email(self, email: str, display_name: str | None, reference: str | None) -> Person:
        """Whose address it is; a reference seen on WhatsApp before tells whose phone goes with it."""
        email = email.lower()
        person = self._known("address", email)
        if person is None and reference and (seen := self._store.get("reference", reference)):
            person = self.get(seen["person"])
        if person is None:
            return self.register(None, email, display_name)
        if email not in person.emails or (display_name and not person.name):
            person.emails = list(dict.fromkeys([*person.emails, email]))
            person.name = person.name or display_name
            self.save(person)
        return person

    def remember_reference(self, reference: str, person: Person) -> None:
        self._store.put("reference", reference, {"person": person.id})

    def persona_of(self, person: Person) -> Persona:
        if person.persona:
            return person.persona
        for email in person.emails:
            if named := named_in(email):
                return named
        return choose(self._dice, person.phone or person.email or person.id)

    def name_of(self, person: Person) -> str:
        if person.name:
            return person.name
        key = person.phone or person.email or person.id
        return f"{self._dice.pick(_FIRST, 'first name', key)} {self._dice.pick(_LAST, 'last name', key)}"

    def _known(self, kind: str, key: str) -> Person | None:
        entry = self._store.get(kind, key)
        return self.get(entry["person"]) if entry else None
