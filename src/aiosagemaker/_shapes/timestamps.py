"""Timestamps on the wire, in Smithy's three formats.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#timestamps and the restJson1 page beside it.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def dump_epoch(value: datetime) -> int | float:
    """Seconds since the epoch, with a fraction only if there is one."""
    microseconds = (value - EPOCH) // _MICROSECOND
    return microseconds / 1_000_000 if microseconds % 1_000_000 else microseconds // 1_000_000


def dump_iso8601(value: datetime) -> str:
    """`2020-01-02T03:04:05Z`, with a fraction only if there is one."""
    utc = value.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat()}Z"


def dump_http_date(value: datetime) -> str:
    """`Thu, 02 Jan 2020 03:04:05 GMT`."""
    return format_datetime(value.astimezone(UTC), usegmt=True)


DUMP = {
    "unixtimestamp": dump_epoch,
    "iso8601": dump_iso8601,
    "rfc822": dump_http_date,
}
"""By the model's `timestampFormat`, in lower case."""


def load(value: object) -> datetime:
    """An aware datetime, in UTC, from whichever of the formats a service chose.

    Raises ValueError or TypeError for what is none of them, OverflowError for what no datetime can hold.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    if not isinstance(value, str):
        raise TypeError(f"not a timestamp: {type(value).__name__}")
    if _NUMBER.fullmatch(value):
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(f"not a timestamp: {value[:40]!r}")
        return datetime.fromtimestamp(number, UTC)
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        parsed = parsedate_to_datetime(value)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
