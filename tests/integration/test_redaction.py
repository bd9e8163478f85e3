"""No secret shows: in no repr, log line, error, chain of errors or local variable of ours."""

from __future__ import annotations

import json
import logging
import pickle
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.fault_server import (
    FaultServer,
    Script,
    answer,
    chunked,
    closes_at_once,
    drips,
    is_silent,
    keeps,
    resets,
    sends,
)

from aiosagemaker import Config, SageMakerClient, errors
from aiosagemaker.config import HttpConfig, TimeoutConfig
from aiosagemaker.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

SECRET_KEY = "the-secret-key-that-nobody-sees"
TOKEN = "the-session-token-that-nobody-sees"
MEMBER = "the-content-that-nobody-sees"
PASSWORD = "the-password-that-nobody-sees"
CREDENTIALS = Credentials("AKIDEXAMPLE", SECRET_KEY, TOKEN)
BROKEN = json.dumps({"ModelCardArn": "arn", "ModelCardName": "churn", "ModelCardVersion": "one", "Content": MEMBER})

OPERATIONS: dict[str, Callable[[SageMakerClient], Awaitable[Any]]] = {
    "create": lambda client: client.create_model_card(
        model_card_name="churn", content=MEMBER, model_card_status="Draft"
    ),
    "describe": lambda client: client.describe_model_card(model_card_name="churn"),
}

# `DescribeModelCard` answers with a sensitive member, and `CreateModelCard` sends one.
FAULTS: dict[str, Script] = {
    "close on accept": closes_at_once,
    "close before the answer": sends(),
    "reset inside the body": resets(answer(b'{"Content":"' + MEMBER.encode(), length=500)),
    "cut chunks": sends(chunked(b'{"Content":"' + MEMBER.encode(), end=b"")),
    "junk": sends(b"\x00 not HTTP " + MEMBER.encode()),
    "a megabyte header": sends(answer(headers=["X-Big: " + "x" * 2**20])),
    "silence": is_silent,
    "silence in the body": keeps(answer(b'{"Content":"' + MEMBER.encode(), length=500)),
    "a drip": drips(answer(b'{"Content":"' + MEMBER.encode(), length=500), b" "),
    "a refusal": sends(answer(b'{"__type":"ValidationException","message":"no"}', status="400 Bad Request")),
    "a redirect": sends(answer(b"", status="307 Temporary Redirect", headers=["Location: http://127.0.0.1:1/"])),
    "not JSON": sends(answer(b'{"Content":"' + MEMBER.encode())),
    "not UTF-8": sends(answer(b'{"Content":"\xff' + MEMBER.encode() + b'"}')),
    "a wrong type": sends(answer(BROKEN.replace('"arn"', "7").encode())),
    "a wrong type of the member": sends(answer(json.dumps({"ModelCardArn": {}, "Content": [MEMBER]}).encode())),
    "a body over the limit": sends(answer(BROKEN.encode() * 100)),
    "a wrong crc32": sends(answer(BROKEN.encode(), headers=["x-amz-crc32: 1"])),
    "gzip that is not": sends(answer(BROKEN.encode(), headers=["Content-Encoding: gzip"])),
}


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and all that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def visible(error: BaseException) -> str:
    """All that a handler may show of an error: text, repr, arguments, and the local variables of our own frames."""
    shown: list[str] = []
    for link in chain(error):
        shown += [str(link), repr(link), repr(link.args), *getattr(link, "__notes__", ())]
        traceback = link.__traceback__
        while traceback is not None:
            frame = traceback.tb_frame
            if frame.f_globals.get("__name__", "").partition(".")[0] == "aiosagemaker":
                shown += [f"{frame.f_code.co_qualname} {name} = {value!r}" for name, value in frame.f_locals.items()]
            traceback = traceback.tb_next
    return "\n".join(shown)


def assert_clean(text: str, faults: FaultServer) -> None:
    signatures = re.findall(r"Signature=(\w{64})", "".join(request.head for request in faults.requests))
    for secret in (SECRET_KEY, TOKEN, MEMBER, PASSWORD, *signatures):
        found = [line for line in text.splitlines() if secret in line]
        assert not found, f"{secret} in {found[0][:300]}"


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("operation", ["create", "describe"])
async def test_failing_call(
    faults: FaultServer, clock: Any, caplog: pytest.LogCaptureFixture, name: str, operation: str
) -> None:
    """A call that fails shows no secret, whatever made it fail."""
    caplog.set_level(logging.DEBUG)
    faults.plan = [FAULTS[name]]
    timeouts = TimeoutConfig(connect=0.2, read=0.1, attempt=0.2, operation=2)
    async with SageMakerClient(
        region="us-east-1",
        endpoint_url=faults.url,
        credentials=CREDENTIALS,
        clock=clock,
        timeouts=timeouts,
        http=HttpConfig(max_response_size=2_000),
    ) as client:
        with pytest.raises(errors.SdkError) as caught:
            await OPERATIONS[operation](client)
        text = visible(caught.value)
        assert "_attempt" in text
        assert_clean("\n".join((text, caplog.text, repr(client), repr(client.config))), faults)
    if not isinstance(caught.value, errors.ResponseParseError):
        # It carries the start of the body, for whoever asks for `body` by name.
        assert_clean(repr(pickle.loads(pickle.dumps(caught.value)).__dict__), faults)


@pytest.mark.parametrize("content", [MEMBER * 10_000, [MEMBER], ""])
async def test_invalid_request(content: Any, clock: Any) -> None:
    """A sensitive member that breaks a rule is named and not shown."""
    async with SageMakerClient(
        region="us-east-1", credentials=CREDENTIALS, clock=clock, parameter_validation="strict"
    ) as client:
        with pytest.raises(errors.ParamValidationError) as caught:
            await client.create_model_card(model_card_name="?", content=content, model_card_status="Draft")
    for link in chain(caught.value):
        assert MEMBER not in f"{link} {link!r} {link.args}"


async def test_log_line(faults: FaultServer, clock: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A call and each of its attempts is a line of the logger `aiosagemaker`; other loggers say nothing of it."""
    caplog.set_level(logging.DEBUG)
    good = b'{"ModelCardArn":"arn:aws:sagemaker:us-east-1:123456789012:model-card/churn"}'
    faults.plan = [
        sends(answer(b"", status="500 Oops", headers=["x-amzn-RequestId: id-1"])),
        sends(answer(good, headers=["x-amzn-RequestId: id-2"])),
    ]
    async with SageMakerClient(
        region="us-east-1", endpoint_url=faults.url, credentials=CREDENTIALS, clock=clock
    ) as client:
        await client.create_model_card(model_card_name="churn", content=MEMBER, model_card_status="Draft")
    lines = [record.getMessage() for record in caplog.records if record.name == "aiosagemaker"]
    assert [line.split(",")[:2] for line in lines] == [
        [f"sagemaker.CreateModelCard at {faults.url}", " region us-east-1"],
        ["CreateModelCard attempt 1: 500 ServiceError", " request id id-1"],
        ["CreateModelCard attempt 2: 200", " request id id-2"],
    ]
    assert_clean(caplog.text, faults)


async def test_proxy_password(clock: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The password of a proxy that refuses shows nowhere."""
    caplog.set_level(logging.DEBUG)
    proxy = FaultServer()
    proxy.plan = [sends(answer(b"", status="407 Proxy Authentication Required"))]
    await proxy.start()
    http = HttpConfig(proxy=proxy.url.replace("://", f"://user:{PASSWORD}@"))
    async with SageMakerClient(region="us-east-1", credentials=CREDENTIALS, clock=clock, http=http) as client:
        with pytest.raises(errors.ConnectError, match="407") as caught:
            await client.describe_model_card(model_card_name="churn")
        assert not caught.value.maybe_sent
        assert_clean("\n".join((visible(caught.value), caplog.text, repr(client.config))), proxy)
    await proxy.stop()
    assert "Proxy-Authorization: Basic" in proxy.requests[0].head
    assert TOKEN not in proxy.requests[0].head


def test_reprs() -> None:
    """Credentials and a configuration print without secrets."""
    shown = f"{CREDENTIALS!r} {CREDENTIALS} {Config(credentials=CREDENTIALS)!r}"
    assert_clean(shown, FaultServer())
