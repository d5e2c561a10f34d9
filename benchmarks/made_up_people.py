"""People who do not exist, as a recruiter's file holds them: names by frequency, families, twins, namesakes.

The long tail of family names is put together from stems and endings. One in seven is of elsewhere.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field, replace

from benchmarks.made_up_names import ABROAD, ENDINGS, FAMILY, LATIN, MEN, STEMS, TWINS, WOMEN


@dataclass
class Somebody:
    """``recorded`` is what the lead form says of them; None where they are no candidate."""

    number: int
    given: tuple[str, ...]
    family: tuple[str, ...]
    phone: str
    email: str
    origin: str = "ro"
    recorded: str | None = None
    waits: bool = True
    household: list[int] = field(default_factory=list)
    maiden: str | None = None

    @property
    def name(self) -> str:
        return " ".join((*self.given, *self.family))


def plain(text: str) -> str:
    """Without marks; letters of other scripts as they are. The generator's own, not the product's."""
    return "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    ).replace("ß", "ss")


class People:
    """A town: ``awaiting`` candidates, half as many who do not wait, and others whom nobody has on file."""

    def __init__(self, chance: random.Random, awaiting: int) -> None:
        self.chance = chance
        self.all: dict[int, Somebody] = {}
        self._zipf = {len(names): _zipf(len(names)) for names in (MEN, WOMEN, FAMILY)}
        while sum(each.waits and each.recorded is not None for each in self.all.values()) < awaiting:
            self._settle(awaiting)
        self.waiting = [each for each in self.all.values() if each.recorded and each.waits]
        self.idle = [each for each in self.all.values() if each.recorded and not each.waits]

    def _settle(self, awaiting: int) -> None:
        for _ in range(max(200, awaiting // 4)):
            kind = self.chance.random()
            if kind < 0.06:
                self._family()
            elif kind < 0.08:
                self._twins()
            elif kind < 0.085:
                self._father_and_son()
            else:
                self._on_file(self.stranger())
            if len(self.all) > awaiting * 1.75:
                return

    def stranger(self) -> Somebody:
        """Somebody new; not on file."""
        chance = self.chance
        number = len(self.all) + 1
        if chance.random() < 0.15:
            origin = chance.choice(list(ABROAD))
            given, family = (chance.choice(part.split()) for part in ABROAD[origin])
            if chance.random() < 0.6:
                family = self._tail() if origin not in ("uk",) else family
            return self._keep(Somebody(number, (given,), (family,), self._phone(), "", origin))
        names = chance.choice((MEN, WOMEN))
        given_ro = [self._of(names)]
        if chance.random() < 0.3 and (second := self._of(names)) not in given_ro:
            given_ro.append(second)
        return self._keep(Somebody(number, tuple(given_ro), (self._surname(),), self._phone(), ""))

    def relative(self, of: Somebody, given: str | None = None) -> Somebody:
        """Of the same household and family name; not on file."""
        names = self.chance.choice((MEN, WOMEN))
        other = given or self._of(names)
        while other in of.given and given is None:
            other = self._of(names)
        made = Somebody(len(self.all) + 1, (other,), of.family, self._phone(), "", of.origin)
        self._keep(made)
        made.household.append(of.number)
        of.household.append(made.number)
        return made

    def _keep(self, made: Somebody) -> Somebody:
        words = [
            plain(LATIN.get(word, word)).lower().replace("'", "") for word in (*made.given, *made.family)
        ]
        made.email = f"{'.'.join(words)}{made.number}@example.com"
        self.all[made.number] = made
        return made

    def _on_file(self, made: Somebody) -> None:
        made.recorded = self._as_recorded(made)
        made.waits = self.chance.random() < 0.67
        if self.chance.random() < 0.04:
            made.maiden = made.family[0]
            made.family = (self._surname(),)

    def _as_recorded(self, made: Somebody) -> str:
        """As a lead form gives it: order, marks, capitals, one of two given names, now and then a slip."""
        chance = self.chance
        given = made.given[:1] if len(made.given) > 1 and chance.random() < 0.4 else made.given
        parts = (*made.family, *given) if chance.random() < 0.35 else (*given, *made.family)
        name = " ".join(LATIN.get(part, part) for part in parts)
        if chance.random() < 0.6:
            name = plain(name)
        if chance.random() < 0.1:
            name = name.upper()
        return slip(chance, name) if chance.random() < 0.01 else name

    def _family(self) -> None:
        first = self.stranger()
        self._on_file(first)
        for _ in range(self.chance.randint(1, 2)):
            other = self.relative(first)
            if self.chance.random() < 0.6:
                self._on_file(other)
            shared = self.chance.random()
            if shared < 0.5:
                other.phone = first.phone
            elif shared < 0.75:
                other.email = first.email

    def _twins(self) -> None:
        one, other = self.chance.choice(TWINS)
        first = self._keep(replace(self.stranger(), given=(one,), origin="ro", household=[]))
        self._on_file(first)
        second = self.relative(first, other)
        if self.chance.random() < 0.7:
            self._on_file(second)
        if self.chance.random() < 0.4:
            second.phone = first.phone

    def _father_and_son(self) -> None:
        first = self.stranger()
        second = self.relative(first, first.given[0])
        second.given = first.given
        self._on_file(first)
        if self.chance.random() < 0.5:
            self._on_file(second)
            if self.chance.random() < 0.5:
                second.phone = first.phone

    def _surname(self) -> str:
        return self._of(FAMILY) if self.chance.random() < 0.45 else self._tail()

    def _tail(self) -> str:
        stem = self.chance.choice(STEMS)
        if self.chance.random() < 0.5:
            stem += self.chance.choice(("in", "el", "ur", "ăt", "ob", "ig", "am", "uc"))
        return stem + self.chance.choice(ENDINGS)

    def _of(self, names: list[str]) -> str:
        return self.chance.choices(names, cum_weights=self._zipf[len(names)])[0]

    def _phone(self) -> str:
        return f"+407{self.chance.randint(20, 69)}{self.chance.randint(0, 999_999):06d}"


def slip(chance: random.Random, name: str) -> str:
    """Two letters swapped, one left out or doubled, anywhere."""
    at = chance.randrange(1, len(name) - 1)
    return chance.choice(
        (
            name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
        )
    )


def _zipf(length: int) -> list[float]:
    total, found = 0.0, []
    for rank in range(1, length + 1):
        total += 1 / (rank + 2)
        found.append(total)
    return found
