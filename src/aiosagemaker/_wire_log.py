"""What goes over the wire, as a log that may be shown."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import attrs

from ._errors import REDACTED
from ._hooks import Hooks
from ._secrets import SECRET_HEADER, SECRET_NAME, scrubbed

if TYPE_CHECKING:
    from ._hooks import Attempt, Call, Outcome

wire = logging.getLogger("aiosagemaker.wire")


class WireLog(Hooks):
    """Logs what goes over the wire, at DEBUG, to the logger `aiosagemaker.wire`: without secrets and sensitive members.

    `Config.wire_log` makes one. A secret is what is named like one, as a header or as an environment variable, the
    signature or the token of a presigned URL, and an access key.
    """

    def attempt_started(self, attempt: Attempt) -> None:
        if wire.isEnabledFor(logging.DEBUG):
            call, places = attempt.call, _places(attempt.call.request.__class__)
            headers, url = places.shown(attempt.headers), places.shown_url(attempt)
            wire.debug("> %s %s %s\n> %s", call.operation, url, headers, _text(call.request))

    def attempt_ended(self, attempt: Attempt, outcome: Outcome, delay: float | None) -> None:
        if wire.isEnabledFor(logging.DEBUG):
            headers = _places(attempt.call.request.__class__).shown(outcome.headers)
            error = scrubbed(f"\n< {type(outcome.error).__name__}: {outcome.error}") if outcome.error else ""
            wire.debug("< %s %s %s%s", attempt.call.operation, outcome.http_status, headers, error)

    def call_ended(self, call: Call, outcome: Outcome) -> None:
        if outcome.response is not None and wire.isEnabledFor(logging.DEBUG):
            wire.debug("< %s %s", call.operation, _text(outcome.response))


def _text(value: object) -> str:
    """As `repr` has it, without what is a secret by its name or its form."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, object]", value).items()
        shown = ((name, REDACTED if SECRET_NAME.search(name) else _text(item)) for name, item in entries)
        return f"{{{', '.join(f'{name!r}: {text}' for name, text in shown)}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_text, cast('tuple[object, ...]', value)))}]"
    members: Any = getattr(value, "__rich_repr__", None)
    if members is None:
        return scrubbed(repr(value))
    return f"{type(value).__name__}({', '.join(f'{name}={_text(item)}' for name, item in members())})"


@attrs.frozen
class _Places:
    """Where an operation's sensitive members stand, beside its bodies."""

    headers: frozenset[str]
    prefixes: tuple[str, ...]
    """How the names of headers begin that are a map's."""
    query: bool
    path: bool

    def shown(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers, without secrets either."""
        return {name: REDACTED if self._hides(name.lower()) else scrubbed(value) for name, value in headers.items()}

    def _hides(self, name: str) -> bool:
        return name in self.headers or name.startswith(self.prefixes) or SECRET_HEADER.search(name) is not None

    def shown_url(self, attempt: Attempt) -> str:
        """The URL, or as much of it as may be shown."""
        if self.path:
            return f"{attempt.call.endpoint} {REDACTED}"
        url, mark, _ = attempt.url.partition("?")
        return f"{url}?{REDACTED}" if self.query and mark else scrubbed(attempt.url)


@functools.lru_cache(maxsize=256)
def _places(request: Any) -> _Places:
    """Of a class of requests and their answers."""
    namespace = request.__namespace__
    operation = namespace.schema.operations[request.__operation__]
    found: dict[str, set[str]] = {"header": set(), "headers": set(), "querystring": set(), "uri": set()}
    for shape in (operation["input"], operation["output"]):
        for wire_name, member in namespace.shapes[shape]["members"].items():
            place = member.get("location")
            if place in found and namespace.is_sensitive(member["shape"]):
                name: str = member.get("location_name", "" if place == "headers" else wire_name)
                found[place].add(name.lower())
    return _Places(
        headers=frozenset(found["header"]),
        prefixes=tuple(found["headers"]),
        query=bool(found["querystring"]),
        path=bool(found["uri"]),
    )
