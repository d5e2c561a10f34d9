"""How facts become one row, whatever order they come in.

Facts of different services about one application reach the projection in any order, and a rebuild may bring
them in another one. So every column has a rule under which the order does not matter: a register follows the
greatest stamp, a moment is the earliest or latest seen, a constant is the same in every fact that names it.
Folding a fact twice changes nothing either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Register:
    """Columns that are replaced together by whoever brings the greater stamp.

    A stamp is never the same for two facts: it ends in an event id, or is a sequence that its owner never
    gives twice.
    """

    stamp: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One read table: its columns with their PostgreSQL types, and the rule of each."""

    name: str
    key: tuple[str, ...]
    types: dict[str, str]
    constant: tuple[str, ...] = ()
    registers: tuple[Register, ...] = ()
    earliest: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        ruled = [*self.key, *self.constant, *self.earliest, *self.latest]
        for register in self.registers:
            ruled += [*register.stamp, *register.columns]
        if sorted(ruled) != sorted(self.types):
            odd = set(ruled).symmetric_difference(self.types)
            raise TypeError(f"{self.name}: columns without exactly one rule: {sorted(odd) or 'named twice'}")

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.types)

    def identity(self, row: Row) -> tuple[Any, ...]:
        return tuple(row[column] for column in self.key)


@dataclass(slots=True)
class Fold:
    """The rows of one batch, each key once."""

    rows: dict[str, dict[tuple[Any, ...], Row]] = field(default_factory=dict)

    def add(self, table: Table, row: Row) -> None:
        known = self.rows.setdefault(table.name, {})
        identity = table.identity(row)
        known[identity] = merge(table, known[identity], row) if identity in known else row

    def of(self, table: Table) -> Iterable[Row]:
        return self.rows.get(table.name, {}).values()


def merge(table: Table, one: Row, other: Row) -> Row:
    """Both facts in one row; ``merge(a, b) == merge(b, a)``."""
    merged: Row = {column: one[column] for column in table.key}
    for register in table.registers:
        winner = one if _stamp(register, one) >= _stamp(register, other) else other
        for column in (*register.stamp, *register.columns):
            merged[column] = winner.get(column)
    for column in table.constant:
        merged[column] = one.get(column) if one.get(column) is not None else other.get(column)
    for column in table.earliest:
        merged[column] = min(_known(column, one, other), default=None)
    for column in table.latest:
        merged[column] = max(_known(column, one, other), default=None)
    return merged


def _stamp(register: Register, row: Row) -> tuple[Any, ...]:
    """Rows that don't write the register carry no stamp, which is less than any."""
    if row.get(register.stamp[0]) is None:
        return ()
    return tuple(row[column] for column in register.stamp)


def _known(column: str, *rows: Row) -> list[Any]:
    return [row[column] for row in rows if row.get(column) is not None]
