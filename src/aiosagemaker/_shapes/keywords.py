"""What is wrong with the keywords of a constructor, or of a call that makes a request of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._errors import REDACTED, ArgumentError, Violation
from .._hints import keyword_hint
from .members import is_optional
from .structure import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .registry import Registry


def keyword_error(
    registry: Registry, name: str, keywords: Mapping[str, object], *, subject: str = "", others: Iterable[str] = ()
) -> ArgumentError | None:
    """Every unknown and every missing keyword of a structure; None if there is none.

    `subject` is whose keywords they are, if not the structure's own; `others` are keywords that are no members.
    """
    members = registry.shapes[name]["members"]
    names = {wire_name: member["name"] for wire_name, member in members.items()}
    known = {*names.values(), *others}
    unknown = [
        Violation(
            keyword,
            "unknown",
            REDACTED if is_secret(registry, name, value) else value,
            f"unknown keyword{registry.newer(name, keyword) or keyword_hint(keyword, names, others)}",
        )
        for keyword, value in keywords.items()
        if keyword not in known
    ]
    missing = [
        Violation(member["name"], "required", None, "required")
        for member in members.values()
        if not is_optional(member) and member["name"] not in keywords
    ]
    return ArgumentError(subject or name, [*unknown, *missing]) if unknown or missing else None


def positional_error(name: str, given: Sequence[Any]) -> ArgumentError:
    """What is said to one who makes a structure of what is not named."""
    hint = f": use {name}.from_dict(...)" if isinstance(given[0], Mapping) else ""
    return ArgumentError(f"{name} takes its members as keywords{hint}")
