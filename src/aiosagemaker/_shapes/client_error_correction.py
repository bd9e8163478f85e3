"""What stands where a service left a required member out, so that an answer never lacks what its type promises.

The values are those of https://smithy.io/2.0/spec/aggregate-types.html#client-error-correction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .maps import FrozenMap
from .members import is_optional
from .timestamps import EPOCH

if TYPE_CHECKING:
    from .registry import Registry

_VALUES: dict[str, Any] = {
    "blob": b"",
    "boolean": False,
    "document": None,
    "double": 0.0,
    "float": 0.0,
    "integer": 0,
    "list": (),
    "long": 0,
    "map": FrozenMap[Any](),
    "string": "",
    "timestamp": EPOCH,
}


def client_error_correction(namespace: Registry, name: str) -> Any:
    """The value for a required member of the shape that is not in the answer."""
    row = namespace.shapes[name]
    if row["type"] == "enum":
        return namespace[name]("")
    if row["type"] == "structure":
        required = {m["name"]: m["shape"] for m in row["members"].values() if not is_optional(m)}
        return namespace[name](
            **{member: client_error_correction(namespace, shape) for member, shape in required.items()}
        )
    return _VALUES[row["type"]]
