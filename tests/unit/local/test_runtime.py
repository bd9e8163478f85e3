"""Invocations: who answers, and what becomes of the answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import RetryConfig
from aiosagemaker.local import LocalSageMaker, ModelRequest, ModelResponse
from aiosagemaker.local._instances import ModelUnreachable
from aiosagemaker.sagemaker_runtime.errors import ModelError, ModelStreamError, ValidationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def test_weights(hosting: Any, make_variant: Any) -> None:
    """Variants answer by their weights; TargetVariant is honoured, even one of weight 0."""
    for name in "abc":
        await hosting.model(name)
    weights = {"a": 3.0, "b": 1.0, "c": 0.0}
    await hosting.config("two", *(make_variant(n, initial_variant_weight=w) for n, w in weights.items()))
    await hosting.endpoint("two")
    assert await hosting.answers(8) == {"a": 6, "b": 2}
    assert await hosting.answers(2, target_variant="c") == {"c": 2}
    with pytest.raises(ValidationError, match="Variant x of endpoint e not found"):
        await hosting.answers(1, target_variant="x")


async def test_what_the_model_is_given(hosting: Any) -> None:
    """The model gets body, types, custom attributes and its environment."""
    await hosting.model("a", environment={"K": "V"})
    await hosting.sm.create_endpoint_config(
        endpoint_config_name="c",
        production_variants=[_one("a")],
    )
    await hosting.endpoint("c")
    answer = await hosting.rt.invoke_endpoint(
        endpoint_name="e", body=b"1,2", content_type="text/csv", accept="text/plain", custom_attributes="trace=1"
    )
    assert answer.body == b"a:1,2"
    (asked,) = hosting.models["a"].asked
    assert (asked.body, asked.content_type, asked.accept) == (b"1,2", "text/csv", "text/plain")
    assert asked.custom_attributes == "trace=1"
    assert asked.environment["K"] == "V"


def _one(name: str) -> Any:
    from aiosagemaker.sagemaker import ProductionVariant

    return ProductionVariant(variant_name=name, model_name=name, instance_type="ml.m5.large", initial_instance_count=1)


async def test_model_raises(hosting: Any) -> None:
    """A model that raises is a ModelError 424 with the original status 500 and its message."""
    await hosting.version("a")
    await hosting.endpoint("a")
    with pytest.raises(ModelError) as caught:
        await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"raise")
    error = caught.value
    assert (error.http_status, error.original_status_code) == (424, 500)
    assert error.original_message == "ValueError: no such feature"
    assert error.log_stream_arn.endswith("log-group:/aws/sagemaker/Endpoints/e")


async def test_not_in_service(hosting: Any) -> None:
    """An endpoint that does not exist, is not in service yet, or is named in another case, is not found."""
    await hosting.version("a")
    await hosting.sm.create_endpoint(endpoint_name="e", endpoint_config_name="a")
    for name in ("e", "x"):
        with pytest.raises(ValidationError, match=f"Endpoint {name} of account 123456789012 not found"):
            await hosting.rt.invoke_endpoint(endpoint_name=name, body=b"")
    await hosting.clock.advance(30)
    await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"")
    with pytest.raises(ValidationError, match="not found"):
        await hosting.rt.invoke_endpoint(endpoint_name="E", body=b"")


async def test_shadow(hosting: Any, make_variant: Any) -> None:
    """A shadow variant sees what the production variant is asked, and nobody sees its answers."""
    await hosting.model("a")
    await hosting.model("b")
    await hosting.config("c", make_variant("a"), shadow_production_variants=[make_variant("b")])
    await hosting.endpoint("c")
    assert await hosting.answers(2) == {"a": 2}
    await asyncio.sleep(0.01)
    assert len(hosting.models["b"].asked) == 2
    described = await hosting.sm.describe_endpoint(endpoint_name="e")
    assert described.shadow_production_variants[0].current_instance_count == 1


async def test_model_is_too_slow() -> None:
    """A model that takes longer than it has is a ModelError that says so."""

    async def slow(_: ModelRequest) -> bytes:
        await asyncio.sleep(60)
        return b""

    async with _serving(slow, patience=0.1) as rt:
        with pytest.raises(ModelError, match="Your invocation timed out"):
            await rt.invoke_endpoint(endpoint_name="e", body=b"")


async def test_model_response() -> None:
    """A model's own type, attributes and pieces reach the caller."""

    async def model(_: ModelRequest) -> ModelResponse:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"one "
            yield b"two"

        return ModelResponse(pieces(), "text/plain", custom_attributes="k=v")

    async with _serving(model) as rt:
        answer = await rt.invoke_endpoint(endpoint_name="e", body=b"")
        assert (answer.body, answer.content_type, answer.custom_attributes) == (b"one two", "text/plain", "k=v")


async def test_stream() -> None:
    """Pieces of an answer are events of a stream; an answer that breaks ends it with ModelStreamError."""

    async def model(request: ModelRequest) -> ModelResponse:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"one "
            await asyncio.sleep(0.01)
            yield b"two"
            if request.body == b"break":
                raise ModelUnreachable("the power failed")

        return ModelResponse(pieces(), "text/plain")

    async with _serving(model) as rt:
        got: list[bytes] = []
        async with rt.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"") as stream:
            assert (stream.response.content_type, stream.response.invoked_production_variant) == ("text/plain", "m")
            got += [event.bytes async for event in stream]
        assert got == [b"one ", b"two"]
        async with rt.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"break") as stream:
            with pytest.raises(ModelStreamError, match="the power failed") as caught:
                [event async for event in stream]
        assert caught.value.error_code == "StreamBroken"
        with pytest.raises(ValidationError, match="Endpoint x of account"):
            await rt.invoke_endpoint_with_response_stream(endpoint_name="x", body=b"").__aenter__()


async def test_stream_left_early() -> None:
    """A caller that leaves a stream early ends the model's work for it."""
    ended = asyncio.Event()

    async def model(_: ModelRequest) -> ModelResponse:
        async def pieces() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield b"more " * 1000
                    await asyncio.sleep(0)
            finally:
                ended.set()

        return ModelResponse(pieces())

    async with _serving(model) as rt:
        async with rt.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"") as stream:
            async for _ in stream:
                break
        assert await asyncio.wait_for(ended.wait(), 5)


class _serving:  # noqa: N801  # read as a function
    def __init__(self, model: Any, patience: float = 10) -> None:
        self.local = LocalSageMaker(images={"m": model}, patience=patience)

    async def __aenter__(self) -> Any:
        from aiosagemaker.sagemaker import ContainerDefinition

        await self.local.start()
        async with self.local.client() as sm:
            role = "arn:aws:iam::123456789012:role/sagemaker"
            container = ContainerDefinition(image="m")
            await sm.create_model(model_name="m", primary_container=container, execution_role_arn=role)
            await sm.create_endpoint_config(endpoint_config_name="c", production_variants=[_one("m")])
            await sm.create_endpoint(endpoint_name="e", endpoint_config_name="c")
            await sm.wait_until_endpoint_in_service(endpoint_name="e", min_delay=0.01, max_delay=0.02)
        self.rt = self.local.runtime(retry=RetryConfig(max_attempts=1))
        return self.rt

    async def __aexit__(self, *_: object) -> None:
        await self.rt.close()
        await self.local.close()
