"""Names: the model's into Python's."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

from botocore import xform_name  # pyright: ignore[reportUnknownVariableType]  # botocore has no types

if TYPE_CHECKING:
    from collections.abc import Iterable

RESERVED_MEMBERS = frozenset(
    {"from_dict", "from_json", "http_status", "response_metadata", "self", "to_dict", "to_json", "validate"}
)
"""What every structure has already, and `self`, which its constructor needs."""

RESERVED_ERROR_MEMBERS = frozenset(
    {
        "add_note",
        "args",
        "attempts",
        "code",
        "headers",
        "http_status",
        "maybe_sent",
        "operation",
        "partial",
        "request_id",
        "retry_after",
        "retryable",
        "throttling",
        "with_traceback",
    }
)
"""What every error of a service has already; its message is the model's own."""

_WORD = re.compile(r"[A-Za-z0-9]+")


def member_name(wire: str) -> str:
    """The Python name of a member: botocore's `xform_name`, with an underscore behind what Python or we reserve."""
    name = re.sub(r"\W", "_", xform_name(wire))
    if not name.isidentifier():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in RESERVED_MEMBERS else name


def member_names(wires: Iterable[str]) -> dict[str, str]:
    """Python names for the members of one structure, refusing two that meet."""
    names = {wire: member_name(wire) for wire in wires}
    if len(set(names.values())) != len(names):
        raise ValueError(f"member names meet in Python: {sorted(names.items())}")
    return names


def _enum_word(word: str) -> str:
    return word if word.isupper() or word.islower() else xform_name(word)


def enum_name(value: str) -> str:
    """The name of an enum member: `ml.m5.xlarge` is `ML_M5_XLARGE`, `InService` is `IN_SERVICE`."""
    name = "_".join(_enum_word(word) for word in _WORD.findall(value)).upper()
    return name if name.isidentifier() else f"VALUE_{name}" if name else "EMPTY"


def enum_names(values: Iterable[str]) -> dict[str, str]:
    """Member name to value, in the model's order; names that meet are told apart by a number."""
    named: dict[str, str] = {}
    for value in values:
        name = base = enum_name(value)
        number = 2
        while name in named:
            name = f"{base}_{number}"
            number += 1
        named[name] = value
    return named
