"""The table a service runs on, read from `schema.json` row by row.

`python -m codegen` writes it with one row a line, so that a row is parsed when it is asked for and not before: a
call needs a few dozen of the several thousand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, NotRequired, TypedDict, TypeVar, cast

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal[
    "blob",
    "boolean",
    "document",
    "double",
    "enum",
    "float",
    "integer",
    "list",
    "long",
    "map",
    "string",
    "structure",
    "timestamp",
]


class Metadata(TypedDict):
    """What holds for the whole service."""

    protocol: Literal["json", "rest-json"]
    api_version: NotRequired[str]
    endpoint_prefix: NotRequired[str]
    json_version: NotRequired[str]
    name: NotRequired[str]
    service_id: NotRequired[str]
    signing_name: NotRequired[str]
    target_prefix: NotRequired[str]


class MemberRow(TypedDict):
    """One member of a structure; its key in the row is the model's name for it."""

    name: str
    shape: str
    required: NotRequired[bool]
    location: NotRequired[Literal["header", "headers", "querystring", "uri", "statuscode"]]
    location_name: NotRequired[str]
    format: NotRequired[str]
    idempotency_token: NotRequired[bool]
    json_value: NotRequired[bool]
    host_label: NotRequired[bool]
    event_payload: NotRequired[bool]
    event_header: NotRequired[bool]
    streaming: NotRequired[bool]
    deprecated: NotRequired[bool]


class ErrorTraits(TypedDict, total=False):
    """What makes a structure an error."""

    code: str
    status: int
    fault: bool
    retryable: bool
    throttling: bool


class ShapeRow(TypedDict):
    """One shape. `type` says which of the other keys it has."""

    type: Kind
    members: NotRequired[dict[str, MemberRow]]
    union: NotRequired[bool]
    payload: NotRequired[str]
    event_stream: NotRequired[bool]
    event: NotRequired[bool]
    error: NotRequired[ErrorTraits]
    request: NotRequired[str]
    response: NotRequired[str]
    model: NotRequired[str]
    item: NotRequired[str]
    key: NotRequired[str]
    value: NotRequired[str]
    values: NotRequired[dict[str, str]]
    format: NotRequired[str]
    min: NotRequired[float]
    max: NotRequired[float]
    pattern: NotRequired[str]
    untranslated: NotRequired[str]
    sensitive: NotRequired[bool]
    streaming: NotRequired[bool]


class OperationRow(TypedDict):
    """One operation."""

    method: str
    input: str
    output: str
    http: NotRequired[list[str]]
    status: NotRequired[int]
    errors: NotRequired[list[str]]
    event_stream: NotRequired[str]
    host_prefix: NotRequired[str]
    compression: NotRequired[list[str]]
    checksum_required: NotRequired[bool]
    unsigned: NotRequired[bool]
    deprecated: NotRequired[bool]
    idempotent: NotRequired[bool]
    readonly: NotRequired[bool]


class AcceptorRow(TypedDict):
    """One way for a wait to end."""

    state: Literal["success", "failure", "retry"]
    matcher: Literal["path", "pathAll", "pathAny", "error", "status"]
    expected: Any
    argument: NotRequired[str]


class WaiterRow(TypedDict):
    """One waiter; `delay` in seconds."""

    method: str
    operation: str
    delay: int
    max_attempts: int
    acceptors: list[AcceptorRow]
    confirm: NotRequired[list[str]]
    """Members of the response, by Python's names, that the caller may hold a success to."""


class PaginatorRow(TypedDict):
    """One paginator, in Python's member names."""

    method: str
    input_token: str
    output_token: str
    result: str
    limit: NotRequired[str]
    whole: NotRequired[list[str]]
    """Members of a page, by the model's names, that say something of all pages together."""


RowT = TypeVar("RowT")


class Section(Mapping[str, RowT], Generic[RowT]):
    """One section of the table: rows by name, each parsed once, on first use."""

    __slots__ = ("_rows", "_texts")

    def __init__(self, texts: Mapping[str, str] | None = None, rows: Mapping[str, RowT] | None = None) -> None:
        self._rows: dict[str, RowT] = dict(rows or {})
        self._texts: Mapping[str, str] = self._rows if texts is None else texts  # type: ignore[assignment]  # keys only

    def __getitem__(self, name: str) -> RowT:
        try:
            return self._rows[name]
        except KeyError:
            row = self._rows[name] = cast("RowT", json.loads(self._texts[name]))
            return row

    def __contains__(self, name: object) -> bool:
        return name in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class Schema:
    """A service's table."""

    metadata: Metadata
    categories: Section[str]
    operations: Section[OperationRow]
    paginators: Section[PaginatorRow]
    shapes: Section[ShapeRow]
    waiters: Section[WaiterRow]

    SECTIONS = ("categories", "operations", "paginators", "shapes", "waiters")

    def __init__(self, table: Mapping[str, Any]) -> None:
        """A schema from the whole table in memory."""
        self.metadata = table["metadata"]
        for section in self.SECTIONS:
            setattr(self, section, Section[Any](rows=table[section]))

    @classmethod
    def read(cls, path: Path) -> Schema:
        """A schema from a file that `python -m codegen` wrote."""
        self = cls.__new__(cls)
        texts: dict[str, str] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            name, separator, text = line.partition('":')
            if not separator:
                continue
            name = name[1:]
            if text == "{":
                texts = {}
                setattr(self, name, Section[Any](texts))
            elif name == "metadata":
                self.metadata = json.loads(text.rstrip(","))
            else:
                texts[name] = text[:-1] if text[-1] == "," else text
        return self
