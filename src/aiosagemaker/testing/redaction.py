"""Values as plain JSON that may be kept in a file: what is sensitive or secret is replaced, in a form that loads."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, cast

from .._errors import REDACTED
from .._secrets import SECRET_NAME, scrubbed
from .._shapes.body import SizedStream
from .._shapes.convert import WIRE
from .._shapes.json_text import dumps, loads
from .._shapes.structure import Structure, evolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._shapes.registry import Registry
    from .._shapes.schema import ShapeRow

_STAND_INS: dict[str, Any] = {
    "blob": base64.b64encode(REDACTED.encode()).decode(),
    "boolean": False,
    "document": None,
    "double": 0.0,
    "float": 0.0,
    "integer": 0,
    "long": 0,
    "timestamp": 0,
}


def plain(value: Structure, *, keep_sensitive: bool = False) -> dict[str, Any]:
    """A structure as the wire's JSON, without secrets, and without the tokens that differ from call to call.

    `keep_sensitive` keeps the members that the service's model marks as sensitive: the bodies of invocations, for one.
    """
    namespace, shape = value.__namespace__, value.__shape__
    members = namespace.shapes[shape]["members"].values()
    streams = {m["name"]: b"" for m in members if isinstance(getattr(value, m["name"]), SizedStream)}
    bare = evolve(value, **streams) if streams else value
    return cast("dict[str, Any]", _kept(namespace, shape, loads(dumps(WIRE.dump(bare))), keep_sensitive=keep_sensitive))


def plain_of(namespace: Registry, shape: str, value: Any, *, keep_sensitive: bool = False) -> Any:
    """The same of a value of a shape that is plain JSON already; what the shape does not have is left out."""
    return _kept(namespace, shape, value, keep_sensitive=keep_sensitive)


def _kept(namespace: Registry, shape: str, value: Any, *, keep_sensitive: bool, hidden: bool = False) -> Any:
    row = namespace.shapes[shape]
    hidden = hidden or (bool(row.get("sensitive")) and not keep_sensitive)

    def inner(name: str, item: Any, *, secret: bool = False) -> Any:
        return _kept(namespace, name, item, keep_sensitive=keep_sensitive, hidden=hidden or secret)

    if value is None:
        return None
    if isinstance(value, dict) and row["type"] == "structure":
        return _members(row, cast("Mapping[str, Any]", value), inner)
    if isinstance(value, dict) and row["type"] == "map":
        entries = cast("Mapping[str, Any]", value).items()
        return {key: inner(row["value"], item, secret=SECRET_NAME.search(key) is not None) for key, item in entries}
    if isinstance(value, list) and row["type"] == "list":
        return [inner(row["item"], item) for item in cast("Sequence[Any]", value)]
    if hidden:
        return _STAND_INS.get(row["type"], REDACTED)
    return scrubbed(value) if isinstance(value, str) else cast("Any", value)


def _members(row: ShapeRow, value: Mapping[str, Any], inner: Any) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for wire_name, member in row["members"].items():
        key = WIRE.key(wire_name, member)
        if key in value and not member.get("idempotency_token"):
            kept[key] = inner(member["shape"], value[key])
    return kept
