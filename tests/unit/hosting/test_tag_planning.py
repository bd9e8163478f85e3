"""Tags without a rollout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.hosting_cases import make_spec
from tests.unit.hosting.observing import seen

from aiosagemaker.hosting.tag_planning import plan_tags
from aiosagemaker.hosting.versions import version_of

if TYPE_CHECKING:
    from aiosagemaker.hosting import Change

BEFORE = make_spec("1", tags={"team": "a", "old": "x"})
AFTER = make_spec("1", tags={"team": "b"})


def changes(tags: dict[str, str]) -> list[Change]:
    return list(plan_tags(AFTER, seen(BEFORE, tags=tags), version_of(AFTER)))


def test_changed_and_dropped() -> None:
    """What the spec changed is set and what it dropped goes, of everything; what somebody else set stays."""
    found = [(change.name, change.request.to_dict()) for change in changes({"team": "a", "old": "x", "else": "y"})]
    assert {name.partition("-")[0] for name, _ in found} == {"churn"}
    assert len(found) == 6
    assert all(each.get("TagKeys", ["old"]) == ["old"] for _, each in found)
    assert all(
        each.get("Tags", [{"Key": "team", "Value": "b"}]) == [{"Key": "team", "Value": "b"}] for _, each in found
    )


def test_nothing_to_change() -> None:
    """Tags that are as they should be are left alone, AWS's own among them."""
    observed = seen(BEFORE, tags={"team": "a", "old": "x", "aws:cloudformation:stack": "s"})
    assert list(plan_tags(BEFORE, observed, version_of(BEFORE))) == []
