"""Plans: what would be done, for people and for programs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

import attrs

from .._errors import REDACTED

if TYPE_CHECKING:
    from ..sagemaker.rules import Finding


class Action(StrEnum):
    """What is done to a resource."""

    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"
    KEEP = "keep"


SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.REMOVE: "-", Action.KEEP: "="}


@attrs.frozen
class Difference:
    """One member that changes."""

    path: str
    """As the service names it: `ProductionVariants[main].Model.PrimaryContainer.Image`."""
    before: Any
    """None where there was none."""
    after: Any
    """None where there is none any more."""

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.path}: {_shown(self.path, self.after)}"
        if self.after is None:
            return f"{self.path}: {_shown(self.path, self.before)} is left out"
        return f"{self.path}: {_shown(self.path, self.before)} -> {_shown(self.path, self.after)}"


@attrs.frozen(kw_only=True)
class Change:
    """What is done to one resource, and why."""

    action: Action
    kind: str
    """`model`, `endpoint configuration`, `endpoint`, `inference component`, `scalable target`, `scaling policy`,
    `alarm` or `tags`."""
    name: str
    why: str
    differences: tuple[Difference, ...] = ()
    request: Any = None
    """What is sent for it; None for what is kept."""

    def __str__(self) -> str:
        return f"{SIGNS[self.action]} {self.action} {self.kind} {self.name}: {self.why}"


@attrs.frozen(kw_only=True)
class Plan:
    """What `deploy` or `teardown` would do now. It is falsy where there is nothing to do."""

    endpoint_name: str
    changes: tuple[Change, ...]
    """In the order in which they are made; what is kept stands among them."""
    findings: tuple[Finding, ...] = ()
    """What the service would refuse of it. With any, `deploy` sends nothing."""
    waits_for: str = ""
    """What is in progress, and is waited for first; empty if nothing is."""

    @property
    def writes(self) -> tuple[Change, ...]:
        """The changes that send something."""
        return tuple(change for change in self.changes if change.request is not None)

    def __bool__(self) -> bool:
        return bool(self.writes)

    def lines(self) -> Iterator[str]:
        """The plan line by line."""
        if self.waits_for:
            yield f"  {self.waits_for}"
        for change in self.changes:
            yield str(change)
            for difference in change.differences:
                yield f"    {difference}"
        for finding in self.findings:
            yield f"! {finding}"
        if not self.writes:
            yield f"endpoint {self.endpoint_name}: nothing to do"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        colors = {Action.CREATE: "green", Action.UPDATE: "darkorange", Action.REMOVE: "firebrick", Action.KEEP: "gray"}
        rows = [
            f'<tr><td style="color:{colors[change.action]}">{change.action}</td><td>{html.escape(change.kind)}</td>'
            f"<td>{html.escape(change.name)}</td><td>{html.escape(change.why)}"
            + "".join(f"<br><code>{html.escape(str(each))}</code>" for each in change.differences)
            + "</td></tr>"
            for change in self.changes
        ]
        notes = [self.waits_for, *map(str, self.findings), "" if self.writes else "nothing to do"]
        told = "".join(f"<p>{html.escape(note)}</p>" for note in notes if note)
        return f"<p><b>{html.escape(self.endpoint_name)}</b></p><table>{''.join(rows)}</table>{told}"


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Where two contents, as the wire has them, differ. Items of lists are told apart by their names, if they have."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        old, new = cast("Mapping[str, Any]", before), cast("Mapping[str, Any]", after)
        for name in dict.fromkeys((*old, *new)):
            yield from differences(old.get(name), new.get(name), f"{path}.{name}".lstrip("."))
        return
    if isinstance(before, list) and isinstance(after, list):
        was, will = _named(cast("Sequence[Any]", before)), _named(cast("Sequence[Any]", after))
        for key in dict.fromkeys((*was, *will)):
            yield from differences(was.get(key), will.get(key), f"{path}[{key}]")
        return
    if before != after:
        yield Difference(path, before, after)


def _named(items: Sequence[Any]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for index, item in enumerate(items):
        name: object = cast("Mapping[str, Any]", item).get("VariantName", index) if isinstance(item, Mapping) else index
        named[str(name)] = item
    return named


_SECRET = re.compile(r"Environment\.\w*(TOKEN|SECRET|PASSWORD|CREDENTIAL|KEY)\w*$", re.IGNORECASE)
"""Variables whose values are not shown: nobody wants them in the log of a pipeline."""
_MOST_SHOWN = 200


def _shown(path: str, value: Any) -> str:
    if _SECRET.search(path):
        return REDACTED
    if isinstance(value, Mapping):
        inner = cast("Mapping[str, Any]", value)
        shown = ", ".join(f"{name}: {_shown(f'{path}.{name}', each)}" for name, each in inner.items())
        return f"{{{shown}}}"
    if isinstance(value, list):
        return f"[{', '.join(_shown(path, each) for each in cast('Sequence[Any]', value))}]"
    text = str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
