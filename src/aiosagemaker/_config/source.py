"""Where a value came from."""

from __future__ import annotations

from typing import Any, Literal, Self

Origin = Literal["explicit", "environment", "profile", "default"]


class ConfigSource(str):
    """Where a value came from: equal to `"explicit"`, `"environment"`, `"profile"` or `"default"`."""

    __slots__ = ("name",)

    name: str
    """Which one: the variable (`AWS_REGION`), the profile's key (`region`), `session`, or empty."""

    def __new__(cls, origin: Origin, name: str = "") -> Self:
        self = super().__new__(cls, origin)
        self.name = name
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.name)


DEFAULT = ConfigSource("default")
EXPLICIT = ConfigSource("explicit")
