"""The table a service runs on, taken from the text of its `schema.json` row by row.

`python -m codegen` writes it with one row a line, so that a row is parsed when it is asked for and not before: a
call needs a few dozen of the several thousand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar, cast

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
    botocore: NotRequired[str]
    """The release whose model this is."""
    installed: NotRequired[bool]
    """Whether it was read from there at run time."""
    endpoint_prefix: NotRequired[str]
    json_version: NotRequired[str]
    name: NotRequired[str]
    service_id: NotRequired[str]
    signing_name: NotRequired[str]
    target_prefix: NotRequired[str]
    uid: NotRequired[str]


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
    endpoint_parameter: NotRequired[str]
    """What the endpoint rules call its value."""
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
    members: dict[str, MemberRow]
    """Empty but for structures."""
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
    request_event_stream: NotRequired[str]
    port: NotRequired[int]
    """Where the endpoint serves it over HTTP/2, if elsewhere than all else."""
    host_prefix: NotRequired[str]
    compression: NotRequired[list[str]]
    checksum_required: NotRequired[bool]
    unsigned: NotRequired[bool]
    unsigned_payload: NotRequired[bool]
    headers: NotRequired[dict[str, str]]
    endpoint_values: NotRequired[dict[str, Any]]
    """What the endpoint rules are told of the operation, by their names for it."""
    endpoint_paths: NotRequired[dict[str, str]]
    """The same of the request: JMESPath expressions on boto3's form of it."""
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
    goal: NotRequired[dict[str, str]]
    """What the caller may hold a success to, and its types: the client's `_goal` takes it."""


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
    """One section of the table: rows by name, each made once, on first use."""

    __slots__ = ("_make", "_rows", "_sources")

    def __init__(self, sources: Mapping[str, Any], make: Callable[[Any], RowT]) -> None:
        """`make` is what makes a row of its source."""
        self._rows: dict[str, RowT] = {}
        self._sources = sources
        self._make = make

    def __getitem__(self, name: str) -> RowT:
        try:
            return self._rows[name]
        except KeyError:
            row = self._rows[name] = self._make(self._sources[name])
            return row

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


def whole_shape(row: Mapping[str, Any]) -> ShapeRow:
    """The row with what every reader of one may ask for, whatever its type."""
    return cast("ShapeRow", {"members": {}, **row})


def _parse_shape(text: str) -> ShapeRow:
    return whole_shape(json.loads(text))


def _as_it_is(row: Any) -> Any:
    return row


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
            setattr(self, section, Section[Any](table[section], whole_shape if section == "shapes" else _as_it_is))

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Schema:
        """A schema from the lines that `python -m codegen` wrote: of a file, so that its text is there once."""
        self = cls.__new__(cls)
        texts: dict[str, str] = {}
        for line in lines:
            name, separator, row = line.rstrip("\n").partition('":')
            if not separator:
                continue
            name = name[1:]
            if row == "{":
                texts = {}
                setattr(self, name, Section[Any](texts, _parse_shape if name == "shapes" else json.loads))
            elif name == "metadata":
                self.metadata = json.loads(row.rstrip(","))
            else:
                texts[name] = row[:-1] if row[-1] == "," else row
        return self
