"""What does not load is named by its path."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker._shapes.convert import LOAD_ERRORS, WIRE
from aiosagemaker._shapes.locate_fault import locate_fault
from aiosagemaker.sagemaker.models import NAMESPACE


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], "expected an object, got list"),
        ({"EndpointName": 7}, "endpoint_name: expected a string, got int"),
        ({"CreationTime": 1e17}, "creation_time: [Errno 75] Value too large for defined data type"),
        ({"ProductionVariants": {}}, "production_variants: expected a list, got dict"),
        ({"ProductionVariants": [{}, 7]}, "production_variants[1]: expected an object, got int"),
        (
            {"ProductionVariants": [{"VariantName": "a", "CurrentWeight": "heavy"}]},
            "production_variants[0].current_weight: expected a number, got str",
        ),
        (
            {"ProductionVariants": [{"VariantName": "a", "CurrentWeight": float("inf")}]},
            "production_variants[0].current_weight: expected a number that a double holds",
        ),
    ],
)
def test_path(value: Any, expected: str) -> None:
    """The innermost value that is wrong is named, in Python's member names, with what was expected there."""
    response = NAMESPACE["DescribeEndpointResponse"]
    with pytest.raises(LOAD_ERRORS):
        WIRE.load(response, value)
    assert str(locate_fault(WIRE, response, value)) == expected


def test_map() -> None:
    """A value in a map is named by its key."""
    response = NAMESPACE["DescribeTrainingJobResponse"]
    found = locate_fault(WIRE, response, {"HyperParameters": {"good": "1", "lr": 0.1}})
    assert found is not None
    assert found.path == "hyper_parameters['lr']"


def test_sensitive() -> None:
    """Of a sensitive value no more is said than that it is wrong."""
    found = locate_fault(WIRE, NAMESPACE["DescribeModelCardResponse"], {"Content": ["hidden"]})
    assert str(found) == "content: not what its type says"


def test_nothing() -> None:
    """What loads has no mismatch."""
    assert locate_fault(WIRE, NAMESPACE["DescribeEndpointResponse"], {}) is None
