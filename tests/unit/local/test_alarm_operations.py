"""CloudWatch's alarms of metrics."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker import client_for


@pytest.mark.models
async def test_alarms_are_kept(hosting: Any) -> None:
    """An alarm is put, put again, described by its name with its state, and deleted."""
    local = hosting.local
    given = {"endpoint_url": local.endpoint_url, "region": local.region, "credentials": local.credentials}
    alarm = {
        "metric_name": "Errors",
        "namespace": "AWS/SageMaker",
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "evaluation_periods": 1,
    }
    async with client_for("cloudwatch", **given) as cloudwatch:
        await cloudwatch.put_metric_alarm(alarm_name="a", threshold=1.0, **alarm)
        await cloudwatch.put_metric_alarm(alarm_name="a", threshold=2.0, **alarm)
        await cloudwatch.put_metric_alarm(alarm_name="b", threshold=1.0, **alarm)
        local.set_alarm("a")
        (found,) = (await cloudwatch.describe_alarms(alarm_names=["a"])).metric_alarms
        assert (found.threshold, str(found.state_value)) == (2.0, "ALARM")
        assert len((await cloudwatch.describe_alarms()).metric_alarms) == 2
        await cloudwatch.delete_alarms(alarm_names=["a", "c"])
        assert [each.alarm_name for each in (await cloudwatch.describe_alarms()).metric_alarms] == ["b"]
