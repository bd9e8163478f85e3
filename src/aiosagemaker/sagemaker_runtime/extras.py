"""What the runtime's client offers beside the service's operations."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping, Sized
from typing import TYPE_CHECKING, cast

from .._clock import seconds
from .._errors import (
    ArgumentError,
    AsyncInferenceFailed,
    WaiterTimeout,
)
from .._hooks import Workflow, told_workflow
from .payloads import InvocationOptions, Payloads

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from typing import Unpack

    from .._clock import Duration
    from .._errors import SdkError
    from .._shapes.body import BodyLike
    from .bulk import Checkpoint, Outcome
    from .models import InvokeEndpointAsyncResponse, InvokeEndpointResponse
    from .sessions import InferenceSession

_ASYNC_TIMEOUT = 3600.0
_ASYNC_MAX_DELAY = 10.0


class RuntimeExtras(Payloads):
    """What goes beyond one call: sessions, results of asynchronous inference, whole data sets."""

    def session(
        self,
        endpoint_name: str,
        *,
        opening: BodyLike = b'{"requestType":"NEW_SESSION"}',
        closing: BodyLike | None = b'{"requestType":"CLOSE"}',
        **options: Unpack[InvocationOptions],
    ) -> InferenceSession:
        """A stateful session, whose requests go to one instance: `async with runtime.session("chat") as session`.

        Args:
            endpoint_name: the endpoint.
            opening: the body that tells the container to open a session. Default that of AWS's own examples.
            closing: the body that tells it to close one; None to close none.
            options: other members of every InvokeEndpointRequest. `content_type` is `application/json` unless given.
        """
        from .sessions import InferenceSession

        given = {name: value for name, value in options.items() if value is not None}
        return InferenceSession(self._session, endpoint_name, opening=opening, closing=closing, options=given)

    async def wait_for_async_result(
        self,
        response: InvokeEndpointAsyncResponse,
        *,
        fetch: Callable[[str], Awaitable[bytes | None]],
        timeout: Duration | None = None,
        min_delay: Duration | None = None,
        max_delay: Duration | None = None,
    ) -> bytes:
        """The result of an asynchronous invocation, once the service has written it.

        `fetch` reads an object of Amazon S3 by its URI, and returns None as long as there is none. With boto3::

            s3 = boto3.client("s3")

            def read(uri: str) -> bytes | None:
                bucket, _, key = uri.removeprefix("s3://").partition("/")
                try:
                    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
                except s3.exceptions.NoSuchKey:
                    return None

            async def fetch(uri: str) -> bytes | None:
                return await asyncio.to_thread(read, uri)

        S3 answers AccessDenied instead of NoSuchKey to whoever may not list the bucket.

        Args:
            response: what `invoke_endpoint_async` returned.
            fetch: the reader; what it raises ends the wait.
            timeout: how long to wait, in seconds or as a timedelta. Default 3,600 s, the longest that a model may take
                (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html).
            min_delay: the shortest pause between two looks. Default 1 s.
            max_delay: the longest pause. Default 10 s, or `min_delay` if that is longer.

        Raises:
            AsyncInferenceFailed: the service wrote to the failure location instead.
            WaiterTimeout: the time is up.
            ArgumentError: the response names no output location, or a time is out of range.
        """
        from ..waiters import PollLoop

        if not response.output_location:
            raise ArgumentError("the response names no output location to wait for")
        loop = PollLoop(
            "AsyncInference",
            timeout=timeout,
            min_delay=min_delay,
            max_delay=max_delay,
            default_timeout=_ASYNC_TIMEOUT,
            default_delay=1.0,
            longest_delay=_ASYNC_MAX_DELAY,
            clock=self._session.clock,
            hooks=self._session.given.hooks,
        )
        output, failure = response.output_location, response.failure_location

        async def look() -> bytes | None:
            result = await fetch(output)
            document = await fetch(failure) if result is None and failure else None
            if document is not None:
                raise AsyncInferenceFailed("asynchronous inference failed", document=document, last_response=response)
            return result

        def settled(result: bytes | None, error: SdkError | None) -> bool:
            if error is not None:
                raise error
            return result is not None

        try:
            looks = [result async for result in loop.run(look, settled) if result is not None]
        except WaiterTimeout as late:
            late.last_response = response
            raise
        return looks[-1]

    def invoke_many(
        self,
        endpoint_name: str,
        payloads: Iterable[BodyLike] | AsyncIterable[BodyLike],
        *,
        concurrency: int = 16,
        ordered: bool = True,
        checkpoint: Checkpoint | None = None,
        throttling_timeout: Duration = 300.0,
        **options: Unpack[InvocationOptions],
    ) -> AsyncGenerator[Outcome, None]:
        """Invoke an endpoint with each of many bodies, several at once.

        It yields an `Outcome` for each body: the response, or the error that the call ended with after its retries,
        with the attempts and the time it took. The source may be endless: at most twice `concurrency` bodies and
        outcomes are held. Retry budget and adaptive rate are the client's own; what is still throttled after that is
        sent again, and all bodies at the pace that the endpoint bears.

        To stop early and at once, close it: `async with contextlib.aclosing(client.invoke_many(...)) as outcomes`.

        Args:
            endpoint_name: the endpoint.
            payloads: the bodies, as `invoke_endpoint` takes them.
            concurrency: how many calls run at once, never more than `HttpConfig.max_connections`. Default 16.
            ordered: whether outcomes keep the order of the bodies, or come as they are ready. Default True.
            checkpoint: bodies that have had their response in an earlier run, which are passed over; this run's are
                added as it goes. Default none.
            throttling_timeout: how long a body that is throttled is sent again, in seconds or as a timedelta. Default
                300 s.
            options: the other members of InvokeEndpointRequest, the same for every call.

        Raises:
            ArgumentError: `payloads` is one body, or `concurrency` is not a number above zero.
            ConfigError, ClientClosedError: no call can succeed.
        """
        given = cast("object", payloads)  # without a type checker it may be anything
        if isinstance(given, (str, bytes, bytearray, memoryview, Mapping)) or not isinstance(
            given, (Iterable, AsyncIterable)
        ):
            raise ArgumentError(f"payloads must be an iterable of bodies, not {type(payloads).__name__}")
        if type(concurrency) is not int or concurrency < 1:
            raise ArgumentError(f"concurrency must be a whole number above zero, not {concurrency!r}")
        connections = self._session.given.http.max_connections
        return self._invoke_many(
            endpoint_name,
            payloads,
            min(concurrency, connections),
            ordered,
            checkpoint,
            seconds(throttling_timeout),
            options,
        )

    async def _invoke_many(
        self,
        endpoint_name: str,
        payloads: Iterable[BodyLike] | AsyncIterable[BodyLike],
        concurrency: int,
        ordered: bool,
        checkpoint: Checkpoint | None,
        throttling_timeout: float,
        options: InvocationOptions,
    ) -> AsyncGenerator[Outcome, None]:
        from contextlib import aclosing

        from .bulk import Checkpoint, PacedCall, in_parallel

        def call(body: BodyLike) -> Awaitable[InvokeEndpointResponse]:
            return self._call(endpoint_name, body, options)

        done = Checkpoint() if checkpoint is None else checkpoint
        paced = PacedCall(call, throttling_timeout=throttling_timeout, clock=self._session.clock)
        running = in_parallel(paced, payloads, concurrency=concurrency, ordered=ordered, skip=done)
        total = len(payloads) if isinstance(payloads, Sized) else None
        workflow = Workflow(name="invoke_many", endpoint_name=endpoint_name, total=total, done=len(done))
        with told_workflow(self._session.given.hooks, workflow) as advanced:
            async with aclosing(running) as outcomes:
                async for outcome in outcomes:
                    advanced(outcome)
                    yield outcome
                    # Here, the caller has asked for the next one.
                    if checkpoint is not None and outcome.response is not None:
                        checkpoint.add(outcome.index)
