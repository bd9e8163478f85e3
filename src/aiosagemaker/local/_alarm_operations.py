"""CloudWatch's operations on alarms of metrics, as far as hosting needs them.

Nothing is measured: such an alarm is kept and described, and set by `set_alarm` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._shapes.namespace import Namespace
    from ._world import World


class AlarmOperations:
    """CloudWatch."""

    def __init__(self, world: World, namespace: Namespace) -> None:
        self._world = world
        self._namespace = namespace

    def put_metric_alarm(self, request: Any) -> Any:
        described = self._namespace["MetricAlarm"]
        names = {member["name"] for member in self._namespace.shapes["MetricAlarm"]["members"].values()}
        given = {
            member["name"]: getattr(request, member["name"])
            for member in self._namespace.shapes[request.__shape__]["members"].values()
        }
        arn = self._world.account.arn(f"alarm:{request.alarm_name}", "cloudwatch")
        members = {name: value for name, value in given.items() if name in names}
        self._world.alarms.described[request.alarm_name] = described(**members, alarm_arn=arn)
        return self._namespace["PutMetricAlarmResponse"]()

    def describe_alarms(self, request: Any) -> Any:
        alarms, names = self._world.alarms, request.alarm_names
        found = [each for name, each in alarms.described.items() if not names or name in names]
        told = [each.with_state_value("ALARM" if each.alarm_name in alarms.active else "OK") for each in found]
        return self._namespace["DescribeAlarmsResponse"](metric_alarms=told)

    def delete_alarms(self, request: Any) -> Any:
        for name in request.alarm_names:
            self._world.alarms.described.pop(name, None)
        return self._namespace["DeleteAlarmsResponse"]()
