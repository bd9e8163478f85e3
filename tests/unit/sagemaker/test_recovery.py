"""What the control plane's client sees through: what it just made, and answers that were lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import RetryConfig, SageMakerClient
from aiosagemaker.errors import NotFound
from aiosagemaker.sagemaker import ProductionVariant
from aiosagemaker.sagemaker.recovery import RECENT, ControlPlaneRecovery

if TYPE_CHECKING:
    from collections.abc import Callable

ARN = "arn:aws:sagemaker:us-east-1:123456789012"
INVISIBLE = f'Could not find endpoint configuration "{ARN}:endpoint-config/c".'
NO_MODEL = f'Could not find model "{ARN}:model/m".'
VARIANT = ProductionVariant(variant_name="v", model_name="m", instance_type="ml.m5.xlarge", initial_instance_count=1)


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that another test made is remembered."""
    monkeypatch.setattr(SageMakerClient, "_recovery", ControlPlaneRecovery())


async def make_config(client: SageMakerClient, server: Any) -> None:
    server.answer({"EndpointConfigArn": f"{ARN}:endpoint-config/c"})
    await client.create_endpoint_config(endpoint_config_name="c", production_variants=[VARIANT])


@pytest.mark.parametrize("operation", ["create_endpoint", "update_endpoint"])
async def test_a_configuration_just_made_may_be_invisible(operation: str, client: SageMakerClient, server: Any) -> None:
    """Creating and updating an endpoint ask again for a configuration that this process has just made."""
    await make_config(client, server)
    server.refuse("ValidationException", INVISIBLE)
    server.refuse("ValidationException", INVISIBLE)
    server.refuse("ValidationException", INVISIBLE)
    server.refuse("ValidationException", INVISIBLE)
    server.answer({"EndpointArn": f"{ARN}:endpoint/e"})
    response = await getattr(client, operation)(endpoint_name="e", endpoint_config_name="c")
    assert response.endpoint_arn.endswith("/e")
    assert response.response_metadata.attempts == 5
    assert response.response_metadata.total_retry_delay > 0
    assert len(server.received) == 6


async def test_a_mistyped_name_fails_at_once(client: SageMakerClient, server: Any) -> None:
    """A configuration that this process did not make is not waited for."""
    await make_config(client, server)
    server.refuse("ValidationException", INVISIBLE)
    with pytest.raises(NotFound) as raised:
        await client.create_endpoint(endpoint_name="e", endpoint_config_name="d")
    assert raised.value.attempts == 1


async def test_other_refusals_with_the_same_code_stand(client: SageMakerClient, server: Any) -> None:
    """Only the words for an invisible configuration are seen through."""
    await make_config(client, server)
    server.refuse("ValidationException", "Could not find endpoint fleet.")
    with pytest.raises(NotFound):
        await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
    assert len(server.received) == 2


async def test_the_window_closes(client: SageMakerClient, server: Any, clock: Any) -> None:
    """A configuration that stays invisible is given up after the window."""
    await make_config(client, server)
    server.refuse("ValidationException", INVISIBLE)
    before = clock.now
    with pytest.raises(NotFound):
        await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
    assert 9.9 <= clock.now - before <= 10.1


async def test_only_what_was_made_lately_counts(client: SageMakerClient, server: Any, clock: Any) -> None:
    """A minute later the configuration counts as visible."""
    await make_config(client, server)
    clock.now += RECENT + 11
    server.refuse("ValidationException", INVISIBLE)
    with pytest.raises(NotFound):
        await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
    assert len(server.received) == 2


@pytest.mark.parametrize(("setting", "attempts"), [("always", 2), ("off", 1)])
async def test_the_setting_decides(setting: str, attempts: int, make_client: Callable[..., Any], server: Any) -> None:
    """`always` waits for what another process made, `off` for nothing."""
    client = make_client(retry=RetryConfig(consistency_retry=setting))
    if setting == "off":
        await make_config(client, server)
    server.received.clear()
    server.refuse("ValidationException", INVISIBLE)
    server.answer({"EndpointArn": f"{ARN}:endpoint/e"})
    if attempts == 1:
        with pytest.raises(NotFound):
            await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
    else:
        await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
    assert len(server.received) == attempts


async def test_a_model_just_made_may_be_invisible(client: SageMakerClient, server: Any) -> None:
    """Creating a configuration asks again for a model that this process has just made."""
    server.answer({"ModelArn": f"{ARN}:model/m"})
    await client.create_model(model_name="m", execution_role_arn=f"{ARN}:role/service-role")
    server.refuse("ValidationException", NO_MODEL)
    server.answer({"EndpointConfigArn": f"{ARN}:endpoint-config/c"})
    response = await client.create_endpoint_config(endpoint_config_name="c", production_variants=[VARIANT])
    assert response.response_metadata.attempts == 2
