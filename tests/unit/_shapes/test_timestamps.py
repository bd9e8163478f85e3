"""Timestamps in the three formats, and what is none of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiosagemaker._shapes.timestamps import DUMP, dump_epoch, dump_http_date, dump_iso8601, load

MOMENT = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
FRACTION = MOMENT.replace(microsecond=123_000)
ELSEWHERE = MOMENT.astimezone(timezone(timedelta(hours=-7, minutes=30)))
MOMENTS = st.datetimes(
    datetime(1000, 1, 3), datetime(9999, 12, 29), timezones=st.sampled_from([UTC, timezone(timedelta(hours=5.5))])
)


@pytest.mark.parametrize(
    ("value", "epoch", "iso8601", "http_date"),
    [
        (MOMENT, 1577934245, "2020-01-02T03:04:05Z", "Thu, 02 Jan 2020 03:04:05 GMT"),
        (ELSEWHERE, 1577934245, "2020-01-02T03:04:05Z", "Thu, 02 Jan 2020 03:04:05 GMT"),
        (FRACTION, 1577934245.123, "2020-01-02T03:04:05.123000Z", "Thu, 02 Jan 2020 03:04:05 GMT"),
        (datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC), -0.5, "1969-12-31T23:59:59.500000Z", None),
    ],
)
def test_dump(value: datetime, epoch: float, iso8601: str, http_date: str | None) -> None:
    """Each format is as Smithy says, in UTC, with a fraction only where the format and the value have one."""
    assert dump_epoch(value) == epoch
    assert dump_iso8601(value) == iso8601
    if http_date is not None:
        assert dump_http_date(value) == http_date
    assert type(dump_epoch(MOMENT)) is int


@pytest.mark.parametrize(
    "text",
    [
        1577934245,
        1577934245.0,
        "1577934245",
        "1577934245.0",
        "1.577934245e9",
        "2020-01-02T03:04:05Z",
        "2020-01-02T03:04:05.000Z",
        "2020-01-02T03:04:05",
        "2020-01-02T04:04:05+01:00",
        "Thu, 02 Jan 2020 03:04:05 GMT",
        "Thu, 02 Jan 2020 02:04:05 -0100",
    ],
)
def test_load(text: Any) -> None:
    """Every way in which a service may write a moment is read, as an aware datetime in UTC."""
    assert load(text) == MOMENT
    assert load(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2020-13-01T00:00:00Z", "nan", "inf", "1e400", 1e300, float("nan"), "-", "Thu, 40 Jan"]
)
def test_load_refuses(value: Any) -> None:
    """What is no moment raises ValueError or OverflowError."""
    with pytest.raises((ValueError, OverflowError)):
        load(value)


@pytest.mark.parametrize("value", [None, True, [], {}, b"1577934245"])
def test_load_refuses_types(value: Any) -> None:
    """What no service writes a moment as raises TypeError."""
    with pytest.raises(TypeError):
        load(value)


@given(MOMENTS, st.sampled_from(sorted(DUMP)))
def test_round_trip(value: datetime, name: str) -> None:
    """Every moment reads back as it was written, to the second at least, and ISO 8601 to the microsecond."""
    read = load(DUMP[name](value))
    if name == "iso8601":
        assert read == value
    elif name == "unixtimestamp":
        # An epoch as a double has no microseconds for the far past and future.
        assert abs(read - value) < timedelta(milliseconds=1)
    else:
        assert read == value.replace(microsecond=0)
