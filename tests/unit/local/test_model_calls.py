"""Calls of model servers: success, failure, shadows, and what holds a copy."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.local._instances import ModelRequest
from aiosagemaker.local._model_calls import ModelCalls
from aiosagemaker.local._routing import Router
from aiosagemaker.sagemaker_runtime import InvokeEndpointRequest
from aiosagemaker.sagemaker_runtime.errors import ModelError


@pytest.fixture
async def calls(hosting: Any) -> tuple[ModelCalls, Router]:
    """Of an endpoint e that model a serves, and b sees as a shadow."""
    for name in "ab":
        await hosting.model(name)
    shadows = [hosting.variant("b")]
    await hosting.config("c", hosting.variant("a"), shadow_production_variants=shadows)
    await hosting.endpoint("c")
    world = hosting.local._world
    router = Router(world)
    return ModelCalls(world, router), router


async def test_a_copy_is_held_until_the_answer_is_closed(calls: Any, hosting: Any) -> None:
    """From the question to the answer's end the copy counts one call, and its answer is read once."""
    models, router = calls
    target = router.route(InvokeEndpointRequest(endpoint_name="e", body=b"x"))
    answer = await models.ask(target, ModelRequest(body=b"x"), 60)
    assert target.copy.under_way == 1
    assert await models.read(answer, 60) == b"a:x"
    assert target.copy.under_way == 0
    await hosting.clock.advance(0)
    assert [asked.body for asked in hosting.models["b"].asked] == [b"x"]


async def test_a_model_that_fails(calls: Any, hosting: Any) -> None:
    """A model's failure is a ModelError with its status and its words, and lets its copy go; a shadow's is nobody's."""
    models, router = calls
    hosting.models["b"].fails = True
    target = router.route(InvokeEndpointRequest(endpoint_name="e", body=b"raise"))
    with pytest.raises(ModelError, match="no such feature") as caught:
        await models.ask(target, ModelRequest(body=b"raise"), 60)
    error = caught.value
    assert error.original_status_code == 500
    assert error.log_stream_arn.endswith("log-group:/aws/sagemaker/Endpoints/e")
    assert target.copy.under_way == 0
    again = await models.ask(target, ModelRequest(body=b"x"), 60)
    assert await models.read(again, 60) == b"a:x"
