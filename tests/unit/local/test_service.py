"""What stands before every operation: addresses, signatures, protocols, faults."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from aiosagemaker import Credentials, HttpConfig, RetryConfig
from aiosagemaker.errors import (
    AccessDeniedException,
    ConnectError,
    ServiceError,
    UnrecognizedClientException,
)
from aiosagemaker.local import LocalSageMaker, LocalServiceError, main

TARGET = "SageMaker.ListModels"


def sign(
    url: str, headers: dict[str, str], body: bytes, *, credentials: Credentials, now: float, region: str, service: str
) -> dict[str, str]:
    """A POST's headers with botocore's signature, of that time."""
    keys = BotocoreCredentials(credentials.access_key, credentials.secret_key, credentials.token)
    request = AWSRequest("POST", url, headers=headers, data=body)
    signer = SigV4Auth(keys, service, region)
    request.context["timestamp"] = request.headers["X-Amz-Date"] = datetime.fromtimestamp(now, UTC).strftime(
        "%Y%m%dT%H%M%SZ"
    )
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    signer._inject_signature_to_request(request, signature)
    return dict(request.headers.items())


async def post(
    local: LocalSageMaker,
    body: bytes = b"{}",
    *,
    target: str = TARGET,
    path: str = "/",
    signed: Any = None,
    now: float | None = None,
    changed: dict[str, str] | None = None,
    **scope: str,
) -> tuple[int, dict[str, Any], Any]:
    """A request as raw as can be: `changed` headers are put in after signing; `signed` False leaves that out."""
    headers = {"Content-Type": "application/x-amz-json-1.1", **({"X-Amz-Target": target} if target else {})}
    url = f"{local.endpoint_url}{path}"
    if signed is not False:
        given = {"region": "us-east-1", "service": "sagemaker", **scope}
        headers = sign(url, headers, body, credentials=signed or local.credentials, now=now or time.time(), **given)
    headers |= changed or {}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        text = await answer.text() if answer.content_type != "text/plain" else ""
        return answer.status, json.loads(text) if text else {}, answer.headers


@pytest.fixture
async def local() -> Any:
    async with LocalSageMaker() as local:
        yield local


async def test_good_signature(local: LocalSageMaker) -> None:
    """A request that is signed well is answered, with a request id."""
    status, body, headers = await post(local)
    assert (status, body) == (200, {"Models": []})
    assert len(headers["x-amzn-RequestId"]) == 36


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"signed": False}, "MissingAuthenticationTokenException"),
        ({"changed": {"Authorization": "AWS4-HMAC-SHA256 Credential=x"}}, "IncompleteSignatureException"),
        ({"signed": Credentials("AKIAOTHER", "other")}, "UnrecognizedClientException"),
        ({"signed": "wrong secret"}, "InvalidSignatureException"),
        ({"changed": {"X-Amz-Target": "SageMaker.ListEndpoints"}}, "InvalidSignatureException"),
        ({"now": 1_600_000_000.0}, "InvalidSignatureException"),
        ({"region": "eu-west-1"}, "InvalidSignatureException"),
        ({"service": "s3"}, "InvalidSignatureException"),
    ],
)
async def test_bad_signature(local: LocalSageMaker, given: dict[str, Any], code: str) -> None:
    """A request whose signature is missing, broken, another's, over something else, or old is refused."""
    if given.get("signed") == "wrong secret":
        given = {"signed": Credentials(local.credentials.access_key, "wrong")}
    status, body, _ = await post(local, **given)
    assert (status, body["__type"]) == (400, code)


async def test_client_with_wrong_secret(local: LocalSageMaker) -> None:
    """A client with other credentials gets the error that the service would give it."""
    async with local.client(credentials=Credentials("AKIA", "x"), retry=RetryConfig(max_attempts=1)) as client:
        with pytest.raises(UnrecognizedClientException):
            await client.list_models()


@pytest.mark.parametrize(
    ("target", "path", "status"),
    [("SageMaker.MakeCoffee", "/", 400), ("Other.ListModels", "/", 400), ("", "/endpoints/e/coffee", 404)],
)
async def test_unknown_operation(local: LocalSageMaker, target: str, path: str, status: int) -> None:
    """A target that is none of the service's is refused as unknown."""
    answer, _, headers = await post(local, target=target, path=path)
    assert answer == status
    body = (await post(local, target=target, path=path))[1]
    assert "UnknownOperationException" in (body.get("__type"), headers.get("x-amzn-ErrorType"))


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"MaxResults": "ten"}', b'{"NameContains": []}', b"\xff"])
async def test_malformed_json(local: LocalSageMaker, body: bytes) -> None:
    """What is not JSON, or not of the request's shape, is a SerializationException."""
    status, answer, _ = await post(local, body)
    assert (status, answer["__type"]) == (400, "SerializationException")


async def test_constraints(local: LocalSageMaker) -> None:
    """What the model does not allow is refused, every violation with its path, in the service's words."""
    wrong = json.dumps({"MaxResults": 101, "SortBy": "Colour", "NameContains": "a_b"}).encode()
    _, answer, _ = await post(local, wrong)
    assert answer["message"].startswith("3 validation errors detected: ")
    assert "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less" in answer["message"]
    assert "at 'sortBy' failed to satisfy constraint: Member must satisfy enum value set: [Name" in answer["message"]
    _, answer, _ = await post(local, b'{"EndpointConfigName": "c", "ProductionVariants": [{}]}', target=_CREATE_CONFIG)
    assert answer["message"] == (
        "1 validation error detected: Value null at 'productionVariants.1.member.variantName' failed to satisfy "
        "constraint: Member must not be null"
    )


_CREATE_CONFIG = "SageMaker.CreateEndpointConfig"


async def test_unknown_members_pass(local: LocalSageMaker) -> None:
    """A member that the service does not know is passed over, as a service does for newer clients."""
    assert (await post(local, b'{"Colour": "red"}'))[0] == 200


async def test_operation_not_offered(local: LocalSageMaker) -> None:
    """An operation beyond hosting is refused as one that is not allowed."""
    async with local.client() as client:
        with pytest.raises(AccessDeniedException, match="not authorized to perform: sagemaker:ListTrainingJobs"):
            await client.list_training_jobs()
        with pytest.raises(AccessDeniedException, match="ListClusters"):
            await client.list_clusters()


async def test_port_is_taken(local: LocalSageMaker) -> None:
    """A port that another process listens on is refused with words that say so."""
    port = int(local.endpoint_url.rpartition(":")[2])
    with pytest.raises(LocalServiceError, match=f"port {port} of 127.0.0.1 is taken"):
        await LocalSageMaker(port=port).start()


async def test_port_is_none() -> None:
    """A number that is no port is refused, and nothing is left open."""
    with pytest.raises(LocalServiceError, match="cannot be bound"):
        await LocalSageMaker(port=70_000).start()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_other_machines(host: str) -> None:
    """An address that other machines can reach must be asked for in so many words."""
    with pytest.raises(LocalServiceError, match="allow_remote=True"):
        LocalSageMaker(host=host)
    LocalSageMaker(host=host, allow_remote=True)


def test_not_started() -> None:
    """A service that is not started has no address, and says so."""
    with pytest.raises(LocalServiceError, match="not started"):
        LocalSageMaker().client()


def test_repr() -> None:
    """What it is shows where it is; its secret does not show."""
    local = LocalSageMaker()
    assert repr(local) == "<LocalSageMaker not started, us-east-1>"
    with local:
        assert repr(local) == f"<LocalSageMaker {local.endpoint_url}, us-east-1>"


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf")])
def test_speed_is_none(speed: float, capsys: pytest.CaptureFixture[str]) -> None:
    """A speed at which time stands still, runs backwards or is none at all is refused, on the command line too."""
    with pytest.raises(LocalServiceError, match="speed must be a positive number"):
        LocalSageMaker(speed=speed)
    with pytest.raises(SystemExit):
        main(["--speed", str(speed)])
    assert "must be a positive number" in capsys.readouterr().err


async def test_any_credentials() -> None:
    """Told to, it takes any credentials for any region, and still no unsigned request."""
    async with LocalSageMaker(accept_any_credentials=True) as local:
        async with local.client(credentials=Credentials("testing", "testing"), region="eu-west-1") as client:
            assert (await client.list_models()).models == ()
        assert (await post(local, signed=False))[0] == 400


async def test_environ() -> None:
    """`environ` is what another SDK needs to find it."""
    with LocalSageMaker(credentials=Credentials("AKIA", "s", "t"), region="eu-west-1") as local:
        assert (
            local.environ.items()
            >= {
                "AWS_ENDPOINT_URL_SAGEMAKER": local.endpoint_url,
                "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": local.endpoint_url,
                "AWS_ACCESS_KEY_ID": "AKIA",
                "AWS_SECRET_ACCESS_KEY": "s",
                "AWS_SESSION_TOKEN": "t",
                "AWS_REGION": "eu-west-1",
            }.items()
        )


@pytest.mark.parametrize("token", ["!", "e30=", "WzEsMl0=", "Wy0xLCJ4Il0=", "Wzg=", "W1tbW1s=", "bnVsbA=="])
async def test_malformed_tokens(local: LocalSageMaker, token: str) -> None:
    """A token that no answer held is a refusal, whatever it decodes to."""
    status, answer, _ = await post(local, json.dumps({"NextToken": token}).encode())
    assert (status, answer["message"]) == (400, "Invalid NextToken.")


@pytest.mark.parametrize("date", ["", "20260230T000000Z", "2026", "99999999T999999Z"])
async def test_malformed_dates(local: LocalSageMaker, date: str) -> None:
    """A date that no calendar has is a refusal."""
    status, answer, _ = await post(local, changed={"X-Amz-Date": date})
    assert (status, answer["__type"]) == (400, "IncompleteSignatureException")


@pytest.mark.parametrize("time", [b"1e999", b"-1e300", b'"x"', b"[]", b"NaN", b"[" * 100_000])
async def test_malformed_times(local: LocalSageMaker, time: bytes) -> None:
    """A time that no calendar holds, or no time at all, is a refusal."""
    status, answer, _ = await post(local, b'{"CreationTimeAfter": %s}' % time)
    assert (status, answer["__type"]) == (400, "SerializationException")


async def test_not_offered_before_constraints(local: LocalSageMaker) -> None:
    """An operation that is not offered says so, whatever is wrong with the request."""
    _, answer, _ = await post(local, b"{}", target="SageMaker.CreateTrainingJob")
    assert answer["__type"] == "AccessDeniedException"


async def test_proxies_of_the_environment(local: LocalSageMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clients reach it past whatever proxy the environment names, unless they are told to heed that."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with local.client() as client, local.runtime() as runtime:
        assert (await client.list_models()).models == ()
        with pytest.raises(ServiceError):
            await runtime.invoke_endpoint(endpoint_name="none", body=b"")
    async with local.client(http=HttpConfig(), retry=RetryConfig(mode="off")) as client:
        with pytest.raises(ConnectError):
            await client.list_models()
