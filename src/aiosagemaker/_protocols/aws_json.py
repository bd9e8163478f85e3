"""AWS JSON 1.0 and 1.1: one URL, the operation in a header, everything else in a JSON body.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._shapes.convert import WIRE
from .._shapes.json_text import encode
from .message import HttpRequest
from .protocol import Protocol, compressed, host_prefix, load_json, load_noting

if TYPE_CHECKING:
    from .._shapes.operation import Operation
    from .._shapes.schema import Metadata
    from .._shapes.structure import Request, Response
    from .message import HttpResponse


class AwsJson(Protocol):
    """The AWS JSON protocol of one service."""

    code_keys = ("__type", "code")  # an error may have a member of its own that is called `code`

    def __init__(self, metadata: Metadata) -> None:
        self._content_type = f"application/x-amz-json-{metadata.get('json_version', '1.1')}"
        self._target_prefix = metadata.get("target_prefix", "")

    def serialize(self, operation: Operation, request: Request[Any]) -> HttpRequest:
        headers = {"Content-Type": self._content_type, "X-Amz-Target": f"{self._target_prefix}.{operation.name}"}
        if "headers" in operation.row:
            headers |= operation.row["headers"]
        body = encode(WIRE.dump(request))
        prefix = ""
        if "host_prefix" in operation.row:
            prefix = host_prefix(operation, request)
        if "compression" in operation.row:
            body = compressed(operation, headers, body)
        return HttpRequest("POST", "/", headers, body, host_prefix=prefix)

    def parse(self, operation: Operation, response: HttpResponse) -> Response:
        # An operation without output members may answer with no body at all.
        if not response.body and not operation.output_row["members"]:
            return load_noting(operation, WIRE, {})
        return load_json(operation, WIRE, response)
