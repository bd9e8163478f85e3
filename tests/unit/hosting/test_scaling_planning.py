"""What is done to scaling."""

from __future__ import annotations

from tests.integration.hosting_cases import make_spec, scaled
from tests.unit.hosting.observing import seen, target

from aiosagemaker.hosting.scaling_planning import blocking_targets, plan_scaling, restoring
from aiosagemaker.hosting.versions import version_of

KEY = ("endpoint/churn/variant/main", "sagemaker:variant:DesiredInstanceCount")


def test_created_changed_and_taken_away() -> None:
    """A target and its policy are made, a target with other bounds is changed, one that nothing wants is taken away."""
    spec, there = make_spec(scaling=scaled(1, 3)), {KEY: target(KEY[0], 1, 2)}
    made = [change.request.__operation__ for change in plan_scaling(spec, seen(spec), ())]
    assert made == ["RegisterScalableTarget", "PutScalingPolicy"]
    changed = list(plan_scaling(spec, seen(spec, targets=there), ()))
    assert changed[0].why == "1 to 2 becomes 1 to 3"
    (gone,) = plan_scaling(make_spec(), seen(spec, targets=there), ())
    assert gone.request.__operation__ == "DeregisterScalableTarget"


def test_what_blocks_an_update() -> None:
    """Targets of variants that go or get another instance type have to go before; others not."""
    spec = make_spec(scaling=scaled())
    observed = seen(spec, targets={KEY: target(KEY[0], 1, 3)})
    bigger = spec.config.with_production_variants(
        [variant.with_instance_type("ml.m5.xlarge") for variant in spec.config.production_variants]
    )
    assert list(blocking_targets(observed, bigger)) == [KEY]
    assert blocking_targets(observed, version_of(make_spec("2")).config) == {}


def test_restored() -> None:
    """What was taken away is put back as it was described."""
    (change,) = restoring(target(KEY[0], 2, 5), ())
    assert (change.request.min_capacity, change.request.max_capacity) == (2, 5)
    assert change.request.resource_id == KEY[0]
