"""What is not played is refused, or warned about once."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from aiosagemaker.errors import ValidationException
from aiosagemaker.local import LocalSageMaker
from aiosagemaker.local._strictness import NOT_PLAYED, Strictness
from aiosagemaker.sagemaker import (
    ContainerDefinition,
    CreateModelRequest,
    ProductionVariant,
    VpcConfig,
)
from aiosagemaker.sagemaker.models import NAMESPACE as CONTROL
from aiosagemaker.sagemaker_runtime.models import NAMESPACE as RUNTIME

VPC = VpcConfig(security_group_ids=["sg-1"], subnets=["subnet-1"])


def request(**members: Any) -> CreateModelRequest:
    return CreateModelRequest(model_name="m", primary_container=ContainerDefinition(image="i", **members))


def test_refused() -> None:
    """A strict service names each member that it does not play, in the wire's words."""
    strict = Strictness(True)
    with pytest.raises(ValidationException, match=r"VpcConfig is not offered by aiosagemaker\.local"):
        strict.check(request().with_vpc_config(VPC))
    with pytest.raises(ValidationException, match=r"PrimaryContainer\.ModelPackageName is not offered"):
        strict.check(request(model_package_name="p"))
    strict.check(request().with_enable_network_isolation(False))
    strict.check(request())


def test_warned_about_once() -> None:
    """A lenient one warns about each once, and goes on."""
    lenient = Strictness(False)
    with pytest.warns(UserWarning, match="VpcConfig is not offered by aiosagemaker.local: it is passed over"):
        lenient.check(request().with_vpc_config(VPC))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lenient.check(request().with_vpc_config(VPC))


@pytest.mark.parametrize("operation", NOT_PLAYED)
def test_members_exist(operation: str) -> None:
    """Every member of the table is one of its operation's."""
    namespace = CONTROL if operation in CONTROL.schema.operations else RUNTIME
    for path in NOT_PLAYED[operation]:
        row = namespace.operation(operation).input_row
        for name in path.split("."):
            shape = next((each["shape"] for each in row["members"].values() if each["name"] == name), None)
            assert shape is not None, path
            row = namespace.shapes[shape]
            row = namespace.shapes[row["item"]] if row["type"] == "list" else row


async def test_over_http() -> None:
    """A whole service is as strict as it was told to be; lists' items are named by their place."""
    from aiosagemaker import RetryConfig

    async with LocalSageMaker() as local, local.client(retry=RetryConfig(max_attempts=1)) as client:
        await client.create_model(model_name="m", primary_container=ContainerDefinition(image="i"))
        variants = [
            ProductionVariant(
                variant_name=name,
                model_name="m",
                instance_type="ml.m5.large",
                initial_instance_count=1,
                enable_ssm_access=name == "b",
            )
            for name in "ab"
        ]
        with pytest.raises(ValidationException, match=r"ProductionVariants\[1\]\.EnableSSMAccess is not offered"):
            await client.create_endpoint_config(endpoint_config_name="c", production_variants=variants)
