"""Enums that survive what the model does not know yet."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from aiosagemaker.sagemaker import DescribeEndpointResponse, EndpointStatus, ProductionVariant, TrainingJobStatus

UNKNOWN = EndpointStatus("Hibernating")


def test_known() -> None:
    """A known value is the member itself, named in upper case, and is a string."""
    assert EndpointStatus("InService") is EndpointStatus.IN_SERVICE
    assert EndpointStatus.IN_SERVICE == "InService"
    assert EndpointStatus.IN_SERVICE.name == "IN_SERVICE"
    assert not EndpointStatus.IN_SERVICE.is_unknown
    assert f"{EndpointStatus.IN_SERVICE} {EndpointStatus.IN_SERVICE!s}" == "InService InService"


def test_unknown() -> None:
    """An unknown value is of the enum, is the string, and says that it is unknown."""
    assert isinstance(UNKNOWN, EndpointStatus)
    assert UNKNOWN == "Hibernating"
    assert UNKNOWN.value == UNKNOWN.name == str(UNKNOWN) == f"{UNKNOWN}" == "Hibernating"
    assert UNKNOWN.is_unknown
    assert "Hibernating" in repr(UNKNOWN)


def test_unknown_values_compare_as_strings() -> None:
    """Equality and hash are the string's, across instances and with the plain string."""
    again = EndpointStatus("Hibernating")
    assert again == UNKNOWN
    assert {again, UNKNOWN, "Hibernating"} == {"Hibernating"}
    assert {"Hibernating": 1}[UNKNOWN] == 1
    assert UNKNOWN != EndpointStatus.IN_SERVICE


def test_unknown_is_not_kept() -> None:
    """Meeting an unknown value does not make it one of the enum's own."""
    assert "Hibernating" not in [member.value for member in EndpointStatus]
    assert EndpointStatus("Hibernating").is_unknown


@pytest.mark.parametrize("status", [UNKNOWN, EndpointStatus.IN_SERVICE])
def test_survives(status: EndpointStatus) -> None:
    """Known and unknown values survive pickle, copies and JSON."""
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(status, protocol)) == status
        assert type(pickle.loads(pickle.dumps(status, protocol))) is EndpointStatus
    assert copy.copy(status) == copy.deepcopy(status) == status
    assert json.loads(json.dumps({"a": status})) == {"a": status.value}


@pytest.mark.parametrize("value", [5, None, b"InService", object()])
def test_not_a_string(value: Any) -> None:
    """What is no string is no value of an enum."""
    with pytest.raises(ValueError, match="not a valid"):
        EndpointStatus(value)


def test_match() -> None:
    """A known value works in a match statement."""
    match EndpointStatus("Failed"):
        case EndpointStatus.FAILED:
            found = True
        case _:
            found = False
    assert found


def test_in_a_member() -> None:
    """A member takes the enum, a string or another enum's value, and holds its own enum."""
    for given in ("ml.m5.xlarge", ProductionVariant(variant_name="v", instance_type="ml.m5.xlarge").instance_type):
        variant = ProductionVariant(variant_name="v", instance_type=given)
        assert type(variant.instance_type).__name__ == "ProductionVariantInstanceType"
    stranger = ProductionVariant(variant_name="v", instance_type=TrainingJobStatus.FAILED)
    assert type(stranger.instance_type).__name__ == "ProductionVariantInstanceType"
    assert stranger.instance_type.is_unknown
    assert type(stranger.to_dict()["InstanceType"]) is str


def test_unknown_is_never_refused() -> None:
    """An unknown value passes every check, survives on the way to the service and in its answers."""
    variant = ProductionVariant(variant_name="v", model_name="m", instance_type="ml.quantum.1")
    variant.validate()
    assert variant.to_dict()["InstanceType"] == "ml.quantum.1"
    assert '"InstanceType":"ml.quantum.1"' in variant.to_json()
    assert ProductionVariant.from_json(variant.to_json()) == variant
    assert hash(pickle.loads(pickle.dumps(variant))) == hash(variant)
    response = DescribeEndpointResponse.from_dict({"EndpointStatus": "Hibernating"})
    assert response.endpoint_status == UNKNOWN
    assert DescribeEndpointResponse.from_dict(response.to_dict()) == response


def test_empty() -> None:
    """The empty string is an unknown value like another."""
    assert EndpointStatus("").is_unknown
    assert EndpointStatus("") == ""
    assert pickle.loads(pickle.dumps(EndpointStatus(""))) == ""
