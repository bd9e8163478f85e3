"""An endpoint's traffic, and what it says of itself."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from aiosagemaker.local._endpoints import Endpoint

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def variant(name: str, weight: float, *, serves: bool = True) -> Any:
    pool = SimpleNamespace(serving=["copy"] if serves else [])
    return SimpleNamespace(name=name, weight=weight, credit=0.0, pool=pool)


def fleet(*variants: Any, share: float = 1.0) -> Any:
    made = SimpleNamespace(variants=variants, share=share)
    made.__iter__ = lambda: iter(variants)
    return made


def endpoint(**members: Any) -> Endpoint:
    return Endpoint(name="e", arn="arn", config_name="c", created=NOW, modified=NOW, **members)


def answers(made: Endpoint, count: int, target: str | None = None) -> Counter[str]:
    routes = [made.route(target) for _ in range(count)]
    return Counter(found[1].name for found in routes if found)


def test_weights() -> None:
    """Calls go to the variants by their weights, in even alternation: exact after each round."""
    made = endpoint(fleet=fleet(variant("a", 3), variant("b", 1), variant("c", 0)))
    for rounds in range(1, 6):
        assert answers(made, 4) == {"a": 3, "b": 1}, rounds


def test_those_that_serve() -> None:
    """A variant without a copy that serves gets nothing; with none at all there is no route."""
    made = endpoint(fleet=fleet(variant("a", 3, serves=False), variant("b", 1)))
    assert answers(made, 4) == {"b": 4}
    assert answers(made, 4, "a") == {}
    assert endpoint().route(None) is None


def test_target() -> None:
    """A target gets the call whatever its weight."""
    made = endpoint(fleet=fleet(variant("a", 1), variant("b", 0)))
    assert answers(made, 3, "b") == {"b": 3}


@pytest.mark.parametrize(("share", "expected"), [(0.0, {"old": 10}), (0.3, {"old": 7, "new": 3}), (1.0, {"new": 10})])
def test_shift(share: float, expected: dict[str, int]) -> None:
    """While an update goes on, the pending fleet has its share of the traffic."""
    made = endpoint(fleet=fleet(variant("old", 2)), pending=fleet(variant("new", 5)))
    made.shift(share)
    assert answers(made, 10) == expected


def test_nothing_yet() -> None:
    """An endpoint that has no fleet yet is Creating, and says nothing of variants."""
    said = endpoint().describe()
    assert (said.endpoint_status, said.production_variants, said.pending_deployment_summary) == ("Creating", None, None)


async def test_described_while_it_is_updated(hosting: Any) -> None:
    """While an update goes on, both fleets are described: the one that serves and the one to come."""
    await hosting.version("a")
    await hosting.version("b", 2)
    await hosting.endpoint("a")
    await hosting.sm.update_endpoint(endpoint_name="e", endpoint_config_name="b")
    said = await hosting.sm.describe_endpoint(endpoint_name="e")
    assert said.endpoint_config_name == "a"
    assert [each.variant_name for each in said.production_variants] == ["a"]
    pending = said.pending_deployment_summary
    assert (pending.endpoint_config_name, pending.production_variants[0].desired_instance_count) == ("b", 2)
