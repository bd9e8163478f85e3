"""Stateful sessions: requests of one caller, sent to one instance of an endpoint.

https://docs.aws.amazon.com/sagemaker/latest/dg/stateful-sessions.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, cast

from .._errors import ArgumentError, ResponseParseError, SdkError
from .._hints import AsynchronousOnly
from .models import NAMESPACE

if TYPE_CHECKING:
    from types import TracebackType

    from .._session import Session as Calls
    from .._shapes.body import BodyLike
    from .models import InvokeEndpointResponse

NEW_SESSION = "NEW_SESSION"


class InferenceSession(AsynchronousOnly):
    """A session with a model that keeps state: an async context manager, which opens it and closes it.

    Entering raises:
        ResponseParseError: the model opened no session.
        SdkError: as `invoke_endpoint` does.
    """

    def __init__(
        self, calls: Calls, endpoint_name: str, *, opening: BodyLike, closing: BodyLike | None, options: Any
    ) -> None:
        self._calls = calls
        self._endpoint_name = endpoint_name
        self._opening = opening
        self._closing = closing
        self._options = options
        self._id: str | None = None
        self.expires_at: datetime | None = None
        """When the service lets it go, or None if the model did not say."""
        self.closed: bool = False
        """Whether the model has closed it, here or before."""

    @property
    def id(self) -> str:
        """What tells it apart: what every operation takes as `session_id`."""
        if self._id is None:
            raise ArgumentError("a session has its id inside `async with`")
        return self._id

    async def __aenter__(self) -> Self:
        if self._id is not None:
            raise ArgumentError("a session can be entered once")
        response = await self._call(self._opening, NEW_SESSION, {})
        given = response.new_session_id or ""
        # The service tells the id together with its end: `<id>; Expires=2025-01-01T00:00:00Z`.
        name, _, rest = given.partition(";")
        if not name.strip():
            raise ResponseParseError(
                "the model opened no session: its answer names none",
                status=response.http_status,
                headers=response.response_metadata.headers,
                body=response.body,
            )
        self._id = name.strip()
        self.expires_at = _expires(rest)
        return self

    async def invoke(self, body: BodyLike, **options: Any) -> InvokeEndpointResponse:
        """Call the model in this session; `options` are members of InvokeEndpointRequest. Raises as that does."""
        response = await self._call(body, self.id, options)
        self.closed = self.closed or response.closed_session_id is not None
        return response

    async def close(self) -> None:
        """Tell the model to close the session, unless it is closed. Raises as `invoke` does."""
        if self._id is not None and not self.closed and self._closing is not None:
            await self.invoke(self._closing)
            self.closed = True

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self.close()
        except SdkError as failure:
            if error is None:
                raise
            # What went wrong first is what the caller wants to see.
            error.add_note(f"The session {self._id} could not be closed: {failure}")

    async def _call(self, body: BodyLike, session_id: str, options: dict[str, Any]) -> InvokeEndpointResponse:
        members = {"content_type": "application/json", **self._options, **options}
        request = NAMESPACE["InvokeEndpointRequest"](
            endpoint_name=self._endpoint_name, body=body, session_id=session_id, **members
        )
        return cast("InvokeEndpointResponse", await self._calls.invoke("InvokeEndpoint", request))


def _expires(text: str) -> datetime | None:
    name, _, value = text.strip().partition("=")
    if name != "Expires":
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
