"""The control routes: guarded by the secret, and all that Python can steer."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from aiosagemaker.local import LocalSageMaker
from aiosagemaker.local._steering import ACTIONS
from aiosagemaker.sagemaker import ContainerDefinition

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def local() -> AsyncIterator[LocalSageMaker]:
    async with LocalSageMaker() as local:
        yield local


@pytest.fixture
async def ask(local: LocalSageMaker) -> AsyncIterator[Ask]:
    """Asks a control route with the secret, or with another."""
    async with aiohttp.ClientSession() as session:

        async def ask(method: str, name: str, body: Any = None, secret: str | None = None) -> tuple[int, Any]:
            headers = {"Authorization": f"Bearer {secret or local.credentials.secret_key}"}
            data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
            url = f"{local.endpoint_url}/_local/{name}"
            async with session.request(method, url, data=data, headers=headers) as answer:
                text = await answer.text()
                return answer.status, json.loads(text) if answer.content_type == "application/json" else text

        yield ask


async def test_secret(local: LocalSageMaker, ask: Ask) -> None:
    """Without the secret nothing is told or done."""
    for secret in ("guess", local.credentials.access_key):
        assert (await ask("GET", "state", secret=secret))[0] == 403
        assert (await ask("POST", "reset", {}, secret=secret))[0] == 403


async def test_pages_of_others(local: LocalSageMaker) -> None:
    """Another page's script cannot act even with the secret."""
    headers = {"Authorization": f"Bearer {local.credentials.secret_key}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for more in ({"Origin": "http://attacker.example"}, {"Sec-Fetch-Site": "cross-site"}):
            async with session.post(f"{local.endpoint_url}/_local/reset", headers=more) as answer:
                assert answer.status == 403


async def test_state(local: LocalSageMaker, ask: Ask) -> None:
    """The state is what there is: models, images, quotas, alarms, the pace."""
    async with local.client() as client:
        await client.create_model(model_name="m", primary_container=ContainerDefinition(image="i"))
    for name, given in (
        ("alarm", {"name": "errors"}),
        ("quota", {"instance_type": "ml.m5.large", "instances": 3}),
        ("image", {"image": "other", "command": f"{sys.executable} serve.py"}),
        ("speed", {"speed": 7}),
    ):
        assert await ask("POST", name, given) == (200, {})
    status, state = await ask("GET", "state")
    assert status == 200
    assert (state["models"], state["alarms"], state["quotas"]) == (["m"], ["errors"], {"ml.m5.large": 3})
    assert (state["images"], state["speed"]) == (["*", "other"], 7.0)
    assert await ask("POST", "reset", {}) == (200, {})
    _, state = await ask("GET", "state")
    assert (state["models"], state["alarms"]) == ([], [])


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("alarm", {}, "missing a required argument: 'name'"),
        ("alarm", {"name": "a", "colour": 1}, "colour"),
        ("speed", {"speed": 0}, "positive"),
        ("speed", {"speed": "fast"}, "speed"),
        ("throttle", {"rate": "often"}, "often"),
        ("maintenance", {"endpoint_name": "x"}, "Could not find endpoint"),
        ("alarm", b"[]", "JSON object"),
        ("alarm", b"{", "Expecting"),
    ],
)
async def test_refusals(ask: Ask, name: str, body: Any, said: str) -> None:
    """What an action does not take is refused, with the reason."""
    status, answer = await ask("POST", name, body)
    assert status == 400
    assert said in answer["error"]


async def test_unknown(ask: Ask) -> None:
    """What is no action, or only looks like one, is not found."""
    for name in ("coffee", "do", "state", "put-image", "__init__", "world"):
        assert (await ask("POST", name, {}))[0] == 404
    assert (await ask("GET", "coffee"))[0] == 404


async def test_faults(local: LocalSageMaker, ask: Ask) -> None:
    """A fault from outside is one of the service's."""
    await ask("POST", "throttle", {"rate": 1, "operation": "ListModels"})
    async with local.client() as client:
        from aiosagemaker import RetryConfig
        from aiosagemaker.errors import ThrottlingException

        with pytest.raises(ThrottlingException):
            await client.with_config(retry=RetryConfig(max_attempts=1)).list_models()
        await ask("POST", "clear-faults", {})
        await client.list_models()


def test_actions() -> None:
    """There is an action for each thing that Python can steer."""
    assert {
        "alarm", "quota", "image", "model-data", "maintenance", "reset", "speed", "skip", "clear-faults", "throttle",
        "latency", "drop-response", "eventual-consistency", "no-capacity",
    } == ACTIONS  # fmt: skip
