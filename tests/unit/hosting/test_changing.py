"""One change, and the wait for it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.hosting_cases import make_spec, serving

from aiosagemaker.errors import NotFound, WaiterTimeout
from aiosagemaker.hosting import Action, Change, Event, deploy
from aiosagemaker.hosting.changing import Changer
from aiosagemaker.hosting.companions import Companions
from aiosagemaker.hosting.events import Teller
from aiosagemaker.hosting.waiting import Waits
from aiosagemaker.sagemaker import DeleteEndpointRequest, DeleteModelRequest, UpdateEndpointRequest


def change(request: Any, action: Action = Action.REMOVE) -> Change:
    return Change(action=action, kind="kind", name="name", why="why", request=request)


def changer(companions: Companions, events: list[Event], timeout: float | None = None) -> Changer:
    client = companions.client
    teller = Teller(client._session.clock, events.append)
    return Changer(companions, teller, Waits(client, teller, timeout))


async def test_waits_until_it_is_gone() -> None:
    """A removal is told, sent and waited for; what is gone already is removed."""
    async with serving() as hosting, Companions(hosting.client) as companions:
        await deploy(hosting.client, make_spec())
        events: list[Event] = []
        made = changer(companions, events)
        await made.make(change(DeleteEndpointRequest(endpoint_name="churn")))
        with pytest.raises(NotFound):
            await hosting.client.describe_endpoint(endpoint_name="churn")
        assert events[0].stage == "changing"
        await made.make(change(DeleteModelRequest(model_name="never-was")))


async def test_a_refusal() -> None:
    """Any other refusal passes through."""
    async with serving() as hosting, Companions(hosting.client) as companions:
        update = UpdateEndpointRequest(endpoint_name="never-was", endpoint_config_name="c")
        with pytest.raises(NotFound):
            await changer(companions, []).make(change(update, Action.UPDATE))


async def test_no_time_left() -> None:
    """Without time nothing is sent."""
    async with serving() as hosting, Companions(hosting.client) as companions:
        with pytest.raises(WaiterTimeout):
            await changer(companions, [], 0).make(change(DeleteModelRequest(model_name="m")))
        assert hosting.writes == []
