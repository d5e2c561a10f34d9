"""One filled-in instance of any message class, for golden files, generated pages and tests.

``golden`` fills every field, always alike; ``anything`` leaves the choice to a random source.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Model = TypeVar("Model", bound=BaseModel)

_START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def golden(cls: type[Model]) -> Model:
    """Every field set, optional ones too; the same on every machine and every day."""
    return cls.model_validate({name: _Golden(name).value(field) for name, field in cls.model_fields.items()})


def anything(cls: type[Model], source: random.Random) -> Model:
    """A valid instance made of random choices: empty lists, missing values, odd texts and numbers."""
    return cls.model_validate(
        {name: _Anything(source).value(field) for name, field in cls.model_fields.items()}
    )


class UnknownShape(TypeError):
    """A field of a type that no sample can be made of; teach this module."""

    def __init__(self, annotation: object) -> None:
        super().__init__(f"no sample for {annotation!r}")


class _Maker(ABC):
    """Walks an annotation down to plain values."""

    def value(self, field: FieldInfo) -> Any:
        return self._of(field.annotation, field)

    @abstractmethod
    def model(self, cls: type[BaseModel]) -> BaseModel: ...

    def _of(self, annotation: Any, field: FieldInfo) -> Any:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin in (Union, UnionType):
            return self.optional([each for each in arguments if each is not NoneType], field)
        if origin is Literal:
            return self.choice(list(arguments))
        if origin is list:
            return [self._of(arguments[0], field) for _ in range(self.length(field))]
        if origin is dict:
            return {"key": "value"}
        if isinstance(annotation, type):
            return self._of_class(annotation, field)
        raise UnknownShape(annotation)

    def _of_class(self, cls: type, field: FieldInfo) -> Any:
        if issubclass(cls, BaseModel):
            return self.model(cls)
        if issubclass(cls, Enum):
            return self.choice(list(cls))
        if cls is bool:
            return self.choice([True, False])
        makers = {
            int: self.integer,
            float: self.number,
            str: self.text,
            datetime: self.moment,
            UUID: self.uuid,
        }
        if cls in makers:
            return makers[cls](field)
        raise UnknownShape(cls)

    @abstractmethod
    def optional(self, kinds: list[Any], field: FieldInfo) -> Any: ...

    @abstractmethod
    def choice(self, choices: list[Any]) -> Any: ...

    @abstractmethod
    def length(self, field: FieldInfo) -> int: ...

    @abstractmethod
    def integer(self, field: FieldInfo) -> int: ...

    def number(self, field: FieldInfo) -> float:
        """Halves, which every format carries unchanged."""
        return self.integer(field) / 2

    @abstractmethod
    def text(self, field: FieldInfo) -> str: ...

    @abstractmethod
    def moment(self, field: FieldInfo) -> datetime: ...

    @abstractmethod
    def uuid(self, field: FieldInfo) -> UUID: ...


class _Golden(_Maker):
    def __init__(self, name: str) -> None:
        self._name = name

    def model(self, cls: type[BaseModel]) -> BaseModel:
        return golden(cls)

    def optional(self, kinds: list[Any], field: FieldInfo) -> Any:
        return self._of(kinds[0], field)

    def choice(self, choices: list[Any]) -> Any:
        return choices[0]

    def length(self, field: FieldInfo) -> int:
        return 1

    def integer(self, field: FieldInfo) -> int:
        low, high = _bounds(field)
        return min(max(7, low), high)

    def text(self, field: FieldInfo) -> str:
        return self._name.replace("_", " ")

    def moment(self, field: FieldInfo) -> datetime:
        return _START

    def uuid(self, field: FieldInfo) -> UUID:
        return UUID("01993f4e-8c00-7000-8000-000000000007")


class _Anything(_Maker):
    def __init__(self, source: random.Random) -> None:
        self._source = source

    def model(self, cls: type[BaseModel]) -> BaseModel:
        return anything(cls, self._source)

    def optional(self, kinds: list[Any], field: FieldInfo) -> Any:
        return None if self._source.random() < 0.4 else self._of(self._source.choice(kinds), field)

    def choice(self, choices: list[Any]) -> Any:
        return self._source.choice(choices)

    def length(self, field: FieldInfo) -> int:
        return self._source.randrange(_shortest(field), 4)

    def integer(self, field: FieldInfo) -> int:
        low, high = _bounds(field)
        return self._source.randint(low, high)

    def text(self, field: FieldInfo) -> str:
        letters = [chr(self._source.choice([10, 32, 65, 0x219, 0x4E2D, 0x1F642])) for _ in range(8)]
        return "x" + "".join(letters[: self._source.randrange(9)])

    def moment(self, field: FieldInfo) -> datetime:
        return _START + timedelta(microseconds=self._source.randrange(10**15))

    def uuid(self, field: FieldInfo) -> UUID:
        return UUID(int=self._source.getrandbits(128))


def _bounds(field: FieldInfo) -> tuple[int, int]:
    low, high = 0, 2**31 - 1
    for constraint in field.metadata:
        low = getattr(constraint, "ge", low)
        high = getattr(constraint, "le", high)
    return low, high


def _shortest(field: FieldInfo) -> int:
    return max((getattr(constraint, "min_length", 0) for constraint in field.metadata), default=0)
