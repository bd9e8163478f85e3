"""What waits and paginators take beside the members of the request: the one list of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .._shapes.registry import Registry

LONGEST_PAUSE = 120
"""The longest pause between polls, in seconds, where a waiter's own delay is no longer (Smithy's default)."""


class Option(NamedTuple):
    """One keyword. Each may be left out."""

    name: str
    type: str
    text: str
    """What it does, and what holds when it is left out."""


def waiter_options(namespace: Registry, name: str) -> list[Option]:
    """What the method of a waiter takes."""
    row = namespace.schema.waiters[name]
    output = namespace.schema.operations[row["operation"]]["output"]
    delay, time = row["delay"], "float | timedelta | None"
    options = [
        Option("timeout", time, f"the longest wait, in seconds; {delay * row['max_attempts']} s when left out"),
        Option("min_delay", time, f"the shortest pause between polls, in seconds; {delay} s when left out"),
        Option(
            "max_delay",
            time,
            f"the longest pause between polls, in seconds; {max(LONGEST_PAUSE, delay)} s when left out",
        ),
        Option("on_poll", f"Callable[[{output}], object] | None", "called with each response"),
    ]
    for member, annotation in row.get("goal", {}).items():
        text = f"what `{member}` must be when the wait is over, or it has failed; anything when left out"
        options.append(Option(member, annotation, text))
    return options


def paginator_options(namespace: Registry, name: str) -> list[Option]:
    """What the method of a paginator takes."""
    options = [Option("starting_token", "str | None", "the page to begin with; the first when left out")]
    if "limit" in namespace.schema.paginators[name]:
        options.append(Option("page_size", "int | None", "the most items on a page; the service decides when left out"))
    return options
