"""What the service said, and nothing that a client fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._protocols.protocol import Protocol
from .._shapes.json_text import loads
from .plain import is_dict, is_list, plain
from .shapes import RowShape

if TYPE_CHECKING:
    from .._protocols.message import HttpRequest, HttpResponse
    from .._shapes.operation import Operation
    from .._shapes.structure import Request, Response
    from ..errors import ServiceError


class Received(Protocol):
    """A protocol that keeps the last answer as it came.

    A client fills in what an answer lacks; a command prints only what the service said.
    """

    def __init__(self, protocol: Protocol, *, wire_times: bool = False) -> None:
        """`wire_times`: whether times are told as the service sent them."""
        self._protocol = protocol
        self._wire_times = wire_times
        self._answer: Any = None

    def serialize(self, operation: Operation, request: Request[Any]) -> HttpRequest:
        return self._protocol.serialize(operation, request)

    def parse(self, operation: Operation, response: HttpResponse) -> Response:
        parsed = self._protocol.parse(operation, response)
        # A body that is the value of a member has nothing that could be missing from it.
        self._answer = None if "payload" in operation.output_row else loads(response.body or b"{}")
        return parsed

    def parse_error(self, operation: Operation, response: HttpResponse) -> ServiceError:
        return self._protocol.parse_error(operation, response)

    def plain(self, response: Response) -> dict[str, Any]:
        """The answer as plain data in the model's order, without what the service did not say."""
        kind = type(response)
        told: dict[str, Any] = self._told(
            plain(response.to_dict()), self._answer, RowShape(kind.__namespace__, kind.__shape__)
        )
        return told

    def _told(self, value: Any, answer: Any, shape: RowShape) -> Any:
        if answer is None or not (self._wire_times or is_dict(value) or is_list(value)):
            return value
        kind = shape.kind
        if is_dict(value) and kind == "structure":
            rows, members = shape.row["members"], shape.members
            told: dict[str, Any] = {}
            for name in members:
                if name not in value:
                    continue
                # What came beside the body is not in it.
                outside = "location" in rows[name]
                part = None if outside else answer.get(rows[name].get("location_name", name))
                if outside or part is not None:
                    told[name] = self._told(value[name], part, members[name])
            return told
        if is_dict(value) and kind == "map":
            inner = shape.value
            return {key: self._told(item, answer[key], inner) for key, item in value.items() if answer[key] is not None}
        if is_list(value) and kind == "list":
            # Nulls in a list are dropped when it is read.
            parts = [part for part in answer if part is not None]
            return [self._told(item, part, shape.item) for item, part in zip(value, parts, strict=True)]
        return answer if kind == "timestamp" and self._wire_times else value
