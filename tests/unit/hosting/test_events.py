"""What is told while it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiosagemaker import Clock
from aiosagemaker.hosting import events
from aiosagemaker.hosting.events import Teller
from aiosagemaker.sagemaker import DescribeEndpointResponse

if TYPE_CHECKING:
    import pytest

    from aiosagemaker.hosting import Event


def described(**members: object) -> DescribeEndpointResponse:
    base = {"EndpointName": "e", "EndpointArn": "a", "EndpointConfigName": "c", "EndpointStatus": "Updating"}
    return DescribeEndpointResponse.from_dict({**base, "CreationTime": 0, "LastModifiedTime": 0, **members})


def test_traffic() -> None:
    """A look at an endpoint has its variants, what is to come, and each variant's part of the traffic."""
    seen: list[Event] = []
    weight = {"VariantName": "v", "CurrentInstanceCount": 1, "DesiredInstanceCount": 2}
    Teller(Clock(), seen.append).looked(
        described(
            ProductionVariants=[{**weight, "CurrentWeight": 0.75}],
            PendingDeploymentSummary={
                "EndpointConfigName": "d",
                "ProductionVariants": [{**weight, "CurrentWeight": 0.25}],
            },
        )
    )
    (event,) = seen
    assert event.text == "endpoint e: Updating, v 1 of 2, 25% of the traffic to the new version"
    assert event.traffic == {"v": 0.75}
    assert [each.name for each in event.pending] == ["v"]


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a listener no event is made."""
    made: list[str] = []
    monkeypatch.setattr(events, "Event", lambda **facts: made.append(facts["stage"]))
    Teller(Clock(), None).looked(described())
    assert made == []
    Teller(Clock(), lambda _: None).looked(described())
    assert made == ["waiting"]
