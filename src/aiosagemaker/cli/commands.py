"""Which commands there are: one for each row of a service's table."""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, NamedTuple

from .._services import BY_NAME, SERVICES
from . import own
from .shapes import RowShape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._services import Service
    from .._shapes.namespace import Namespace
    from .._shapes.schema import OperationRow, PaginatorRow, WaiterRow

_OPTION_NAMES = {"version": "version-number"}
"""Members whose option would be one of the tool itself, named as the AWS CLI names them."""

_NOT_FROM_FILES = {
    ("CreateNotebookInstance", "DefaultCodeRepository"),
    ("CreateNotebookInstance", "AdditionalCodeRepositories"),
    ("UpdateNotebookInstance", "DefaultCodeRepository"),
    ("UpdateNotebookInstance", "AdditionalCodeRepositories"),
}
"""Members that hold an address, which may be one of a file: it is the value, not where the value stands."""


class Parameter(NamedTuple):
    """One member of a request, as an option."""

    wire_name: str
    option: str
    """With its dashes."""
    shape: RowShape
    required: bool
    from_file: bool
    """Whether its value may be the name of a file."""


class Command:
    """One operation of a service, by its row."""

    def __init__(self, service: Service, namespace: Namespace, operation: str) -> None:
        self.service = service
        self.namespace = namespace
        self.operation = operation

    @functools.cached_property
    def row(self) -> OperationRow:
        """The operation's row."""
        return self.namespace.schema.operations[self.operation]

    @property
    def name(self) -> str:
        """As it is typed: `describe-endpoint`."""
        return self.row["method"].replace("_", "-")

    @property
    def paginator(self) -> PaginatorRow | None:
        """How the operation's answer comes in pages, if it does."""
        return self.namespace.schema.paginators.get(self.operation)

    @functools.cached_property
    def input(self) -> RowShape:
        """The request's shape."""
        return RowShape(self.namespace, self.row["input"])

    @functools.cached_property
    def output(self) -> RowShape:
        """The answer's shape."""
        return RowShape(self.namespace, self.row["output"])

    @property
    def payload(self) -> str:
        """The member of the answer that is bytes, to be written to a file; empty if there is none."""
        name = self.output.row.get("payload", "")
        return name if name and self.output.members[name].kind == "blob" else ""

    @property
    def streams(self) -> bool:
        """Whether the answer comes in parts, to be written to a file as they arrive."""
        return "event_stream" in self.row

    @property
    def has_outfile(self) -> bool:
        """Whether the command takes the name of a file to write to."""
        return bool(self.payload) or self.streams

    @functools.cached_property
    def parameters(self) -> list[Parameter]:
        """The request's members, in the model's order."""
        made: list[Parameter] = []
        for wire_name, member in self.input.row["members"].items():
            name = member["name"].replace("_", "-")
            made.append(
                Parameter(
                    wire_name=wire_name,
                    option=f"--{_OPTION_NAMES.get(name, name)}",
                    shape=self.input.members[wire_name],
                    required=bool(member.get("required")) and not member.get("idempotency_token"),
                    from_file=(self.operation, wire_name) not in _NOT_FROM_FILES,
                )
            )
        return made


class WaitCommand(NamedTuple):
    """One waiter, and the operation it polls."""

    name: str
    waiter: str
    row: WaiterRow
    command: Command


@functools.cache
def namespace_of(service: Service) -> Namespace:
    """A service's table."""
    namespace: Namespace = importlib.import_module(f"..{service.package}.models", __package__).NAMESPACE
    return namespace


def find_command(name: str, service: str = "") -> Command | None:
    """The command of that name, of one service or of the first that has it. Only the rows that it needs are read."""
    for each in _services(service):
        namespace = namespace_of(each)
        operation = _by_flat_name(each, "operations").get(_flat(name), "")
        if operation:
            command = Command(each, namespace, operation)
            if command.name == name and _fits_a_line(command.row):
                return command
    return None


def command_of(service: str, operation: str) -> Command:
    """The command of a service's operation, by their names."""
    return Command(BY_NAME[service], namespace_of(BY_NAME[service]), operation)


def find_waiter(name: str, service: str = "") -> WaitCommand | None:
    """The waiter of that name: `endpoint-in-service`; of one service or of the first that has it."""
    for each in _services(service):
        namespace = namespace_of(each)
        waiter = _by_flat_name(each, "waiters").get(_flat(name), "")
        if waiter:
            row = namespace.schema.waiters[waiter]
            if _waiter_name(row) == name:
                return WaitCommand(name, waiter, row, Command(each, namespace, row["operation"]))
    return None


def command_names(service: str = "") -> list[str]:
    """Every command of a service, or of all and of the tool itself, sorted; without duplicates."""
    rows = (row for each in _services(service) for row in namespace_of(each).schema.operations.values())
    names = (row["method"].replace("_", "-") for row in rows if _fits_a_line(row))
    return sorted({*(() if service else own.COMMANDS), *names})


def waiter_names(service: str = "") -> list[str]:
    """Every waiter, sorted."""
    return sorted(
        _waiter_name(row) for each in _services(service) for row in namespace_of(each).schema.waiters.values()
    )


def _services(name: str) -> tuple[Service, ...]:
    return (BY_NAME[name],) if name else SERVICES


def _fits_a_line(row: OperationRow) -> bool:
    """Whether a line can say all that goes out: not what is sent while the answer comes. The AWS CLI lacks it too."""
    return "request_event_stream" not in row


def _waiter_name(row: WaiterRow) -> str:
    return row["method"].removeprefix("wait_until_").replace("_", "-")


def _flat(name: str) -> str:
    return name.replace("-", "").lower()


@functools.cache
def _by_flat_name(service: Service, section: str) -> Mapping[str, str]:
    return {_flat(name): name for name in getattr(namespace_of(service).schema, section)}
