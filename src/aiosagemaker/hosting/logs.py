"""What the containers of an endpoint wrote, from CloudWatch Logs.

The groups are https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import attrs

from .._clock import seconds
from .._errors import ServiceError
from .companions import Companions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .._clock import Duration
    from ..sagemaker.client import SageMakerClient

STREAMS = 50
"""How many of the latest streams are looked at for the one with the last lines: the most that one call lists."""
FOLLOW_DELAY = 2.0
"""The seconds between two looks for new lines."""
OVERLAP = 10_000
"""How many milliseconds before the latest line are looked at again: streams are not written in one order."""


@attrs.frozen(kw_only=True)
class LogLine:
    """One line of a log."""

    time: datetime
    stream: str
    """The stream's name: variant and instance."""
    text: str

    def __str__(self) -> str:
        return f"{self.time:%H:%M:%S} {self.stream}: {self.text}".replace("\n", "\n    ")


def endpoint_group(endpoint_name: str) -> str:
    """The group of an endpoint's containers."""
    return f"/aws/sagemaker/Endpoints/{endpoint_name}"


def component_group(name: str) -> str:
    """The group of an inference component's containers."""
    return f"/aws/sagemaker/InferenceComponents/{name}"


async def logs(
    client: SageMakerClient,
    endpoint_name: str,
    *,
    inference_component_name: str | None = None,
    variant_name: str | None = None,
    since: Duration = 3600,
    follow: bool = False,
    delay: Duration = FOLLOW_DELAY,
    logs: Any = None,
) -> AsyncIterator[LogLine]:
    """The lines that an endpoint's containers wrote, in the order of their times.

        async for line in hosting.logs(client, "churn", follow=True):
            print(line)

    Args:
        client: the client.
        endpoint_name: the endpoint, whether or not it is still there.
        inference_component_name: the component whose log it is to be. Default: the endpoint's own log.
        variant_name: the variant. Default: all.
        since: how far back to begin, in seconds or as a timedelta. Default an hour.
        follow: whether to go on with what is written from now on, until the iteration is left. Default: no.
        delay: the pause between looks, where it goes on. Default 2 s.
        logs: the client of CloudWatch Logs. Default: one with the configuration of `client`.

    Raises:
        SdkError: the log cannot be read. One that does not exist yet is empty.
    """
    clock = client._session.clock
    name = inference_component_name
    group = endpoint_group(endpoint_name) if name is None else component_group(name)
    start = round((clock.time() - seconds(since)) * 1000)
    async with Companions(client, given_logs=logs) as companions:
        seen = set[str]()
        while True:
            latest = start
            async for event in _events(companions.logs, group, start, variant_name):
                latest = max(latest, event.timestamp)
                if event.event_id not in seen:
                    seen.add(event.event_id)
                    yield _line(event.timestamp, event.log_stream_name, event.message)
            if not follow:
                return
            # Beyond the overlap nothing comes again, and nothing need be remembered.
            start = max(start, latest - OVERLAP)
            await clock.sleep(seconds(delay))


async def _events(logs: Any, group: str, start: int, variant: str | None) -> AsyncIterator[Any]:
    members: dict[str, Any] = {"log_group_name": group, "start_time": start}
    if variant is not None:
        members["log_stream_name_prefix"] = f"{variant}/"
    try:
        async for event in logs.paginate_filter_log_events(**members):
            # It gives a token without an event too, and searched streams beside the events.
            if hasattr(event, "event_id"):
                yield event
    except ServiceError as error:
        if error.code != "ResourceNotFoundException":
            raise


async def last_lines(logs: Any, group: str, count: int, *, stream_prefix: str = "") -> tuple[LogLine, ...]:
    """The last lines of the stream that began last; none where there is no group.

    Each instance has a stream of its own, and after a failure it is the newest instance that tells why: those that go
    on serving write too, and later.
    """
    try:
        found = await logs.describe_log_streams(
            log_group_name=group, order_by="LastEventTime", descending=True, limit=STREAMS
        )
        streams = list(found.log_streams or ())
        chosen = [stream for stream in streams if stream.log_stream_name.startswith(stream_prefix)] or streams
        if not chosen:
            return ()
        name = max(chosen, key=lambda stream: stream.creation_time or 0).log_stream_name
        page = await logs.get_log_events(log_group_name=group, log_stream_name=name, limit=count, start_from_head=False)
    except ServiceError as error:
        if error.code != "ResourceNotFoundException":
            raise
        return ()
    return tuple(_line(event.timestamp, name, event.message) for event in page.events or ())


def _line(time: int, stream: str, text: str) -> LogLine:
    return LogLine(time=datetime.fromtimestamp(time / 1000, UTC), stream=stream, text=text.rstrip("\n"))
