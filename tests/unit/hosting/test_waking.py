"""What wakes an inference component from zero copies."""

from __future__ import annotations

import pytest

from aiosagemaker.hosting.waking import alarm_name, component_of, wake_alarm, wake_policy


@pytest.mark.models
def test_alarm_and_policy() -> None:
    """The alarm is on calls that found no copy of the component, and the policy adds one copy at its first step."""
    alarm = wake_alarm("c")
    assert component_of(alarm) == "c"
    assert alarm.alarm_name == alarm_name("c")
    assert (alarm.namespace, alarm.metric_name) == ("AWS/SageMaker", "NoCapacityInvocationFailures")
    assert alarm.alarm_actions is None
    policy = wake_policy(
        {
            "service_namespace": "sagemaker",
            "resource_id": "inference-component/c",
            "scalable_dimension": "sagemaker:inference-component:DesiredCopyCount",
        }
    )
    (step,) = policy.step_scaling_policy_configuration.step_adjustments
    assert (step.metric_interval_lower_bound, step.scaling_adjustment) == (0.0, 1)
