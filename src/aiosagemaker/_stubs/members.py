"""The members of structures as type checkers see them: their types and what the model says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .._docs.shape_text import member_facts
from .._shapes.members import is_optional

if TYPE_CHECKING:
    from .._shapes.registry import Registry
    from .._shapes.schema import MemberRow, ShapeRow

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

    def __init__(self, namespace: Registry) -> None:
        self._namespace = namespace
        self._shapes = namespace.shapes

    def of(self, name: str, *, as_attributes: bool = False) -> list[Member]:
        """The members of a structure. Raises ValueError where an attribute would hide a type that the stub needs.

        `as_attributes` if the types are read inside the structure's own class, where `bytes` may be an attribute.
        """
        row = self._shapes[name]
        members = row["members"]
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

    def _member(self, row: ShapeRow, wire: str, member: MemberRow, hidden: frozenset[str]) -> Member:
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
            optional=is_optional(member),
            facts=self._facts(wire, member),
        )

    def _facts(self, wire: str, member: MemberRow) -> str:
        needed = ["required"] if member.get("required") else []
        return "; ".join([code(wire), *needed, *member_facts(self._namespace, wire, member, code)]) + "."


def code(text: str) -> str:
    """Text that an editor shows as it is."""
    return f"`{text}`"


def _builtin(name: str, hidden: frozenset[str]) -> str:
    return f"builtins.{name}" if name in hidden else name
