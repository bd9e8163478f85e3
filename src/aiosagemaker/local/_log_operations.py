"""CloudWatch Logs' operations that read. Their classes are made of the installed botocore's model when asked for."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._shapes.namespace import Namespace
    from ._logs import Line
    from ._world import World

GROUPS_PAGE = STREAMS_PAGE = 50
"""What a page holds where the request does not say (API_DescribeLogGroups, API_DescribeLogStreams)."""
EVENTS_PAGE = 10_000
"""As above, of events (API_GetLogEvents, API_FilterLogEvents)."""

_WORD = re.compile(r'"([^"]*)"|(\S+)')
"""A phrase or a word of a filter pattern. What else a pattern may say is not played."""


class LogOperations:
    """CloudWatch Logs."""

    def __init__(self, world: World, namespace: Namespace) -> None:
        self._world = world
        self._namespace = namespace

    def describe_log_groups(self, request: Any) -> Any:
        prefix, pattern = request.log_group_name_prefix or "", request.log_group_name_pattern or ""
        names = [name for name in sorted(self._world.logs.groups) if name.startswith(prefix) and pattern in name]
        found, token = _page(names, request.next_token, request.limit or GROUPS_PAGE)
        groups = [self._group(name) for name in found]
        return self._namespace["DescribeLogGroupsResponse"](log_groups=groups, next_token=token)

    def _group(self, name: str) -> Any:
        streams = self._world.logs.groups[name].values()
        arn = self._world.account.arn(f"log-group:{name}", "logs")
        said = {
            "log_group_name": name,
            "creation_time": min((stream.created for stream in streams), default=0),
            "metric_filter_count": 0,
            "arn": f"{arn}:*",
            "log_group_arn": arn,
            "stored_bytes": sum(len(line.text) for stream in streams for line in stream.lines),
        }
        group = self._namespace["LogGroup"]
        known = {field.name for field in attrs.fields(group)}  # an older botocore knows fewer
        return group(**{member: value for member, value in said.items() if member in known})

    def describe_log_streams(self, request: Any) -> Any:
        name = self._group_name(request)
        prefix = request.log_stream_name_prefix or ""
        chosen = [stream for key, stream in self._world.logs.groups[name].items() if key.startswith(prefix)]
        last = request.order_by == "LastEventTime"
        chosen.sort(
            key=lambda stream: (stream.lines[-1].number if last and stream.lines else 0, stream.name),
            reverse=bool(request.descending),
        )
        found, token = _page(chosen, request.next_token, request.limit or STREAMS_PAGE)
        streams = [
            self._namespace["LogStream"](
                log_stream_name=stream.name,
                creation_time=stream.created,
                first_event_timestamp=stream.lines[0].time if stream.lines else None,
                last_event_timestamp=stream.lines[-1].time if stream.lines else None,
                last_ingestion_time=stream.lines[-1].time if stream.lines else None,
                arn=self._world.account.arn(f"log-group:{name}:log-stream:{stream.name}", "logs"),
            )
            for stream in found
        ]
        return self._namespace["DescribeLogStreamsResponse"](log_streams=streams, next_token=token)

    def get_log_events(self, request: Any) -> Any:
        streams = self._world.logs.groups[self._group_name(request)]
        if request.log_stream_name not in streams:
            raise self._missing("The specified log stream does not exist.")
        lines = [line for line in streams[request.log_stream_name].lines if _within(line, request)]
        limit = request.limit or EVENTS_PAGE
        direction, place = _position(request.next_token)
        if direction == "f":
            chosen = [line for line in lines if line.number > place][:limit]
        elif direction == "b":
            chosen = [line for line in lines if line.number < place][-limit:]
        else:
            chosen = lines[:limit] if request.start_from_head else lines[-limit:]
        first = chosen[0].number if chosen else place
        final = chosen[-1].number if chosen else place
        event = self._namespace["OutputLogEvent"]
        return self._namespace["GetLogEventsResponse"](
            events=[event(timestamp=line.time, message=line.text, ingestion_time=line.time) for line in chosen],
            # "If you have reached the end of the stream, it returns the same token you passed in."
            next_forward_token=f"f/{final:056}",
            next_backward_token=f"b/{first:056}",
        )

    def filter_log_events(self, request: Any) -> Any:
        name = self._group_name(request)
        names, prefix = request.log_stream_names, request.log_stream_name_prefix or ""
        words = ["".join(found) for found in _WORD.findall(request.filter_pattern or "")]
        lines = [
            (stream, line)
            for stream, line in self._world.logs.lines(name)
            if (not names or stream in names)
            and stream.startswith(prefix)
            and _within(line, request)
            and all(word in line.text for word in words)
        ]
        lines.sort(key=lambda item: item[1].number)
        found, token = _page(lines, request.next_token, request.limit or EVENTS_PAGE)
        event = self._namespace["FilteredLogEvent"]
        return self._namespace["FilterLogEventsResponse"](
            events=[
                event(
                    log_stream_name=stream,
                    timestamp=line.time,
                    message=line.text,
                    ingestion_time=line.time,
                    event_id=f"{line.number:056}",
                )
                for stream, line in found
            ],
            next_token=token,
        )

    def _group_name(self, request: Any) -> str:
        identifier = request.log_group_name or (request.log_group_identifier or "").partition(":log-group:")[2]
        name = identifier or request.log_group_identifier or ""
        if name not in self._world.logs.groups:
            raise self._missing("The specified log group does not exist.")
        return str(name)

    def _missing(self, message: str) -> Exception:
        error: Exception = self._namespace["ResourceNotFoundException"](
            message, code="ResourceNotFoundException", http_status=400
        )
        return error


def _within(line: Line, request: Any) -> bool:
    start, end = request.start_time, request.end_time
    return (start is None or line.time >= start) and (end is None or line.time < end)


def _position(token: str | None) -> tuple[str, int]:
    direction, _, place = (token or "").partition("/")
    return (direction, int(place)) if place.isdigit() else ("", 0)


def _page(items: Sequence[Any], token: str | None, size: int) -> tuple[Sequence[Any], str | None]:
    try:
        start = int(base64.b64decode(token or "", validate=True) or b"0")
    except ValueError:
        start = len(items)
    end = start + size
    return items[start:end], base64.b64encode(str(end).encode()).decode() if end < len(items) else None
