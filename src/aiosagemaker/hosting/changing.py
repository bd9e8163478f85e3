"""Making one change, and waiting for what it brings about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._errors import ServiceError
from ..sagemaker.endpoint_goal import EndpointTarget
from .observed import is_gone
from .scaling_spec import SERVICE, component_resource
from .waking import POLICY, component_of

if TYPE_CHECKING:
    from .companions import Companions
    from .events import Teller
    from .plans import Change
    from .waiting import Waits


class Changer:
    """Makes the changes of a plan."""

    def __init__(self, companions: Companions, teller: Teller, waits: Waits) -> None:
        self._companions = companions
        self._teller = teller
        self.waits = waits

    async def make(self, change: Change) -> None:
        """Send what a change sends, and wait. What is to be removed and is gone already is removed.

        Raises:
            ResourceBusy: somebody else is changing it.
            WaiterFailed: it did not come to be; RolledBack among them.
            WaiterTimeout: the time is up.
            SdkError: the service refused, or could not be reached.
        """
        request: Any = change.request
        _ = self.waits.remaining
        self._teller.change(change)
        if request.__operation__ == "PutMetricAlarm":
            request = await self._acting(request)
        client = self._companions.of(request)
        before = await self._before(request)
        try:
            await client.send(request)
        except ServiceError as error:
            if not (request.__operation__.startswith(("Delete", "Deregister")) and is_gone(error)):
                raise
        await self._wait(request, before)

    async def _acting(self, alarm: Any) -> Any:
        """An alarm with the policy that it acts by, which has an ARN since it was put."""
        resource = component_resource(component_of(alarm))
        found = await self._companions.scaling.describe_scaling_policies(
            service_namespace=SERVICE, resource_id=resource, policy_names=[POLICY]
        )
        return alarm.with_alarm_actions([policy.policy_arn for policy in found.scaling_policies or ()])

    async def _before(self, request: Any) -> Any:
        """The description of what is to be updated, which tells an old failure from a new one."""
        client: Any = self._companions.client
        match request.__operation__:
            case "UpdateEndpoint" | "UpdateEndpointWeightsAndCapacities":
                return await client.describe_endpoint(endpoint_name=request.endpoint_name)
            case "UpdateInferenceComponent":
                name = request.inference_component_name
                return await client.describe_inference_component(inference_component_name=name)
            case _:
                return None

    async def _wait(self, request: Any, before: Any) -> None:
        waits = self.waits
        match request.__operation__:
            case "CreateEndpoint" | "UpdateEndpoint":
                target = EndpointTarget(endpoint_config_name=request.endpoint_config_name)
                await waits.in_service(request.endpoint_name, target, before)
            case "UpdateEndpointWeightsAndCapacities":
                target = EndpointTarget(desired_weights_and_capacities=request.desired_weights_and_capacities)
                await waits.in_service(request.endpoint_name, target, before)
            case "DeleteEndpoint":
                await waits.endpoint_settled(request.endpoint_name)
            case "CreateInferenceComponent" | "UpdateInferenceComponent":
                await waits.component_in_service(
                    request.inference_component_name, reason=getattr(before, "failure_reason", None)
                )
            case "DeleteInferenceComponent":
                await waits.component_settled(request.inference_component_name)
            case _:
                pass
