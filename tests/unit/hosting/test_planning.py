"""From a spec and what there is to a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest
from tests.integration.hosting_cases import make_spec
from tests.unit.hosting.observing import seen

from aiosagemaker.hosting.planning import goal_of, in_progress, make_plan

if TYPE_CHECKING:
    from aiosagemaker.hosting import Plan
    from aiosagemaker.hosting.observed import Observed
    from aiosagemaker.hosting.spec_members import SpecMembers


def planned(spec: SpecMembers, observed: Observed, choice: int = 0) -> Plan:
    return make_plan(spec, observed, goal=goal_of(spec, observed, choice), keep=2, users={})


def operations(plan: Plan) -> list[str]:
    return [change.request.__operation__ for change in plan.writes]


def test_what_is_in_force_is_left_alone() -> None:
    """Nothing is sent for the version in force, nor for one with the same content under another name."""
    observed = seen(make_spec("1"))
    assert operations(planned(make_spec("1"), observed)) == []
    renamed = make_spec("1", models=[make_spec("1").models[0].with_model_name("other")])
    renamed = attrs.evolve(
        renamed,
        config=renamed.config.with_production_variants(
            [variant.with_model_name("other") for variant in renamed.config.production_variants]
        ),
    )
    assert goal_of(renamed, observed).version.name == observed.in_force_name
    assert operations(planned(renamed, observed)) == []


def test_a_new_version() -> None:
    """It is made before the update, and the third version from the end goes after it."""
    observed = seen(make_spec("1"), make_spec("2"))
    assert operations(planned(make_spec("3"), observed)) == [
        "CreateModel",
        "CreateEndpointConfig",
        "UpdateEndpoint",
        "DeleteEndpointConfig",
        "DeleteModel",
    ]


def test_a_failed_endpoint_is_made_anew() -> None:
    """It cannot be updated."""
    plan = planned(make_spec("1"), seen(make_spec("1"), status="Failed"))
    assert operations(plan) == ["DeleteEndpoint", "CreateEndpoint"]


def test_a_fallback_in_force_is_what_was_asked_for() -> None:
    """A version on an instance type to fall back to is not changed back."""
    spec = make_spec("1", instance_types=["ml.m5.xlarge"])
    config = spec.config.with_production_variants(
        [variant.with_instance_type("ml.m5.xlarge") for variant in spec.config.production_variants]
    )
    goal = goal_of(spec, seen(make_spec("1", config=config)))
    assert (goal.in_force, goal.fallback) == (True, "ml.m5.xlarge")
    assert goal_of(spec, seen(make_spec("2")), 1).fallback == "ml.m5.xlarge"


def test_counts_that_somebody_changed() -> None:
    """They become the spec's again, by an update of capacities."""
    assert operations(planned(make_spec("1"), seen(make_spec("1"), counts=3))) == ["UpdateEndpointWeightsAndCapacities"]


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"])
def test_what_is_in_progress(status: str) -> None:
    """What another status follows by itself is waited for."""
    assert status in in_progress(seen(make_spec("1"), status=status))
    assert in_progress(seen(make_spec("1"))) == ""
