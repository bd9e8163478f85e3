"""Members as type checkers see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker._stubs.members import Members
from aiosagemaker.sagemaker.models import NAMESPACE
from aiosagemaker.sagemaker_runtime.models import NAMESPACE as RUNTIME

if TYPE_CHECKING:
    from aiosagemaker._shapes.registry import Registry


def member_of(registry: Registry, structure: str, name: str, *, as_attributes: bool = False) -> Any:
    found = Members(registry).of(structure, as_attributes=as_attributes)
    return next(each for each in found if each.name == name)


@pytest.mark.parametrize(
    ("structure", "name", "attribute", "parameter"),
    [
        ("DescribeEndpointInput", "endpoint_name", "endpoint_name: str", "endpoint_name: str"),
        (
            "ProductionVariant",
            "instance_type",
            "instance_type: ProductionVariantInstanceType | None",
            "instance_type: ProductionVariantInstanceType | _ProductionVariantInstanceTypeValue | None = None",
        ),
        (
            "ContainerDefinition",
            "environment",
            "environment: Mapping[str, str] | None",
            "environment: Mapping[str, str] | None = None",
        ),
        ("CreateEndpointInput", "tags", "tags: tuple[Tag, ...] | None", "tags: Iterable[Tag] | None = None"),
    ],
)
def test_types(structure: str, name: str, attribute: str, parameter: str) -> None:
    """An attribute has the type that is stored, a parameter all that is taken; what is optional may be None."""
    shape = structure if structure in NAMESPACE.shapes else structure.replace("Input", "Request")
    member = member_of(NAMESPACE, shape, name)
    assert (member.attribute, member.parameter) == (attribute, parameter)


def test_a_body() -> None:
    """A request's whole body takes all that can be sent as one."""
    member = member_of(RUNTIME, "InvokeEndpointRequest", "body")
    assert (member.stored, member.taken) == ("Body", "BodyLike")


def test_a_hidden_builtin() -> None:
    """Where an attribute has the name of a builtin type, the type is written with its module."""
    assert member_of(RUNTIME, "PayloadPart", "bytes").stored == "bytes"
    assert member_of(RUNTIME, "PayloadPart", "bytes", as_attributes=True).stored == "builtins.bytes"


def test_facts() -> None:
    """What the model says of a member stands after its wire name, whether it is required first."""
    shape = "DescribeEndpointInput" if "DescribeEndpointInput" in NAMESPACE.shapes else "DescribeEndpointRequest"
    member = member_of(NAMESPACE, shape, "endpoint_name")
    assert member.facts.startswith("`EndpointName`; required; ")
    assert member.facts.endswith(".")
