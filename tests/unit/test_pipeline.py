"""One call's attempts, from the first to the response or the error, over real HTTP."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from aiosagemaker import Credentials, HttpConfig, RetryConfig, TimeoutConfig
from aiosagemaker.errors import (
    AttemptTimeout,
    ConnectError,
    CredentialsError,
    ExpiredTokenException,
    InvalidSignatureException,
    NameResolutionError,
    OperationTimeout,
    ReadTimeout,
    ResourceLimitExceeded,
    ResponseParseError,
    ServiceError,
    ThrottlingException,
    TransportError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerClient

LATER = datetime(2030, 1, 1, tzinfo=UTC)


# Answers


async def test_metadata(client: SageMakerClient, server: Any) -> None:
    """A response tells its status, the service's id, its attempts and its headers."""
    server.answer({}, headers={"x-amzn-RequestId": "abc", "X-Custom": "1"})
    response = await client.list_endpoints()
    metadata = response.response_metadata
    assert (metadata.http_status, metadata.request_id) == (200, "abc")
    assert (metadata.attempts, metadata.total_retry_delay) == (1, 0)
    assert metadata.headers["x-custom"] == "1"
    assert response.http_status == 200


async def test_elapsed(client: SageMakerClient, server: Any, clock: Any) -> None:
    """A response tells how long its call took, its waits included."""
    server.answer({}, status=500)
    server.answer({}, status=500)
    server.answer({})
    metadata = (await client.list_endpoints()).response_metadata
    assert metadata.elapsed == pytest.approx(sum(clock.slept)) == pytest.approx(metadata.total_retry_delay)
    assert metadata.elapsed > 0


# Errors and retries


async def test_refusal(client: SageMakerClient, server: Any) -> None:
    """A refusal is the error that the model names, with everything that the service said, and is not sent again."""
    server.refuse("com.amazonaws.sagemaker#ResourceLimitExceeded", "too many")
    with pytest.raises(ResourceLimitExceeded) as caught:
        await client.create_endpoint(endpoint_name="n", endpoint_config_name="c")
    error = caught.value
    assert (error.code, error.message, error.http_status) == ("ResourceLimitExceeded", "too many", 400)
    assert (error.request_id, error.operation, error.attempts) == ("request-1", "CreateEndpoint", 1)
    assert str(error) == (
        "An error occurred (ResourceLimitExceeded) when calling the CreateEndpoint operation: too many"
    )
    assert len(server.received) == 1


async def test_retry(client: SageMakerClient, server: Any, clock: Any) -> None:
    """A failing service is asked again after a growing delay, and the response tells how often and how long."""
    server.answer({}, status=503)
    server.refuse("ThrottlingException", "Rate exceeded")
    server.answer({"Endpoints": []})
    response = await client.list_endpoints()
    assert response.response_metadata.attempts == 3
    assert response.response_metadata.total_retry_delay == pytest.approx(sum(clock.slept))
    assert len(clock.slept) == 2
    assert [received.headers["amz-sdk-request"] for received in server.received] == [
        "attempt=1; max=3",
        "attempt=2; max=3",
        "attempt=3; max=3",
    ]
    assert len({received.headers["amz-sdk-invocation-id"] for received in server.received}) == 1


async def test_retries_end(client: SageMakerClient, server: Any) -> None:
    """When the attempts are used up, the last error is raised and tells how many there were."""
    server.refuse("ThrottlingException", "Rate exceeded")
    with pytest.raises(ThrottlingException) as caught:
        await client.list_endpoints()
    assert caught.value.attempts == 3
    assert str(caught.value).endswith("operation: Rate exceeded (after 3 attempts)")
    assert len(server.received) == 3


async def test_retries_off(make_client: Callable[..., SageMakerClient], server: Any, clock: Any) -> None:
    """Without retries one attempt is all there is."""
    server.answer({}, status=500)
    with pytest.raises(ServiceError):
        await make_client(retry=RetryConfig(mode="off")).list_endpoints()
    assert (len(server.received), clock.slept) == (1, [])


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"Endpoints": "text"}', b'{"Endpoints": [5]}'])
async def test_malformed_answer(client: SageMakerClient, server: Any, body: bytes) -> None:
    """A good status with a body that is not the model's is an error that is not retried: the service has acted."""
    server.answer(body)
    with pytest.raises(ResponseParseError) as caught:
        await client.list_endpoints()
    assert (caught.value.status, caught.value.body, caught.value.maybe_sent) == (200, body, True)
    assert len(server.received) == 1


async def test_redirect(client: SageMakerClient, server: Any) -> None:
    """A redirect is never followed, as it would carry the signature elsewhere."""
    server.answer(b"", status=307, headers={"Location": f"{server.url}/elsewhere"})
    with pytest.raises(ServiceError, match="redirects are never followed"):
        await client.list_endpoints()
    assert [received.path for received in server.received] == ["/"]


async def test_cookies(client: SageMakerClient, server: Any) -> None:
    """A cookie is never sent back."""
    server.answer({}, headers={"Set-Cookie": "session=1"}, times=2)
    await client.list_endpoints()
    await client.list_endpoints()
    assert "Cookie" not in server.received[1].headers


async def test_no_server(make_client: Callable[..., SageMakerClient], unused_tcp_port: int, clock: Any) -> None:
    """Where nothing listens, the error says that nothing was sent, after the usual attempts."""
    client = make_client(endpoint_url=f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(ConnectError) as caught:
        await client.list_endpoints()
    assert not caught.value.maybe_sent
    assert len(clock.slept) == 2


class NoSuchHost(AbstractResolver):
    """Knows no host."""

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("region", "endpoint_url", "said"),
    [
        ("eu-wst-1", None, "; the installed botocore knows no region 'eu-wst-1'; did you mean eu-west-1?"),
        ("eu-west-1", None, ""),
        ("eu-wst-1", "https://sagemaker.test", ""),
    ],
)
async def test_an_unknown_region(
    make_client: Callable[..., SageMakerClient], region: str, endpoint_url: str | None, said: str
) -> None:
    """Where there is nothing to connect to in a region that botocore does not know, the error says so."""
    client = make_client(region=region, endpoint_url=endpoint_url, http=HttpConfig(resolver=NoSuchHost))
    with pytest.raises(NameResolutionError) as caught:
        await client.list_endpoints()
    host = "sagemaker.test" if endpoint_url else f"api.sagemaker.{region}.amazonaws.com"
    assert f"ListEndpoints, 1 attempt: Cannot connect to host {host}:443" in str(caught.value)
    assert str(caught.value).partition("; ")[1:] == said.partition("; ")[1:]


# Time and cancelling


async def test_attempt_timeout(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """An attempt that takes too long is an AttemptTimeout, which may have been received."""
    server.gate = asyncio.Event()
    client = make_client(timeouts=TimeoutConfig(attempt=0.05), retry=RetryConfig(mode="off"))
    with pytest.raises(AttemptTimeout, match="ListEndpoints") as caught:
        await client.list_endpoints()
    assert caught.value.maybe_sent


async def test_operation_timeout(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A call that takes too long as a whole is an OperationTimeout."""
    server.gate = asyncio.Event()
    client = make_client(timeouts=TimeoutConfig(operation=0.05))
    with pytest.raises(OperationTimeout, match="ListEndpoints"):
        await client.list_endpoints()
    assert len(server.received) == 1


async def test_timeouts_name_their_setting(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A timeout is a builtin TimeoutError and a TransportError that says its setting, operation and attempts."""
    server.gate = asyncio.Event()
    limits: list[tuple[type[TransportError], TimeoutConfig, str]] = [
        (AttemptTimeout, TimeoutConfig(attempt=0.05), "TimeoutConfig.attempt"),
        (OperationTimeout, TimeoutConfig(operation=0.05), "TimeoutConfig.operation"),
        (ReadTimeout, TimeoutConfig(read=0.05), "TimeoutConfig.read"),
    ]
    for kind, timeouts, setting in limits:
        with pytest.raises(TimeoutError) as caught:
            await make_client(timeouts=timeouts, retry=RetryConfig(max_attempts=1)).list_endpoints()
        assert type(caught.value) is kind
        assert (caught.value.operation, caught.value.attempts, caught.value.maybe_sent) == ("ListEndpoints", 1, True)
        assert setting in str(caught.value)
        assert "ListEndpoints, 1 attempt: " in str(caught.value)


async def test_waiting_for_the_pool(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A call that waits for one of the client's own connections uses up no attempt's time, and when the operation's is
    up its error says that they were all in use."""
    server.gate = asyncio.Event()
    client = make_client(http=HttpConfig(max_connections=1))
    hasty = client.with_config(timeouts=TimeoutConfig(attempt=0.02, operation=0.2))
    holder = asyncio.create_task(client.list_endpoints())
    await server.arrived.wait()
    with pytest.raises(OperationTimeout, match=r"all 1 \(HttpConfig.max_connections\) are in use") as caught:
        await hasty.list_endpoints()
    assert not caught.value.maybe_sent
    patient = asyncio.create_task(
        client.with_config(timeouts=TimeoutConfig(attempt=5, operation=10)).list_endpoints(name_contains="b")
    )
    await asyncio.sleep(0.05)
    server.gate.set()
    assert (await holder).http_status == (await patient).http_status == 200
    assert len(server.received) == 2


async def test_waiting_for_the_answer(make_client: Callable[..., SageMakerClient]) -> None:
    """A call that got its connection, after waiting for one, says when its time is up that it waits for the answer."""

    class Silent:
        async def send(self, request: Any, /) -> Any:
            request.waiting_for = "a free connection"
            request.sign()
            request.sent = True
            await asyncio.Event().wait()

        async def open(self, request: Any, /) -> Any:
            raise NotImplementedError

        async def close(self) -> None:
            """Nothing is open."""

    client = make_client(transport=Silent(), timeouts=TimeoutConfig(operation=0.02))
    with pytest.raises(OperationTimeout, match="it was waiting for the answer") as caught:
        await client.list_endpoints()
    assert caught.value.maybe_sent


async def test_slow_credentials(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """Waiting for credentials is bounded by the operation's time alone, and the error names their source."""

    async def never() -> Credentials:
        await asyncio.Event().wait()
        raise AssertionError

    client = make_client(credentials=never, timeouts=TimeoutConfig(attempt=0.01, operation=0.1))
    with pytest.raises(CredentialsError, match=r"never.*TimeoutConfig\.operation") as caught:
        await client.list_endpoints()
    assert isinstance(caught.value, OperationTimeout)
    assert not caught.value.maybe_sent
    assert not server.received


async def test_signed_when_sent(make_client: Callable[..., SageMakerClient], server: Any, clock: Any) -> None:
    """A request that waited for a connection is signed with the time at which it is sent."""
    server.gate = asyncio.Event()
    server.answer({}, headers={"Age": "1"})  # so that its Date teaches nothing
    client = make_client(http=HttpConfig(max_connections=1))
    holder = asyncio.create_task(client.list_endpoints())
    await server.arrived.wait()
    waiting = asyncio.create_task(client.list_endpoints())
    await asyncio.sleep(0.05)
    clock.now += 60
    server.gate.set()
    await asyncio.gather(holder, waiting)
    first, second = (received.headers["X-Amz-Date"] for received in server.received)
    assert (first, second) == ("20200913T122640Z", "20200913T122740Z")


async def test_maybe_sent_over_attempts(client: SageMakerClient, server: Any) -> None:
    """An error says that the service may have acted if any attempt may have been received, not only the last."""
    server.answer({}, status=500)
    server.refuse("ResourceInUse", "in use")
    with pytest.raises(ServiceError) as caught:
        await client.delete_model_package_group(model_package_group_name="n")
    assert caught.value.maybe_sent
    assert caught.value.attempts == 2


SECRETS = ("session-token-value", "wJalrXUtnFEMI", "Signature=")


def secrets_shown(error: BaseException) -> list[str]:
    """Those of SECRETS that a traceback with its frames' locals has."""
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    return [secret for secret in SECRETS if secret in shown]


async def test_no_secrets_in_frames(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """No frame of a timeout's traceback, its own or the caller's, has the token or the signature in its locals."""
    server.gate = asyncio.Event()
    credentials = Credentials("AKIDEXAMPLE", SECRETS[1], SECRETS[0])

    async def call(**timeouts: float) -> None:
        client = make_client(credentials=credentials, timeouts=TimeoutConfig(**timeouts), retry=RetryConfig(mode="off"))
        async with asyncio.timeout(0.2):
            await client.list_endpoints()

    for timeouts in ({"attempt": 0.05}, {"operation": 0.05}, {"read": 0.05}, {}):
        with pytest.raises(TimeoutError) as caught:
            await call(**timeouts)
        found = secrets_shown(caught.value)
        assert found == [], timeouts


async def test_the_callers_own_timeout(client: SageMakerClient, server: Any) -> None:
    """A timeout that the caller set around a call is the caller's TimeoutError, and the client works afterwards."""
    server.gate = asyncio.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await client.list_endpoints()
    server.gate.set()
    assert (await client.list_endpoints()).http_status == 200


async def test_cancel(client: SageMakerClient, server: Any) -> None:
    """A call can be cancelled while its answer is awaited, and is not sent again."""
    server.gate = asyncio.Event()
    task = asyncio.create_task(client.list_endpoints())
    await server.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(server.received) == 1


async def test_cancel_between_attempts(
    client: SageMakerClient, server: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call can be cancelled while it waits for its next attempt."""
    asleep = asyncio.Event()

    async def sleep(delay: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(clock, "sleep", sleep)
    server.answer({}, status=500)
    task = asyncio.create_task(client.list_endpoints())
    await asleep.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(server.received) == 1


async def test_log(client: SageMakerClient, server: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The log tells each attempt and has no body, no signature and no keys."""
    caplog.set_level(logging.DEBUG, logger="aiosagemaker")
    server.answer({}, status=500)
    server.answer({"Endpoints": []})
    await client.list_endpoints(name_contains="private")
    assert caplog.text.count("ListEndpoints attempt") == 2
    for secret in ("private", "wJalr", "Signature"):
        assert secret not in caplog.text


async def test_many_at_once(client: SageMakerClient, server: Any) -> None:
    """Many calls at once each get their own answer."""

    async def echo(received: Any) -> Any:
        return web.json_response({"EndpointName": received.json["EndpointName"]})

    for _ in range(50):
        server.handle(echo)
    names = [f"n{number}" for number in range(50)]
    responses = await asyncio.gather(*(client.describe_endpoint(endpoint_name=name) for name in names))
    assert [response.endpoint_name for response in responses] == names


async def test_keys_that_rotated(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """Credentials that the service no longer takes are asked for anew, and the next attempt has their successors."""
    issued: list[Credentials] = []

    async def rotating() -> Credentials:
        issued.append(Credentials(f"AKIDEXAMPLE{len(issued)}", "secret", f"token-{len(issued)}", LATER))
        return issued[-1]

    server.refuse("ExpiredTokenException", "The security token included in the request is expired", 403)
    server.answer({"Endpoints": []})
    response = await make_client(credentials=rotating).list_endpoints()
    assert response.response_metadata.attempts == 2
    keys = [received.headers["Authorization"].partition("Credential=")[2].split("/")[0] for received in server.received]
    assert keys == ["AKIDEXAMPLE0", "AKIDEXAMPLE1"]
    assert [received.headers["X-Amz-Security-Token"] for received in server.received] == ["token-0", "token-1"]


async def test_keys_that_rotate_and_stay_refused(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A refusal of credentials is answered with their successors once, however many there are."""
    issued: list[Credentials] = []

    async def rotating() -> Credentials:
        issued.append(Credentials(f"AKIDEXAMPLE{len(issued)}", "secret", f"token-{len(issued)}", LATER))
        return issued[-1]

    server.refuse("ExpiredTokenException", "The security token included in the request is expired", 403)
    with pytest.raises(ExpiredTokenException):
        await make_client(credentials=rotating, retry=RetryConfig(max_attempts=5)).list_endpoints()
    assert len(server.received) == 2


async def test_keys_that_stay_refused(client: SageMakerClient, server: Any) -> None:
    """Credentials that nothing can follow are refused once."""
    server.refuse("ExpiredTokenException", "The security token included in the request is expired", 403)
    with pytest.raises(ExpiredTokenException):
        await client.list_endpoints()
    assert len(server.received) == 1


async def test_a_clock_that_is_off(client: SageMakerClient, server: Any, clock: Any) -> None:
    """A signature refused for its time is made anew with the service's, once, and the difference is remembered."""
    ahead = formatdate(clock.now + 3600, usegmt=True)
    for _ in range(2):
        refusal = {"__type": "InvalidSignatureException", "message": "Signature expired"}
        server.answer(refusal, 403, {"Date": ahead})
        server.answer({"Endpoints": []}, 200, {"Date": ahead})
    assert (await client.list_endpoints()).response_metadata.attempts == 2
    first, second = (received.headers["X-Amz-Date"] for received in server.received)
    moments = [datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp() for text in (first, second)]
    assert moments[1] - moments[0] == pytest.approx(3600, abs=2)
    server.received.clear()
    # Known by now, the difference explains no further refusal.
    with pytest.raises(InvalidSignatureException):
        await client.list_endpoints()
    assert len(server.received) == 1


async def test_what_the_service_left_out_is_named(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """An empty answer is no crash and no silent success: every required member of it is named as filled."""
    server.answer({})
    response = await make_client().describe_endpoint(endpoint_name="churn")
    assert response.response_metadata.filled == (
        "endpoint_name",
        "endpoint_arn",
        "endpoint_status",
        "creation_time",
        "last_modified_time",
    )
    assert response.response_metadata.request_id == "request-1"
    assert response.response_metadata.unknown == ()


async def test_strict_takes_no_filled_member(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A strict client takes an answer without a required member for none, and says which is missing."""
    server.answer({})
    with pytest.raises(ResponseParseError, match="lacks endpoint_arn, which the model requires"):
        await make_client(parameter_validation="strict").create_endpoint(
            endpoint_name="churn", endpoint_config_name="churn-v2"
        )
    assert len(server.received) == 1


async def test_members_of_a_newer_service_are_named(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """Members that the model does not know are named by their paths; a strict client takes them too."""
    server.answer({"Endpoints": [{"Shape": 1}], "Total": 5})
    response = await make_client().list_endpoints()
    assert response.response_metadata.unknown == ("endpoints[0].Shape", "Total")
    server.answer({"EndpointArn": "arn", "New": 1})
    made = await make_client(parameter_validation="strict").create_endpoint(
        endpoint_name="churn", endpoint_config_name="churn-v2"
    )
    assert (made.response_metadata.unknown, made.response_metadata.filled) == (("New",), ())


async def test_signing_name(make_client: Callable[..., SageMakerClient], server: Any, monkeypatch: Any) -> None:
    """A request is signed for the name that the service's schema gives, not for SageMaker."""
    client = make_client()
    monkeypatch.setitem(client._namespace.schema.metadata, "signing_name", "another")
    await client.list_endpoints()
    assert "/us-east-1/another/aws4_request" in server.received[0].headers["Authorization"]
