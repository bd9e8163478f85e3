"""Waiting for what a change brings about, by the poll loop of all waits, within one time for the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .._clock import seconds
from .._errors import NotFound, SdkError, WaiterFailed, WaiterTimeout
from ..sagemaker.endpoint_goal import EndpointGoal, EndpointTarget
from ..sagemaker.models import NAMESPACE
from ..sagemaker.settling import settling
from ..waiters import PollLoop, Waiter
from .planning import ON_THE_WAY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .._clock import Duration
    from .events import Teller
    from .observed import Observed

TIMEOUT = 7200.0
"""The seconds that a deployment or a teardown may take where the caller does not say."""
MIN_DELAY, MAX_DELAY = 1.0, 30.0
"""The seconds between polls, from the first to the longest: a person is watching."""


class Waits:
    """The waits of one deployment or teardown."""

    def __init__(self, client: Any, teller: Teller, timeout: Duration | None) -> None:
        self._client = client
        self._teller = teller
        self._timeout = TIMEOUT if timeout is None else seconds(timeout)

    @property
    def remaining(self) -> float:
        """The seconds that are left. Raises WaiterTimeout if none are."""
        left = self._timeout - self._teller.elapsed
        if left <= 0:
            raise WaiterTimeout(f"not done within {self._timeout:g} s")
        return left

    async def in_service(self, endpoint_name: str, target: EndpointTarget, before: Any = None) -> Any:
        """Wait for an endpoint to be what was asked for; `before` is its description from before it was asked.

        Raises WaiterFailed, RolledBack or WaiterTimeout.
        """
        operation, name = "DescribeEndpoint", "EndpointInService"
        goal = EndpointGoal(name, target)
        if before is not None:
            # So that an end that comes before the first poll is not taken for what was there before.
            goal.saw(before)
        waiter: Waiter[Any] = Waiter(
            name,
            settling(NAMESPACE, operation).row(NAMESPACE, operation, None),
            goal=goal,
            clock=self._client._session.clock,
            hooks=self._client._session.given.hooks,
            timeout=self.remaining,
            min_delay=MIN_DELAY,
            max_delay=MAX_DELAY,
        )
        describe = cast(
            "Callable[[], Awaitable[Any]]", lambda: self._client.describe_endpoint(endpoint_name=endpoint_name)
        )
        return await waiter.wait(describe, self._teller.looked)

    async def component_in_service(self, name: str, *, reason: str | None = None) -> Any:
        """Wait for an inference component to be in service as it was asked to be; `reason` is that of an earlier
        failure. Raises WaiterFailed or WaiterTimeout."""
        described = await self.component_settled(name)
        status = str(getattr(described, "inference_component_status", "gone"))
        why = getattr(described, "failure_reason", None)
        if status != "InService" or (why and why != reason):
            text = f"inference component {name} is {status}: {why or 'it did not come to what was asked for'}"
            raise WaiterFailed(text, reason=why, last_response=described)
        return described

    async def endpoint_settled(self, endpoint_name: str) -> Any:
        """Wait until an endpoint is not on its way to another state; None where it is gone."""
        return await self._settled(
            f"endpoint {endpoint_name}",
            "EndpointSettled",
            lambda: self._client.describe_endpoint(endpoint_name=endpoint_name),
            "endpoint_status",
        )

    async def component_settled(self, name: str) -> Any:
        """The same of an inference component."""
        return await self._settled(
            f"inference component {name}",
            "InferenceComponentSettled",
            lambda: self._client.describe_inference_component(inference_component_name=name),
            "inference_component_status",
        )

    async def settled(self, observed: Observed) -> None:
        """Wait for all of an endpoint that was seen on its way."""
        if observed.status in ON_THE_WAY:
            await self.endpoint_settled(observed.endpoint_name)
        for name, found in observed.components.items():
            if str(found.described.inference_component_status) in ON_THE_WAY:
                await self.component_settled(name)

    async def _settled(self, name: str, told_as: str, describe: Callable[[], Awaitable[Any]], member: str) -> Any:
        loop = PollLoop(
            name,
            timeout=self.remaining,
            min_delay=MIN_DELAY,
            max_delay=MAX_DELAY,
            default_timeout=TIMEOUT,
            default_delay=MIN_DELAY,
            clock=self._client._session.clock,
            hooks=self._client._session.given.hooks,
            told_as=told_as,
        )
        gone = False

        def settled(last: Any, error: SdkError | None) -> bool:
            nonlocal gone
            if isinstance(error, NotFound):
                gone = True
                return True
            if error is not None:
                if not error.retryable:
                    raise error
                return False
            return str(getattr(last, member)) not in ON_THE_WAY

        last: Any = None
        async for last in loop.run(describe, settled):
            self._teller.looked(last)
        return None if gone else last
