"""The members of structures as type checkers see them: their types and what the model says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from aiosagemaker._shapes.members import is_optional

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aiosagemaker._model.schema_table import Row
    from aiosagemaker._shapes.schema import MemberRow

_SCALARS = {
    "blob": "bytes",
    "boolean": "bool",
    "double": "float",
    "float": "float",
    "integer": "int",
    "long": "int",
    "string": "str",
    "timestamp": "datetime",
}
_BOUNDED = {"blob": "bytes", "list": "items", "map": "entries", "string": "characters"}
_BUILTINS = frozenset({"bool", "bytearray", "bytes", "float", "int", "memoryview", "str", "tuple"})


class Member(NamedTuple):
    """One member of a structure."""

    name: str
    """Python's name for it."""
    shape: str
    """The name of its shape."""
    stored: str
    """The type of the attribute, without None."""
    taken: str
    """What a constructor takes, without None."""
    item: str
    """What is added to a list, or put into a map; else empty."""
    optional: bool
    """Whether it can be None."""
    facts: str
    """What the model says of it."""

    @property
    def attribute(self) -> str:
        """The attribute's declaration."""
        return f"{self.name}: {self.stored}{' | None' if self.optional else ''}"

    @property
    def parameter(self) -> str:
        """The constructor's parameter."""
        return f"{self.name}: {self.taken}{' | None = None' if self.optional else ''}"


class Members:
    """What the members of a service's structures are."""

    def __init__(self, shapes: Mapping[str, Row]) -> None:
        self._shapes = shapes

    def of(self, name: str, *, as_attributes: bool = False) -> list[Member]:
        """The members of a structure. Raises ValueError where an attribute would hide a type that the stub needs.

        `as_attributes` if the types are read inside the structure's own class, where `bytes` may be an attribute.
        """
        row = self._shapes[name]
        members: Mapping[str, Row] = row.get("members", {})
        names = frozenset(member["name"] for member in members.values()) if as_attributes else frozenset[str]()
        if "datetime" in names:
            raise ValueError(f"a member of {name} hides datetime")
        return [self._member(row, wire, member, names & _BUILTINS) for wire, member in members.items()]

    def stored(self, name: str, hidden: frozenset[str] = frozenset()) -> str:
        """The type of a stored value of the shape; `hidden` are builtins whose names mean something else there."""
        row = self._shapes[name]
        kind = row["type"]
        if kind in ("structure", "enum"):
            return name
        if kind == "list":
            return f"{_builtin('tuple', hidden)}[{self.stored(row['item'], hidden)}, ...]"
        if kind == "map":
            return f"Mapping[{_builtin('str', hidden)}, {self.stored(row['value'], hidden)}]"
        return _builtin(_SCALARS[kind], hidden) if kind in _SCALARS else "Any"

    def _taken(self, name: str, hidden: frozenset[str]) -> str:
        row = self._shapes[name]
        kind = row["type"]
        if kind == "enum":
            return f"{name} | _{name}Value" if row["values"] else f"{name} | {_builtin('str', hidden)}"
        if kind == "list":
            return f"Iterable[{self._taken(row['item'], hidden)}]"
        if kind == "map":
            return f"Mapping[{_builtin('str', hidden)}, {self._taken(row['value'], hidden)}]"
        if kind == "blob":
            return " | ".join(_builtin(builtin, hidden) for builtin in ("bytes", "bytearray", "memoryview"))
        return self.stored(name, hidden)

    def _member(self, row: Row, wire: str, member: Row, hidden: frozenset[str]) -> Member:
        name = member["shape"]
        shape = self._shapes[name]
        stored, taken = self.stored(name, hidden), self._taken(name, hidden)
        if "request" in row and row.get("payload") == wire and shape["type"] == "blob":
            stored, taken = "Body", "BodyLike"
        if member.get("json_value"):
            taken += " | Mapping[str, Any] | Sequence[Any]"
        inner = shape.get("item") or shape.get("value")
        return Member(
            name=member["name"],
            shape=name,
            stored=stored,
            taken=taken,
            item=self._taken(inner, hidden) if inner else "",
            optional=is_optional(cast("MemberRow", member)),
            facts=f"{'; '.join(self._facts(wire, member))}.",
        )

    def _facts(self, wire: str, member: Row) -> Iterator[str]:
        yield f"`{wire}`"
        if "location" in member:
            yield f"{member['location']} `{member.get('location_name', wire)}`"
        if member.get("required"):
            yield "required"
        if member.get("idempotency_token"):
            yield "filled in when left out"
        if member.get("json_value"):
            yield "JSON, as text or as a value"
        if member.get("deprecated"):
            yield "deprecated"
        yield from self._constraints(member["shape"])

    def _constraints(self, name: str) -> Iterator[str]:
        row = self._shapes[name]
        if row.get("sensitive"):
            yield "sensitive"
        if bounds := _bounds(row):
            yield f"{bounds} {_BOUNDED.get(row['type'], '')}".rstrip()
        if "pattern" in row:
            yield f"pattern `{row['pattern']}`"
        for part, word in (("item", "each"), ("key", "keys"), ("value", "values")):
            if part in row and (inner := ", ".join(self._constraints(row[part]))):
                yield f"{word} {inner}"


def _builtin(name: str, hidden: frozenset[str]) -> str:
    return f"builtins.{name}" if name in hidden else name


def _bounds(row: Mapping[str, Any]) -> str:
    if "min" in row and "max" in row:
        return f"{row['min']} to {row['max']}"
    return f"at least {row['min']}" if "min" in row else f"at most {row['max']}" if "max" in row else ""
