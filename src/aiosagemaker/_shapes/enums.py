"""Enums that survive what the model does not know yet."""

from __future__ import annotations

import enum
from typing import Self


class OpenEnumType(enum.EnumType):
    """The type of the enums here."""

    # EnumType's own docstring hides this from `help`, which would then not see a docstring made on demand.
    __doc__ = type.__dict__["__doc__"]


class OpenEnum(enum.StrEnum, metaclass=OpenEnumType):
    """A string enum whose unknown values are members too.

    `EndpointStatus("Hibernating")` works, prints, compares, hashes, pickles and goes back to the service unchanged.
    A service adds values while older clients are in use.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member

    @property
    def is_unknown(self) -> bool:
        """Whether the model does not name this value."""
        return self._value_ not in type(self)._value2member_map_

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        return type(self), (self._value_,)
