"""Annotations and signatures of the built classes."""

from __future__ import annotations

import inspect
import subprocess
import sys
import typing
from collections.abc import Mapping
from datetime import datetime

from aiosagemaker._shapes.annotations import argument_type, value_type
from aiosagemaker.sagemaker import (
    ContainerDefinition,
    CreateEndpointConfigRequest,
    DescribeEndpointResponse,
    EndpointStatus,
    ProductionVariant,
    ProductionVariantSummary,
    SearchExpression,
    Tag,
)
from aiosagemaker.sagemaker.models import NAMESPACE


def test_type_hints() -> None:
    """`get_type_hints` gives the types of what is stored, optional ones with None."""
    hints = typing.get_type_hints(DescribeEndpointResponse)
    assert hints["endpoint_name"] is str
    assert hints["endpoint_status"] is EndpointStatus
    assert hints["creation_time"] is datetime
    assert hints["failure_reason"] == str | None
    assert hints["production_variants"] == tuple[ProductionVariantSummary, ...] | None
    assert typing.get_type_hints(ContainerDefinition)["environment"] == Mapping[str, str] | None


def test_recursive_type_hints() -> None:
    """A class that holds its own kind has hints that name itself."""
    assert typing.get_type_hints(SearchExpression)["sub_expressions"] == tuple[SearchExpression, ...] | None


def test_annotations_are_a_dict() -> None:
    """`__annotations__` has the members in the model's order however it is read."""
    names = [member["name"] for member in NAMESPACE.shapes["ProductionVariant"]["members"].values()]
    raw = vars(ProductionVariant)["__annotations__"]
    assert (list(dict(raw)), len(raw), raw.get("variant_name")) == (names, len(names), str)
    assert list(inspect.get_annotations(ProductionVariant)) == names
    assert list(ProductionVariant.__annotations__) == names
    assert ProductionVariant.__annotations__["variant_name"] is str
    assert list(ProductionVariant.__annotations__.keys()) == names
    assert len(ProductionVariant.__annotations__) == len(names)
    assert "variant_name" in ProductionVariant.__annotations__


def test_signature() -> None:
    """The constructor's signature says what it takes, in words, and which members must be given."""
    signature = inspect.signature(CreateEndpointConfigRequest)
    assert signature.parameters["endpoint_config_name"].default is inspect.Parameter.empty
    assert signature.parameters["endpoint_config_name"].annotation == "str"
    assert signature.parameters["tags"].default is None
    assert signature.parameters["tags"].annotation == "Iterable[Tag] | None"
    assert inspect.signature(ProductionVariant).parameters["instance_type"].annotation == (
        "ProductionVariantInstanceType | str | None"
    )
    assert str(inspect.signature(Tag)) == "(*, key: 'str', value: 'str') -> 'None'"


def test_every_shape_has_a_type() -> None:
    """Every shape has the type of its values and the words for its argument."""
    for name, row in NAMESPACE.shapes.items():
        if "error" not in row:
            assert value_type(NAMESPACE, name) is not None
            assert argument_type(NAMESPACE, name) not in ("", "Any")


def test_hints_are_lazy() -> None:
    """Building a class builds none of those that it names."""
    code = "from aiosagemaker.sagemaker import CreateEndpointRequest, models;print(sorted(models.NAMESPACE._classes))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['CreateEndpointRequest']"
