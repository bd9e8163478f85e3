"""What of an answer was filled, what the model does not know, and what the service did send."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker._shapes.convert import BOTO, WIRE
from aiosagemaker._shapes.differences import Differences, differences, sent_dict
from aiosagemaker._shapes.structure import note_differences
from aiosagemaker.sagemaker import DescribeEndpointResponse, DescribeModelResponse, ListEndpointsResponse

ENDPOINT: dict[str, Any] = {
    "EndpointName": "a",
    "EndpointArn": "arn",
    "EndpointStatus": "InService",
    "CreationTime": 0,
    "LastModifiedTime": 0,
}


@pytest.mark.parametrize(
    ("changed", "filled", "unknown"),
    [
        ({}, (), ()),
        ({"EndpointStatus": None}, ("endpoint_status",), ()),
        ({"New": 1, "FailureReason": None, "Other": None, "__type": "x"}, (), ("New",)),
        (
            {"ProductionVariants": [None, {"CurrentWeight": 1}, {"VariantName": "a", "New": {"VariantName": 1}}]},
            ("production_variants[0].variant_name",),
            ("production_variants[1].New",),
        ),
    ],
)
def test_differences(changed: dict[str, Any], filled: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    """Every required member that is not there and every key of no member is found by its path; nulls are neither."""
    found = differences(DescribeEndpointResponse, {**ENDPOINT, **changed}, WIRE.load_key)
    assert found == Differences(filled, unknown)


def test_in_maps() -> None:
    """The path of what lies in a map has its key."""
    cls = DescribeModelResponse.__namespace__["DescribeTrialComponentResponse"]
    found = differences(cls, {"TrialComponentName": "a", "Parameters": {"x": {"New": 1}}}, WIRE.load_key)
    assert found.unknown == ("parameters['x'].New",)


@pytest.mark.parametrize("value", [{}, {"EndpointStatus": "x"}, {**ENDPOINT, "New": 1}, ENDPOINT])
def test_loading_notes_what_there_is_to_find(value: dict[str, Any]) -> None:
    """Loading leaves a note exactly if there is a difference, and none without being asked."""
    notes: list[object] = []
    WIRE.load(DescribeEndpointResponse, value, notes)
    assert bool(notes) is (differences(DescribeEndpointResponse, value, WIRE.load_key) != ((), ()))
    WIRE.load(DescribeEndpointResponse, value)


def test_what_was_sent() -> None:
    """boto3's form of what was sent has nothing that was filled, at any depth of structures and lists."""
    value = {**ENDPOINT, "EndpointStatus": None, "ProductionVariants": [{"CurrentWeight": 1.0}]}
    response = WIRE.load(DescribeEndpointResponse, value)
    assert sent_dict(response) == response.to_dict()
    note_differences(response, *differences(DescribeEndpointResponse, value, WIRE.load_key))
    sent = sent_dict(response)
    assert "EndpointStatus" not in sent
    assert sent["ProductionVariants"] == [{"CurrentWeight": 1.0}]
    assert response.to_dict()["EndpointStatus"] == ""


def test_a_list_left_out() -> None:
    """A required list that was left out is filled and was not sent."""
    response = WIRE.load(ListEndpointsResponse, {})
    note_differences(response, *differences(ListEndpointsResponse, {}, BOTO.load_key))
    assert response.endpoints == ()
    assert sent_dict(response) == {}
