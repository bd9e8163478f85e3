"""Names of the model in Python."""

from __future__ import annotations

import keyword

import pytest
from botocore import xform_name

from aiosagemaker._model.names import RESERVED_MEMBERS, enum_name, enum_names, member_name, member_names
from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.sagemaker.models import NAMESPACE


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("EndpointName", "endpoint_name"),
        ("MaxPendingTimeInSeconds", "max_pending_time_in_seconds"),
        ("S3Uri", "s3_uri"),
        ("KmsKeyId", "kms_key_id"),
        ("VPCConfig", "vpc_config"),
        ("already_snake", "already_snake"),
        ("Lambda", "lambda_"),
        ("class", "class_"),
        ("None", "none"),
        ("Self", "self_"),
        ("Validate", "validate_"),
        ("ToDict", "to_dict_"),
        ("ResponseMetadata", "response_metadata_"),
        ("X-Amz-Target", "x__amz__target"),
        ("3D", "_3_d"),
    ],
)
def test_member_name(wire: str, name: str) -> None:
    """A member has botocore's name for it, with an underscore where Python or a structure has the name already."""
    assert member_name(wire) == name
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert name not in RESERVED_MEMBERS


def test_members_that_meet() -> None:
    """Two members of one structure that would have one name are refused."""
    assert member_names(["EndpointName", "Tags"]) == {"EndpointName": "endpoint_name", "Tags": "tags"}
    with pytest.raises(ValueError, match="meet"):
        member_names(["EndpointName", "endpointName"])


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("InService", "IN_SERVICE"),
        ("ml.m5.xlarge", "ML_M5_XLARGE"),
        ("CREATE_FAILED", "CREATE_FAILED"),
        ("application/x-image", "APPLICATION_X_IMAGE"),
        ("1.0", "VALUE_1_0"),
        ("*", "EMPTY"),
        ("", "EMPTY"),
        ("py3", "PY3"),
        ("a b", "A_B"),
    ],
)
def test_enum_name(value: str, name: str) -> None:
    """An enum's member is named in upper case after its value."""
    assert enum_name(value) == name
    assert name.isidentifier()


def test_enum_values_that_meet() -> None:
    """Values whose names would meet are told apart by a number, in the model's order."""
    assert enum_names(["a-b", "a.b", "*", "+"]) == {"A_B": "a-b", "A_B_2": "a.b", "EMPTY": "*", "EMPTY_2": "+"}


def test_every_name_of_the_service() -> None:
    """Every member, method and enum value of the service has a usable name, and operations botocore's."""
    for row in NAMESPACE.shapes.values():
        names = [member["name"] for member in row.get("members", {}).values()] + list(row.get("values", {}))
        assert all(name.isidentifier() and not keyword.iskeyword(name) for name in names)
        assert len(set(names)) == len(names)
    for name, operation in NAMESPACE.schema.operations.items():
        assert operation["method"] == xform_name(name)


def test_odd_names_make_a_class() -> None:
    """Members with the names of a structure's own methods live beside them."""
    shapes = {
        "Odd": {
            "type": "structure",
            "members": {name: {"shape": "Text"} for name in ("ToDict", "Validate", "Self", "FromJson", "HttpStatus")},
        },
        "Text": {"type": "string"},
    }
    service = {"metadata": {"protocol": "json"}, "operations": {}, "shapes": shapes}
    odd = Namespace("odd", Schema(build_schema(service)))["Odd"](to_dict_="a", self_="b")
    assert odd.to_dict() == {"ToDict": "a", "Self": "b"}
    assert odd.with_validate("c").without_to_dict().to_dict() == {"Validate": "c", "Self": "b"}
