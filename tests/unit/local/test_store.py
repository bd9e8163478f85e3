"""What is remembered: names, lists and pages."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.errors import AlreadyExists, ValidationException

PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"


async def test_names_regardless_of_case(hosting: Any, make_variant: Any) -> None:
    """A name is taken in any case, is found in any case, and is told as it was given."""
    await hosting.version("a")
    with pytest.raises(AlreadyExists, match=f'Cannot create already existing model "{PREFIX}:model/a"'):
        await hosting.model("A")
    assert (await hosting.sm.describe_model(model_name="A")).model_name == "a"
    with pytest.raises(AlreadyExists, match="existing endpoint configuration"):
        await hosting.sm.create_endpoint_config(
            endpoint_config_name="A",
            production_variants=(
                await hosting.sm.describe_endpoint_config(endpoint_config_name="a")
            ).production_variants,
        )


async def test_lists(hosting: Any) -> None:
    """Lists come in pages, newest first or sorted as asked, and only what is asked for."""
    names = [f"model-{index:02}" for index in range(12)]
    for name in names:
        await hosting.model(name, image="a")
    first = await hosting.sm.list_models()
    assert [item.model_name for item in first.models] == names[:1:-1]
    everything = await hosting.sm.paginate_list_models(sort_by="Name", sort_order="Ascending", page_size=5).collect()
    assert [item.model_name for item in everything] == names
    found = await hosting.sm.list_models(name_contains="-11")
    assert [item.model_name for item in found.models] == ["model-11"]
    middle = everything[5].creation_time
    older = await hosting.sm.paginate_list_models(creation_time_before=middle).collect()
    newer = await hosting.sm.paginate_list_models(creation_time_after=middle).collect()
    assert len(older) + len(newer) >= 12
    with pytest.raises(ValidationException, match="NextToken is of a request with other parameters"):
        await hosting.sm.list_models(next_token=first.next_token, name_contains="x")
    with pytest.raises(ValidationException, match="Invalid NextToken"):
        await hosting.sm.list_models(next_token="!")


async def test_list_endpoints_by_status(hosting: Any) -> None:
    """Endpoints are listed by status."""
    await hosting.version("a")
    await hosting.endpoint("a")
    await hosting.sm.create_endpoint(endpoint_name="late", endpoint_config_name="a")
    creating = await hosting.sm.list_endpoints(status_equals="Creating")
    assert [item.endpoint_name for item in creating.endpoints] == ["late"]
    assert len((await hosting.sm.list_endpoints(sort_by="Status")).endpoints) == 2
