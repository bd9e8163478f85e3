"""The account and region that are played."""

from __future__ import annotations

import pytest

from aiosagemaker.local import LocalSageMaker, LocalServiceError
from aiosagemaker.local._account import Account
from aiosagemaker.sagemaker import ContainerDefinition


def test_arns() -> None:
    """An ARN is of its region's partition, its service and the account."""
    assert Account("123456789012", "eu-west-1").arn("model/m") == "arn:aws:sagemaker:eu-west-1:123456789012:model/m"
    assert Account("1" * 12, "cn-north-1").arn("x", "logs") == f"arn:aws-cn:logs:cn-north-1:{'1' * 12}:x"


async def test_any_region_and_account() -> None:
    """A service plays the region and account that it is given, to clients of that region."""
    async with LocalSageMaker(region="ap-south-1", account="210987654321") as local, local.client() as client:
        made = await client.create_model(model_name="m", primary_container=ContainerDefinition(image="i"))
        assert made.model_arn == "arn:aws:sagemaker:ap-south-1:210987654321:model/m"


@pytest.mark.parametrize("given", [{"account": "12"}, {"region": "eu west"}, {"region": ""}])
def test_no_account(given: dict[str, str]) -> None:
    """What is no account number or region is refused at once."""
    with pytest.raises(LocalServiceError, match="no account or region"):
        LocalSageMaker(**given)  # type: ignore[arg-type]  # each is text
