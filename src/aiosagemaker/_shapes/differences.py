"""How an answer differs from the model without being wrong: required members left out, members of a newer model.

Looked for only once loading has noted that there is something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .members import is_optional
from .structure import NO_METADATA

if TYPE_CHECKING:
    from .registry import Registry
    from .schema import MemberRow, ShapeRow
    from .structure import Structure

    Key = Callable[[ShapeRow, str, MemberRow], str]
    """The key of a structure's member in what is loaded."""

_TYPE = "__type"
"""What AWS JSON may put into a structure beside its members
(https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html)."""


_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")


class Differences(NamedTuple):
    """The paths of members, `production_variants[0].variant_name`; what the model does not know by its own name."""

    filled: tuple[str, ...]
    unknown: tuple[str, ...]


def differences(cls: type[Structure], value: Mapping[str, Any], key: Key) -> Differences:
    """What of the data of a structure was filled, and what the model does not know."""
    found = list(_found(cls.__namespace__, cls.__shape__, value, "", key))
    return Differences(
        tuple(path for path, known in found if known),
        tuple(path for path, known in found if not known),
    )


def _found(namespace: Registry, shape: str, value: Any, path: str, key: Key) -> Iterator[tuple[str, bool]]:
    row = namespace.shapes[shape]
    kind = row["type"]
    if kind == "list" and isinstance(value, list):
        kept = [item for item in cast("Sequence[Any]", value) if item is not None]
        for index, item in enumerate(kept):
            yield from _found(namespace, row["item"], item, f"{path}[{index}]", key)
    if not isinstance(value, Mapping):
        return
    entries = cast("Mapping[str, Any]", value)
    if kind == "map":
        for name, item in entries.items():
            yield from _found(namespace, row["value"], item, f"{path}[{name!r}]", key)
    if kind != "structure":
        return
    before = f"{path}." if path else ""
    unknown = dict.fromkeys(entries)
    for wire_name, member in row["members"].items():
        name = key(row, wire_name, member)
        unknown.pop(name, None)
        entry = entries.get(name)
        if entry is not None:
            yield from _found(namespace, member["shape"], entry, f"{before}{member['name']}", key)
        elif not is_optional(member):
            yield f"{before}{member['name']}", True
    for name in unknown:
        if name != _TYPE and entries[name] is not None:
            yield f"{before}{name}", False


def sent_dict(response: Structure) -> dict[str, Any]:
    """A response, or a part of one, in boto3's form, without what was filled: that is nothing of the service's.

    What was filled in a map's values stays.
    """
    plain = response.to_dict()
    for path in getattr(response, "response_metadata", NO_METADATA).filled:
        steps = _STEP.findall(path)
        namespace, shape, place = response.__namespace__, response.__shape__, cast("Any", plain)
        for position, (name, index) in enumerate(steps):
            row = namespace.shapes[shape]
            if row["type"] == "map":
                break
            if row["type"] == "list":
                place, shape = place[int(index)], row["item"]
                continue
            wire_name, member = next(entry for entry in row["members"].items() if entry[1]["name"] == name)
            if position == len(steps) - 1:
                del place[wire_name]
                break
            place, shape = place[wire_name], member["shape"]
    return plain
