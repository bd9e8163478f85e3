"""Which versions are no longer needed."""

from __future__ import annotations

from tests.integration.hosting_cases import make_spec
from tests.unit.hosting.observing import seen

from aiosagemaker.hosting import Action
from aiosagemaker.hosting.cleaning import removals, stale
from aiosagemaker.hosting.versions import version_of

SPECS = [make_spec(version) for version in "1234"]


def test_the_latest_stay() -> None:
    """Of four versions the last `keep` stay, and of the others the configurations and models go."""
    observed = seen(*SPECS)
    for keep in (1, 2, 3, 4, 9):
        configs, models = stale(SPECS[-1], observed, version_of(SPECS[-1]), keep)
        gone = max(0, 4 - keep)
        assert set(configs) == {version_of(spec).name for spec in SPECS[:gone]}
        assert set(models) == {name for spec in SPECS[:gone] for name in version_of(spec).models}


def test_an_older_one_that_is_wanted_stays() -> None:
    """The version that is wanted is among those that stay, however old it is."""
    configs, _ = stale(SPECS[0], seen(*SPECS), version_of(SPECS[0]), 2)
    assert set(configs) == {version_of(spec).name for spec in SPECS[1:3]}


def test_what_is_used_stays() -> None:
    """A configuration that something uses is kept and named, and so is the model that it names."""
    old = version_of(SPECS[0])
    changes = list(
        removals(SPECS[-1], seen(*SPECS), version=version_of(SPECS[-1]), keep=3, users={old.name: "endpoint other"})
    )
    assert [(change.action, change.name) for change in changes] == [
        (Action.KEEP, old.name),
        (Action.KEEP, *old.models),
    ]
    assert changes[0].why == "used by endpoint other"
