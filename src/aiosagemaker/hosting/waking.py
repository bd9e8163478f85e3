"""Waking what scaled to zero: a step policy, and the alarm that brings it into action.

Target tracking has no metric of copies that are not there, so that it scales to zero and never back. What does is an
alarm on the calls that found no copy:
https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html
"""

from __future__ import annotations

from typing import Any

from .._client_for import client_class
from ..application_autoscaling.models import NAMESPACE

POLICY = "aiosagemaker-wake"
"""The name of the step policy."""
_METRIC = "NoCapacityInvocationFailures"
_PERIOD = 30
"""Seconds of the alarm's metric, as in the service's guide."""


def wake_policy(target: dict[str, Any]) -> Any:
    """The PutScalingPolicyRequest of one copy more; `target` are the members that name the target."""
    return NAMESPACE["PutScalingPolicyRequest"](
        **target,
        policy_name=POLICY,
        policy_type="StepScaling",
        step_scaling_policy_configuration=NAMESPACE["StepScalingPolicyConfiguration"](
            adjustment_type="ChangeInCapacity",
            metric_aggregation_type="Maximum",
            cooldown=60,
            step_adjustments=[NAMESPACE["StepAdjustment"](metric_interval_lower_bound=0.0, scaling_adjustment=1)],
        ),
    )


def alarm_name(component: str) -> str:
    """The alarm of a component."""
    return f"{POLICY}-{component}"


def wake_alarm(component: str) -> Any:
    """The PutMetricAlarmRequest. The policy that it acts by is filled in when it is sent, once that has an ARN."""
    shapes = client_class("cloudwatch").shapes
    return shapes.PutMetricAlarmRequest(
        alarm_name=alarm_name(component),
        alarm_description="wakes an inference component that scaled to zero",
        metric_name=_METRIC,
        namespace="AWS/SageMaker",
        statistic="Maximum",
        dimensions=[shapes.Dimension(name="InferenceComponentName", value=component)],
        period=_PERIOD,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        threshold=1.0,
        comparison_operator="GreaterThanOrEqualToThreshold",
        treat_missing_data="missing",
    )


def component_of(alarm: Any) -> str:
    """The component that an alarm wakes."""
    return str(alarm.dimensions[0].value)


def remove_alarm(component: str) -> Any:
    """The DeleteAlarmsRequest."""
    return client_class("cloudwatch").shapes.DeleteAlarmsRequest(alarm_names=[alarm_name(component)])
