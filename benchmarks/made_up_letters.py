"""Messages with CVs as they come in: from whom, under which name, with what in the document, and whose it is.

``allowed`` says whether a careful person who sees the message, the document and everybody on file could name
the candidate: by an address or number that is theirs, a reference, contact data or a name that nobody else on
file has; not where the number in the CV speaks against it. It comes from the people, not from the product.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from contracts.messaging import Channel
from contracts.references import reference

from benchmarks.made_up_names import LATIN, PET_NAMES
from benchmarks.made_up_people import People, Somebody, plain, slip

STREETS = ("Str. Maria Rosetti 12", "Bd. Ion Mihalache 4", "Str. Mihai Eminescu 7", "Aleea Florilor 3", "")
JOBS = (
    "2018 - 2021 Operator logistică, Nord Logistic SRL", "2015 - 2018 Vânzător, Brutăria Câmpina",
    "2021 - 2025 Team coordinator, Albastru Software", "2012-2016 Colegiul Tehnic Brașov",
)  # fmt: skip


FILE_NAMES = ("cv.pdf", "CV nou.pdf", "scan0001.pdf", "IMG-20260112-WA0003.pdf", "Europass.pdf")


@dataclass(frozen=True, slots=True)
class Letter:
    kind: str
    owner: Somebody
    """Whose CV it is."""
    channel: Channel
    sender: str
    sender_name: str | None
    subject: str | None
    body: str
    text: str | None
    """None: a scan or a picture."""
    file_name: str
    allowed: bool
    indistinguishable: bool = False
    """Nobody could tell the owner from somebody else by anything in it."""


class Letters:
    def __init__(self, chance: random.Random, people: People) -> None:
        self.chance, self.people = chance, people
        self._pairs: Counter[frozenset[str]] = Counter()
        self._phones: dict[str, list[Somebody]] = {}
        self._emails: dict[str, list[Somebody]] = {}
        for each in (one for one in people.all.values() if one.recorded):
            self._pairs.update(
                {frozenset(pair) for pair in combinations(set(_words(each.recorded or "")), 2)}
            )
            self._phones.setdefault(each.phone, []).append(each)
            self._emails.setdefault(each.email, []).append(each)

    def next(self) -> Letter:
        kinds = {
            "own address": 40, "own number": 26, "reference": 8, "name": 9, "content": 6, "household": 3,
            "relative, not on file": 0.7, "friend for a friend": 0.8, "friend for a candidate": 0.6,
            "answers a forwarded request": 0.3, "stranger": 3.4, "namesake, not on file": 0.6, "idle": 1.6,
        }  # fmt: skip
        kind = self.chance.choices(list(kinds), weights=list(kinds.values()))[0]
        return self._letter(kind)

    def _letter(self, kind: str) -> Letter:
        chance, people = self.chance, self.people
        one = chance.choice(people.waiting)
        if kind in ("own address", "own number"):
            return self._write(kind, one, one, whatsapp=kind == "own number")
        if kind == "reference":
            return self._write(kind, one, None, said=self._quoted(one))
        if kind in ("name", "content"):
            return self._write(kind, one, None, shown=one.name if kind == "name" else self._odd_name())
        if kind == "household":
            at_home = [people.all[each] for each in one.household if people.all[each].recorded] or [one]
            return self._write(kind, chance.choice([one, *at_home]), one, whatsapp=chance.random() < 0.5)
        if kind == "idle":
            return self._write(kind, chance.choice(people.idle), None, shown="own")
        if kind == "stranger":
            return self._write(kind, people.stranger(), None, shown="own")
        if kind == "namesake, not on file":
            other = people.stranger()
            other.given, other.family = one.given, one.family
            return self._write(kind, other, None, shown="own")
        if kind == "friend for a candidate":
            return self._write(kind, chance.choice(people.waiting), one, whatsapp=chance.random() < 0.5)
        other = people.relative(one) if kind.startswith("relative") else people.stranger()
        if kind.startswith("relative") and chance.random() < 0.5:
            other.phone, other.email = one.phone, one.email
        if kind.startswith("answers"):
            return self._write(kind, other, None, said=self._quoted(one), shown="own")
        return self._write(kind, other, one, whatsapp=chance.random() < 0.5)

    def _write(
        self,
        kind: str,
        owner: Somebody,
        sender: Somebody | None,
        *,
        whatsapp: bool = False,
        said: str = "",
        shown: str | None = None,
    ) -> Letter:
        """``sender`` is whose recorded address or number it comes from; None: from one that nobody knows."""
        chance = self.chance
        writer = sender or owner
        channel = (
            Channel.WHATSAPP if whatsapp or (sender is None and chance.random() < 0.3) else Channel.EMAIL
        )
        fresh = f"nou{chance.randrange(10**9)}@example.com"
        number = writer.phone if sender else f"+407{chance.randint(20, 69)}{chance.randint(0, 999_999):06d}"
        address = number.lstrip("+") if channel is Channel.WHATSAPP else (writer.email if sender else fresh)
        if channel is Channel.EMAIL and chance.random() < 0.3:
            address = address.title()
        name = self._as_shown(writer) if shown in (None, "own") or shown == owner.name else shown
        if shown is None and chance.random() < 0.25:
            name = self._odd_name()
        text, bears_phone, bears_email, as_written = self._document(owner)
        allowed = self._allowed(
            owner, sender, channel, bool(said), text is not None, bears_phone, bears_email, as_written, name
        )
        in_subject = said and chance.random() < 0.5
        body = "" if in_subject else f"Bună ziua, atașez CV-ul.\n> {said}"
        return Letter(
            kind, owner, channel, address, name or None, f"Re: {said}" if in_subject else "CV",
            body, text, self._file_name(owner), allowed,
            self._same_as_another(owner, sender, channel),
        )  # fmt: skip

    def _document(self, owner: Somebody) -> tuple[str | None, bool, bool, str]:
        chance = self.chance
        if chance.random() < 0.05:
            return None, False, False, ""
        name = self._as_in_cv(owner)
        words = name.split()
        phone_kind, mail_kind = chance.random(), chance.random()
        phone = owner.phone if phone_kind < 0.9 else f"+4073{chance.randint(0, 9_999_999):07d}"
        phone = "" if phone_kind > 0.97 else _written(chance, phone)
        email = owner.email if mail_kind < 0.5 else f"altul{chance.randrange(10**8)}@example.com"
        email = "" if mail_kind > 0.9 else email
        contact = [
            f"Telefon: {phone}" if phone else "",
            f"E-mail: {email}" if email else "",
            chance.choice(STREETS),
        ]
        chance.shuffle(contact)
        layout = chance.random()
        heads: list[str]
        if layout < 0.62:
            heads = [name, *contact]
        elif layout < 0.75:
            heads = ["Curriculum vitae", name, *contact]
        elif layout < 0.82:
            heads = ["CURRICULUM VITAE", name.upper(), *contact]
        elif layout < 0.88:
            heads = [f"Nume: {words[-1]}", f"Prenume: {' '.join(words[:-1])}", *contact]
        elif layout < 0.92:
            heads = [f"Nume și prenume: {name}", *contact]
        elif layout < 0.95:
            heads = [words[0], " ".join(words[1:]), *contact]
        elif layout < 0.98:
            heads = [*contact, "Competențe", "Microsoft Office, permis B", name]
        else:
            heads = [*contact, *JOBS * 4, "Limbi: engleză, franceză", name]
        referee = self.people.all[chance.randint(1, len(self.people.all))]
        tail = [f"Referințe: {referee.name}, {referee.phone}"] if chance.random() < 0.15 else []
        lines = [*heads, "Experiență", *chance.sample(JOBS, 3), *tail]
        bears_phone = bool(phone) and phone_kind < 0.9
        return "\n".join(line for line in lines if line), bears_phone, bool(email) and mail_kind < 0.5, name

    def _as_in_cv(self, owner: Somebody) -> str:
        chance = self.chance
        given = list(owner.given)
        kind = chance.random()
        if kind < 0.02 and owner.given[0] in PET_NAMES:
            given = [chance.choice(PET_NAMES[owner.given[0]].split())]
        elif kind < 0.03:
            given = [f"{given[0][0]}."]
        family = list(owner.family)
        if owner.maiden and chance.random() < 0.5:
            family = [owner.maiden] if chance.random() < 0.5 else [owner.maiden, *family]
        parts = [*family, *given] if chance.random() < 0.3 else [*given, *family]
        if owner.origin == "uk" and chance.random() < 0.7:
            parts = [LATIN.get(part, part) for part in parts]
        name = " ".join(parts)
        if owner.origin == "de" and chance.random() < 0.5:
            for umlaut, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
                name = name.replace(umlaut, written)
        if chance.random() < 0.3:
            name = plain(name)
        return slip(chance, name) if chance.random() < 0.005 else name

    def _as_shown(self, writer: Somebody) -> str:
        chance = self.chance
        kind = chance.random()
        if kind < 0.15 and writer.given[0] in PET_NAMES:
            return f"{chance.choice(PET_NAMES[writer.given[0]].split())} {writer.family[0]}"
        if kind < 0.2:
            return f"{writer.given[0][0]}. {writer.family[0]}"
        if kind < 0.25:
            return writer.given[0]
        name = " ".join((writer.given[0], *writer.family))
        name = plain(name) if chance.random() < 0.6 else name
        return " ".join(reversed(name.split())) if chance.random() < 0.2 else name

    def _file_name(self, owner: Somebody) -> str:
        kind = self.chance.random()
        if kind < 0.45:
            name = plain(" ".join(LATIN.get(word, word) for word in (owner.given[0], *owner.family)))
            return f"CV {name}.pdf".replace(" ", self.chance.choice(" _-"))
        return self.chance.choice(
            ("cv.pdf", "CV nou.pdf", "scan0001.pdf", "IMG-20260112-WA0003.pdf", "Europass.pdf")
        )

    def _odd_name(self) -> str:
        return self.chance.choice(("", "HR Contact", "Firma Construct SRL", "☀️", "iPhone", "me"))

    def _quoted(self, one: Somebody) -> str:
        return f"Solicitare CV [{reference(one.number)}]"

    def _allowed(
        self,
        owner: Somebody,
        sender: Somebody | None,
        channel: Channel,
        referred: bool,
        readable: bool,
        bears_phone: bool,
        bears_email: bool,
        as_written: str,
        shown: str,
    ) -> bool:
        if not owner.recorded or not owner.waits:
            return False
        known = {frozenset(pair) for pair in combinations(set(_words(owner.recorded)), 2)}
        same_name = max((self._pairs[pair] for pair in known), default=2) > 1
        mine = self._phones if channel is Channel.WHATSAPP else self._emails
        contact = owner.phone if channel is Channel.WHATSAPP else owner.email
        if referred or (sender is owner and len(mine[contact]) == 1):
            return True
        wrote = {frozenset(pair) for pair in combinations(set(_words(as_written)), 2)}
        named = bool(known & wrote)
        if sender is owner:
            others = [each for each in mine[contact] if each is not owner]
            given = set(_words(as_written)) - set(_words(" ".join(owner.family)))
            return readable and named and not any(set(_words(one.recorded or "")) & given for one in others)
        by_phone = bears_phone and len(self._phones[owner.phone]) == 1
        by_email = bears_email and len(self._emails[owner.email]) == 1
        if readable and named and (by_phone or by_email):
            return True
        if sender is not None or same_name:
            return False
        if not readable:
            said = {frozenset(pair) for pair in combinations(set(_words(shown)), 2)}
            return bool(known & said)
        return named and bears_phone

    def _same_as_another(self, owner: Somebody, sender: Somebody | None, channel: Channel) -> bool:
        """Two of one household with one name, and the CV is not of the one whose address it is."""
        if sender is None or sender is owner:
            return False
        at_home = {sender.number, *sender.household, *owner.household} - {owner.number}
        mine = set(_words(owner.name))
        names = [set(_words(self.people.all[each].name)) for each in at_home]
        return any(mine <= theirs or theirs <= mine for theirs in names)


def _words(name: str) -> list[str]:
    return [
        plain(LATIN.get(word, word)).lower().strip(".") for part in name.split() for word in part.split("-")
    ]


def _written(chance: random.Random, phone: str) -> str:
    national = f"0{phone[3:]}"
    spaced = f"{national[:4]} {national[4:7]} {national[7:]}"
    return chance.choice((phone, national, spaced, f"0040{phone[3:]}", f"+40 {phone[3:6]} {phone[6:]}"))
