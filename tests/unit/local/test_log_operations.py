"""CloudWatch Logs: groups, streams and events of instances."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import RetryConfig, client_for
from aiosagemaker.errors import ServiceError
from aiosagemaker.local import LocalSageMaker
from aiosagemaker.sagemaker import ContainerDefinition

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SERVER = Path(__file__).with_name("model_server.py")
GROUP = "/aws/sagemaker/Endpoints/e"


@pytest.fixture
async def logs(hosting: Any) -> AsyncIterator[Any]:
    """A client of CloudWatch Logs, beside a group with two streams of three lines each."""
    written = hosting.local._world.logs
    for number in range(3):
        for stream in ("v/i-1", "v/i-2"):
            hosting.clock.wall += 1
            written.write(GROUP, stream, f"{stream} says {number}")
    written.write("/aws/sagemaker/Endpoints/other", "v/i-3", "nothing")
    local = hosting.local
    given = {"endpoint_url": local.endpoint_url, "region": local.region, "credentials": local.credentials}
    async with client_for("logs", retry=RetryConfig(max_attempts=1), clock=hosting.clock, **given) as client:
        yield client


async def test_groups(logs: Any) -> None:
    """Groups are listed by the beginning of their names, page by page."""
    found = await logs.describe_log_groups(log_group_name_prefix="/aws/sagemaker/Endpoints/")
    assert [group.log_group_name for group in found.log_groups] == [GROUP, "/aws/sagemaker/Endpoints/other"]
    first = await logs.describe_log_groups(limit=1)
    second = await logs.describe_log_groups(limit=1, next_token=first.next_token)
    assert (second.log_groups[0].log_group_name, second.next_token) == ("/aws/sagemaker/Endpoints/other", None)


async def test_streams(logs: Any) -> None:
    """Streams are listed by name or by their last event."""
    found = await logs.describe_log_streams(log_group_name=GROUP, log_stream_name_prefix="v/")
    assert [stream.log_stream_name for stream in found.log_streams] == ["v/i-1", "v/i-2"]
    last = await logs.describe_log_streams(log_group_name=GROUP, order_by="LastEventTime", descending=True)
    assert last.log_streams[0].log_stream_name == "v/i-2"


async def test_events(logs: Any, hosting: Any) -> None:
    """A stream's events are read forwards and backwards; a token goes on where it ended, and stays at the end."""
    call = {"log_group_name": GROUP, "log_stream_name": "v/i-1"}
    first = await logs.get_log_events(**call, start_from_head=True, limit=2)
    assert [event.message for event in first.events] == ["v/i-1 says 0", "v/i-1 says 1"]
    rest = await logs.get_log_events(**call, next_token=first.next_forward_token)
    assert [event.message for event in rest.events] == ["v/i-1 says 2"]
    end = await logs.get_log_events(**call, next_token=rest.next_forward_token)
    assert (end.events, end.next_forward_token) == ((), rest.next_forward_token)
    hosting.local._world.logs.write(GROUP, "v/i-1", "more")
    more = await logs.get_log_events(**call, next_token=end.next_forward_token)
    assert [event.message for event in more.events] == ["more"]
    latest = await logs.get_log_events(**call, limit=1)
    assert [event.message for event in latest.events] == ["more"]
    before = await logs.get_log_events(**call, next_token=latest.next_backward_token, limit=1)
    assert [event.message for event in before.events] == ["v/i-1 says 2"]


async def test_filtered(logs: Any) -> None:
    """The events of all streams come in their order, and only those with every word."""
    found = await logs.filter_log_events(log_group_name=GROUP, filter_pattern='"says 1" i', limit=1)
    assert [(event.log_stream_name, event.message) for event in found.events] == [("v/i-1", "v/i-1 says 1")]
    rest = await logs.filter_log_events(log_group_name=GROUP, filter_pattern='"says 1" i', next_token=found.next_token)
    assert [event.log_stream_name for event in rest.events] == ["v/i-2"]
    start = found.events[0].timestamp + 1
    later = await logs.filter_log_events(log_group_name=GROUP, start_time=start, log_stream_names=["v/i-1"])
    assert [event.message for event in later.events] == ["v/i-1 says 2"]


async def test_missing(logs: Any) -> None:
    """A group or stream that is not there is refused by its own error."""
    for call in ({"log_group_name": "x"}, {"log_group_name": GROUP}):
        with pytest.raises(ServiceError, match="does not exist") as caught:
            await logs.get_log_events(**call, log_stream_name="x")
        assert caught.value.code == "ResourceNotFoundException"


async def test_what_processes_write(make_variant: Any) -> None:
    """What an instance writes is in its endpoint's group, in a stream of its own."""
    async with LocalSageMaker(images={"server": [sys.executable, "-S", str(SERVER)]}, settle=True) as local:
        async with local.client() as sm:
            await sm.create_model(model_name="m", primary_container=ContainerDefinition(image="server"))
            await sm.create_endpoint_config(
                endpoint_config_name="c", production_variants=[make_variant("v", 2, model_name="m")]
            )
            await sm.create_endpoint(endpoint_name="e", endpoint_config_name="c")
        assert local.logs("e") == ["starting", "starting"]
        assert local._world is not None
        streams = {stream for stream, _ in local._world.logs.lines(GROUP)}
        assert len(streams) == 2
        assert all(stream.startswith("v/i-") for stream in streams)
