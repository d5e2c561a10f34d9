"""What candidates do with the messages they get: read them, answer, send their CV, or nothing.

A message is read some time after it came. Who is asked for a CV often enough, sends it hours later; once for
each application, however many channels the request came on.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.utils import getaddresses

from sandbox.agenda import Step, seconds
from sandbox.gmail.mailbox import Mailbox
from sandbox.gmail.parts import headers_of, plain_text
from sandbox.personas import letters
from sandbox.personas.cv import Cv, make_cv
from sandbox.personas.kinds import TRAITS, Sends, Traits
from sandbox.personas.people import People, Person
from sandbox.personas.post import compose_mail, sender_of
from sandbox.personas.speech import language_of
from sandbox.store import Document
from sandbox.whapi.channel import Channel, File
from sandbox.world import World

_ASKS_FOR_CV = re.compile(r"\bcv\b|cv-ul|curriculum|r[eé]sum[eé]", re.IGNORECASE)
_REFERENCE = re.compile(r"\bRF-[0-9A-Z]{7}\b")
_MINUTE, _HOUR = 60.0, 3600.0


class Reactions:
    """Joins the mailbox and the WhatsApp channel to the people at their other ends."""

    def __init__(self, world: World, people: People, mailbox: Mailbox, channel: Channel) -> None:
        self._world = world
        self._people = people
        self._mailbox = mailbox
        self._channel = channel
        mailbox.on_arrival = self._mail_arrived
        channel.on_arrival = self._whatsapp_arrived
        world.agenda.on("person.reads", self._reads)
        world.agenda.on("person.replies", self._replies)
        world.agenda.on("person.sends_cv", self._sends_cv)

    def _mail_arrived(self, address: str, message: Document, raw: bytes, at: datetime) -> None:
        headers = headers_of(raw)
        text = f"{headers.get('subject', '')}\n{plain_text(raw)}"
        names = {found.lower(): name for name, found in getaddresses([headers.get("to", "")])}
        letter = {"channel": "email", "address": address, "name": names.get(address), "text": text}
        self._plan_reading({**letter, "id": message["id"]}, address, at)

    def _whatsapp_arrived(self, number: str, text: str, id: str, at: datetime) -> None:
        person = self._people.at_phone(number)
        if found := _REFERENCE.search(text):
            # The same reference in a mail will tell that its address is this person's.
            self._people.remember_reference(found.group(), person)
        letter = {"channel": "whatsapp", "address": number, "name": None, "text": text, "id": id}
        self._plan_reading(letter, number, at)

    def _plan_reading(self, letter: Document, whom: str, at: datetime) -> None:
        delay = self._world.dice.between(10, 50, "reads", whom) * _MINUTE
        self._world.agenda.add(at + seconds(delay), "person.reads", letter)

    def _reads(self, step: Step) -> None:
        letter = step.body
        found = _REFERENCE.search(letter["text"])
        reference = found.group() if found else None
        person = self._reader(letter, reference)
        if not _ASKS_FOR_CV.search(letter["text"]):
            return
        key = f"{person.id}|{reference or ''}"
        asked = self._world.store.get("asked", key) or {"email": 0, "whatsapp": 0, "answered": False}
        asked[letter["channel"]] += 1
        asked[f"last_{letter['channel']}"] = letter["id"]
        asked |= {"person": person.id, "reference": reference}
        asked["language"] = person.language or language_of(letter["text"])
        traits = TRAITS[self._people.persona_of(person)]
        times = max(asked["email"], asked["whatsapp"])
        if not asked["answered"] and traits.sends is not Sends.NEVER and times >= traits.asks:
            asked["answered"] = True
            self._plan_answer(traits, key, letter["channel"], step.at)
        self._world.store.put("asked", key, asked, person.id)

    def _reader(self, letter: Document, reference: str | None) -> Person:
        if letter["channel"] == "whatsapp":
            return self._people.at_phone(letter["address"])
        return self._people.at_email(letter["address"], letter["name"], reference)

    def _plan_answer(self, traits: Traits, key: str, channel: str, at: datetime) -> None:
        person, dice = self._people.get(key.partition("|")[0]), self._world.dice
        whom = person.phone or person.email or person.id
        if traits.replies_first:
            soon = at + seconds(dice.between(0.2, 1.5, "replies", whom) * _HOUR)
            self._world.agenda.add(soon, "person.replies", {"key": key, "channel": channel})
        later = at + seconds(dice.between(2, 20, "sends cv", whom) * _HOUR)
        self._world.agenda.add(later, "person.sends_cv", {"key": key})

    def _replies(self, step: Step) -> None:
        asked = self._world.store.must("asked", step.body["key"])
        person = self._people.get(asked["person"])
        whom = person.phone or person.email or person.id
        text = letters.reply_first(self._world.dice, whom, asked["language"])
        if step.body["channel"] == "whatsapp" and person.phone:
            self._channel.receive(person.phone, self._people.name_of(person), text, None, step.at)
        else:
            self._mail(person, asked, text, [], step.at)

    def _sends_cv(self, step: Step) -> None:
        asked = self._world.store.must("asked", step.body["key"])
        person = self._people.get(asked["person"])
        sends = TRAITS[self._people.persona_of(person)].sends
        cv = self.cv_of(person, asked["language"])
        name, whom = self._people.name_of(person), person.phone or person.id
        if person.phone and (sends is Sends.WHATSAPP or not person.email):
            text = letters.cv_whatsapp(self._world.dice, whom, asked["language"], name)
            file = File(cv.file_name, cv.content_type, cv.content)
            self._channel.receive(person.phone, name, text, file, step.at)
        elif sends is Sends.OTHER_EMAIL:
            text = letters.cv_mail(self._world.dice, whom, asked["language"], name, None)
            self._fresh_mail(
                sender_of(name, _private_address(person)),
                letters.subject(asked["language"], name),
                text,
                cv,
                step,
            )
        elif sends is Sends.FRIENDS_EMAIL:
            friend = f"casa.{self._world.dice.token(5, 'friend', whom)}@example.net"
            self._fresh_mail(sender_of(None, friend), "CV", letters.friends_mail(asked["language"]), cv, step)
        else:
            text = letters.cv_mail(self._world.dice, whom, asked["language"], name, asked["reference"])
            self._mail(person, asked, text, [cv], step.at)

    def cv_of(self, person: Person, language: str | None = None) -> Cv:
        """Their CV; what they typed into a form with a plus tag is an address like any other."""
        whom = person.phone or person.email or person.id
        chosen = language or person.language or "ro"
        return make_cv(
            self._world.dice, whom, self._people.name_of(person), person.phone, person.email, chosen
        )

    def _mail(self, person: Person, asked: Document, text: str, files: list[Cv], at: datetime) -> None:
        """A reply in the thread of the last mail that asked; a fresh mail where none came."""
        name = self._people.name_of(person)
        address = person.email or _private_address(person)
        answers, subject, to = None, letters.subject(asked["language"], name), self._mailbox.address
        if original := asked.get("last_email"):
            answers = headers_of(self._mailbox.raw(original))
            subject = answers.get("subject", "")
            subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
            reply_to = getaddresses([answers.get("reply-to") or answers.get("from", "")])
            to = reply_to[0][1] or to if reply_to else to
        mail = compose_mail(
            sender_of(name, address), to, subject, text, at, self._message_id(), files, answers
        )
        self._mailbox.receive(mail, at)

    def _fresh_mail(self, sender: Address, subject: str, text: str, cv: Cv, step: Step) -> None:
        mail = compose_mail(sender, self._mailbox.address, subject, text, step.at, self._message_id(), [cv])
        self._mailbox.receive(mail, step.at)

    def _message_id(self) -> str:
        return f"<{self._world.fresh_id('message-id', 24)}@mail.example.net>"


def _private_address(person: Person) -> str:
    """Another mailbox of the same person, unknown to the form."""
    local = (person.email or "cont").partition("@")[0].partition("+")[0]
    return f"{local}.personal@example.net"
