"""What is done to the alarms that wake inference components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .plans import Action, Change
from .waking import POLICY, alarm_name, remove_alarm, wake_alarm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .observed import Observed
    from .spec_members import SpecMembers

KIND = "alarm"


def plan_alarms(spec: SpecMembers, observed: Observed) -> Iterator[Change]:
    """Put the alarms of what scales to zero. It comes after the policies."""
    for each in spec.scaling:
        if not each.to_zero:
            continue
        component = str(each.inference_component_name)
        alarm = observed.alarms.get(component)
        policies = observed.policies.get((each.resource_id(spec.endpoint_name), each.dimension), ())
        acts_by = [policy.policy_arn for policy in policies if policy.policy_name == POLICY]
        if alarm is None or list(alarm.alarm_actions or ()) != acts_by:
            action = Action.CREATE if alarm is None else Action.UPDATE
            why = f"it wakes {component} from zero copies"
            yield Change(action=action, kind=KIND, name=alarm_name(component), why=why, request=wake_alarm(component))


def plan_alarm_removals(observed: Observed, kept: set[str], why: str) -> Iterator[Change]:
    """Remove the other alarms. It comes before all that would hide that they are there."""
    for component in sorted(observed.alarms.keys() - kept):
        yield Change(
            action=Action.REMOVE, kind=KIND, name=alarm_name(component), why=why, request=remove_alarm(component)
        )
