"""What OpenAI's clients need, from a client of ours."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from aiosagemaker import Credentials, SageMakerRuntimeClient
from aiosagemaker.errors import ArgumentError, NoRegionError

KEYS = Credentials("AKIDEXAMPLE", "secret")


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "runtime.sagemaker.us-east-1.amazonaws.com"),
        ("cn-north-1", "runtime.sagemaker.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_base_url(region: str, host: str) -> None:
    """The address is that of the service's endpoint for the region, with the endpoint's path."""
    runtime = SageMakerRuntimeClient(region=region)
    assert runtime.openai_base_url("churn") == f"https://{host}/endpoints/churn/openai/v1"


def test_base_url_of_a_component() -> None:
    """An inference component stands in the path, as does an address of the user's own; names are encoded."""
    runtime = SageMakerRuntimeClient(region="us-east-1", endpoint_url="http://localhost:8080/")
    url = runtime.openai_base_url("churn", "a b")
    assert url == "http://localhost:8080/endpoints/churn/inference-components/a%20b/openai/v1"


def test_no_region() -> None:
    """Without a region there is no address."""
    with pytest.raises(NoRegionError):
        SageMakerRuntimeClient().openai_base_url("churn")


async def test_token(clock: Any) -> None:
    """The same token is given until shortly before its end, to the client and to its views, and then another."""
    runtime = SageMakerRuntimeClient(region="us-east-1", credentials=KEYS, clock=clock)
    first = await runtime.bearer_token(expires=3600)
    assert first.startswith("sagemaker-api-key-")
    clock.now += 3000
    assert await runtime.bearer_token(expires=3600) == first
    assert await runtime.with_config(user_agent_extra="x").bearer_token(expires=3600) == first
    clock.now += 400
    assert await runtime.bearer_token(expires=3600) != first


async def test_token_follows_its_credentials(clock: Any) -> None:
    """When the credentials are refreshed, the next token is of the new ones."""
    number = 0

    async def provide() -> Credentials:
        nonlocal number
        number += 1
        return Credentials(f"AKID{number}", "secret", "token", datetime.fromtimestamp(clock.now + 1000, UTC))

    runtime = SageMakerRuntimeClient(region="us-east-1", credentials=provide, clock=clock)
    first = await runtime.bearer_token()
    clock.now += 990
    assert await runtime.bearer_token() != first
    assert number == 2


async def test_out_of_range() -> None:
    """A time that the service would not take is refused."""
    with pytest.raises(ArgumentError, match="12 h"):
        await SageMakerRuntimeClient(region="us-east-1", credentials=KEYS).bearer_token(expires=50_000)


async def test_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """The token shows in no repr and in no log."""
    caplog.set_level("DEBUG")
    runtime = SageMakerRuntimeClient(region="us-east-1", credentials=KEYS)
    token = await runtime.bearer_token()
    assert token not in repr(runtime) + repr(vars(runtime)) + caplog.text


def test_an_ordinary_call_loads_none_of_it() -> None:
    """Neither importing the client nor making one loads what chats, tokens and streams both ways need."""
    program = (
        "import sys; from aiosagemaker import SageMakerRuntimeClient;"
        "SageMakerRuntimeClient(region='us-east-1').invoke_endpoint;"
        "names = ['chat_forms', 'chat_request', 'chat_stream', 'bearer'];"
        "loaded = {f'aiosagemaker.sagemaker_runtime.{name}' for name in names} | {'h2', 'aiosagemaker._http.http2'};"
        "print(loaded & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


async def test_tokens_at_once(clock: Any) -> None:
    """Callers at the same time get the same token."""
    runtime = SageMakerRuntimeClient(region="us-east-1", credentials=KEYS, clock=clock)
    assert len(set(await asyncio.gather(*(runtime.bearer_token() for _ in range(20))))) == 1
