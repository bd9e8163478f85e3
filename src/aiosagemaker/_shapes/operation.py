"""An operation: its row, its request's and its response's class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .registry import Registry
    from .schema import OperationRow, ShapeRow
    from .structure import Request, Response


class Operation:
    """What the layers below the client need to know of an operation, looked up once."""

    __slots__ = (
        "answers_freely",
        "has_endpoint_parameters",
        "input_row",
        "name",
        "namespace",
        "output",
        "output_row",
        "row",
        "tokens",
    )

    namespace: Registry
    name: str
    row: OperationRow
    input_row: ShapeRow
    output_row: ShapeRow
    output: type[Response]
    tokens: tuple[str, ...]
    """The members that are filled with a fresh token when left out."""

    answers_freely: bool
    """Whether the answer's body is whatever a model says, rather than a document of the service's own."""
    has_endpoint_parameters: bool
    """Whether the endpoint rules are told anything of the operation or of its requests."""

    def __init__(self, namespace: Registry, name: str) -> None:
        self.namespace = namespace
        self.name = name
        self.row = namespace.schema.operations[name]
        self.input_row = namespace.shapes[self.row["input"]]
        self.output_row = namespace.shapes[self.row["output"]]
        self.output = namespace[self.row["output"]]
        self.tokens = tuple(
            member["name"] for member in self.input_row["members"].values() if member.get("idempotency_token")
        )

        payload = self.output_row["members"].get(self.output_row.get("payload", ""))
        self.answers_freely = payload is not None and namespace.shapes[payload["shape"]]["type"] in ("blob", "string")

        row = self.row
        self.has_endpoint_parameters = (
            "endpoint_values" in row
            or "endpoint_paths" in row
            or any("endpoint_parameter" in member for member in self.input_row["members"].values())
        )

    def endpoint_parameters(self, request: Request[Any]) -> dict[str, Any]:
        """What the endpoint rules are told of the operation and this request."""
        found = dict(self.row.get("endpoint_values", {}))
        for member in self.input_row["members"].values():
            if "endpoint_parameter" in member and (value := getattr(request, member["name"])) is not None:
                found[member["endpoint_parameter"]] = str(value)
        if "endpoint_paths" in self.row:
            import jmespath

            plain = request.to_dict()
            found |= {name: jmespath.search(path, plain) for name, path in self.row["endpoint_paths"].items()}
        return found

    def sibling(self, name: str) -> Operation:
        """Another operation of the service."""
        return Operation(self.namespace, name)

    def error(self, code: str) -> Any:
        """The class of an error that the model names, or None. The operation's own errors come first."""
        for name in (*self.row.get("errors", ()), *((code,) if self.namespace.is_error(code) else ())):
            if code in (name, self.namespace.shapes[name].get("error", {}).get("code")):
                return self.namespace[name]
        return None
