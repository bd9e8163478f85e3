"""Why an endpoint failed: the service's reason, what kind it is, and what the container wrote last."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from .._errors import NotFound, RolledBack, SdkError, WaiterFailed
from .._failure_kinds import FailureKind, failure_kind
from .companions import Companions
from .logs import component_group, endpoint_group, last_lines

if TYPE_CHECKING:
    from ..sagemaker.client import SageMakerClient
    from ..sagemaker.models import DescribeEndpointResponse, DescribeInferenceComponentResponse
    from .logs import LogLine

LINES = 20
"""How many lines of the log a failure has."""
_VARIANT = re.compile(r"[Vv]ariant[ :]+\"?([a-zA-Z0-9](?:-*[a-zA-Z0-9])*)")

_ADVICE = {
    FailureKind.CAPACITY: "try again later, or name other instance types in instance_types",
    FailureKind.QUOTA: "ask for a higher quota (Service Quotas), or take fewer or other instances",
    FailureKind.IMAGE: "check that the image exists in the region and is built for the instance's architecture",
    FailureKind.PERMISSIONS: "check the execution role's policies and its trust in sagemaker.amazonaws.com",
    FailureKind.HEALTH_CHECK: "the container must answer GET /ping in time: its log says what it did instead",
    FailureKind.ALARM: "the new version tripped an alarm of the deployment",
    FailureKind.MODEL_DATA: "check that the model data exists and can be read by the execution role",
    FailureKind.TIMEOUT: "give it more time, or find out from the log what takes so long",
    FailureKind.UNKNOWN: "the reason and the log are all that is known",
}


@attrs.frozen(kw_only=True)
class Failure:
    """Why an endpoint, or an inference component on it, is not what was asked for."""

    endpoint_name: str
    status: str
    """The endpoint's; `gone` if it is not there any more."""
    kind: FailureKind
    reason: str
    """The service's words; empty if it gives none."""
    variant: str = ""
    """The variant that the reason names."""
    component: str = ""
    """The inference component, if it is one that failed."""
    log: tuple[LogLine, ...] = ()
    """The last lines that the container wrote, the latest last."""
    log_error: str = ""
    """Why there are no lines, where they could not be read."""

    @property
    def advice(self) -> str:
        """What helps against failures of the kind."""
        return _ADVICE[self.kind]

    def __bool__(self) -> bool:
        return bool(self.reason) or self.status in ("Failed", "UpdateRollbackFailed", "OutOfService")

    def __str__(self) -> str:
        what = f"inference component {self.component} of {self.endpoint_name}" if self.component else self.endpoint_name
        if not self:
            return f"{what} is {self.status}, and has failed in nothing that the service tells"
        where = f", variant {self.variant}" if self.variant else ""
        lines = [f"{what} ({self.status}{where}): {self.kind}", f"  {self.reason or 'no reason was given'}"]
        lines.append(f"  {self.advice}")
        lines += [f"  | {part}" for line in self.log for part in str(line).splitlines()]
        lines += [f"  no log: {self.log_error}"] if self.log_error else []
        return "\n".join(lines)


class DeploymentFailed(WaiterFailed["DescribeEndpointResponse | DescribeInferenceComponentResponse"]):
    """A version did not come up. `failure` says why; `left` what became of what was made for it."""

    failure: Failure
    left: str

    def __init__(
        self,
        failure: Failure,
        left: str,
        *,
        last_response: DescribeEndpointResponse | DescribeInferenceComponentResponse | None = None,
    ) -> None:
        super().__init__(f"{failure}\n  {left}", reason=failure.reason, last_response=last_response)
        self.failure = failure
        self.left = left

    def __reduce__(self) -> Any:
        return type(self), (self.failure, self.left), self.__dict__


class DeploymentRolledBack(
    DeploymentFailed, RolledBack["DescribeEndpointResponse | DescribeInferenceComponentResponse"]
):
    """A version did not come up, and the endpoint serves what it served before."""


async def failure(client: SageMakerClient, endpoint_name: str, *, lines: int = LINES, logs: Any = None) -> Failure:
    """Why an endpoint failed or was rolled back: the first inference component on it that failed, else the endpoint.

    Args:
        client: the client.
        endpoint_name: the endpoint.
        lines: how many lines of the container's log. Default 20; 0 reads none.
        logs: the client of CloudWatch Logs. Default: one with the configuration of `client`.

    Returns:
        What is known; falsy if nothing failed.

    Raises:
        NotFound: there is no such endpoint.
        SdkError: it could not be described.
    """
    async with Companions(client, given_logs=logs) as companions:
        return await find_failure(companions, endpoint_name, lines=lines)


async def find_failure(
    companions: Companions, endpoint_name: str, *, lines: int = LINES, error: WaiterFailed | None = None
) -> Failure:
    """The same, of a failure that was just seen: `error` has the reason, should the endpoint have none."""
    client: Any = companions.client
    try:
        endpoint = await client.describe_endpoint(endpoint_name=endpoint_name)
    except NotFound:
        if error is None:
            raise
        endpoint = error.last_response
    seen = None if error is None else error.last_response
    component = seen if hasattr(seen, "inference_component_name") else None
    if component is None and error is None:
        component = await _failed_component(client, endpoint_name)
    source = endpoint if component is None else component
    reason = getattr(source, "failure_reason", None) or (error.reason if error is not None else None) or ""
    found = _VARIANT.search(reason)
    name = "" if component is None else str(component.inference_component_name)
    made = Failure(
        endpoint_name=endpoint_name,
        status=str(getattr(endpoint, "endpoint_status", "gone")),
        kind=failure_kind(reason),
        reason=reason,
        variant=found[1] if found else "",
        component=name,
    )
    if not made or not lines:
        return made
    group = component_group(name) if name else endpoint_group(endpoint_name)
    try:
        log = await last_lines(companions.logs, group, lines, stream_prefix="" if name else made.variant)
    except SdkError as unread:
        return attrs.evolve(made, log_error=str(unread))
    return attrs.evolve(made, log=log)


async def _failed_component(client: Any, endpoint_name: str) -> Any:
    listing = client.paginate_list_inference_components(endpoint_name_equals=endpoint_name, status_equals="Failed")
    async for summary in listing:
        return await client.describe_inference_component(inference_component_name=summary.inference_component_name)
    return None
