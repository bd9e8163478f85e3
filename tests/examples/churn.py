"""A user's service, as the tests beside it have it: it scores customers, and moves an endpoint to a new version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiosagemaker.errors import NotFound, ServiceError, TransportError

if TYPE_CHECKING:
    from aiosagemaker import SageMakerClient, SageMakerRuntimeClient


class Unavailable(Exception):
    """Nobody can be scored for now."""


@dataclass(frozen=True)
class Customer:
    """Who may leave."""

    months: int
    plan: str


class Churn:
    """Scores, and the endpoint that they come from."""

    def __init__(self, control: SageMakerClient, runtime: SageMakerRuntimeClient, endpoint: str = "churn") -> None:
        self._control = control
        self._runtime = runtime
        self._endpoint = endpoint

    async def score(self, customer: Customer) -> float:
        """How likely the customer is to leave, from 0 to 1. Raises Unavailable."""
        row = f"{customer.months},{customer.plan}"
        try:
            answer = await self._runtime.invoke_endpoint(
                endpoint_name=self._endpoint, body=row, content_type="text/csv"
            )
        except (ServiceError, TransportError) as error:
            raise Unavailable(self._endpoint) from error
        return float(answer.body)

    async def version(self) -> str | None:
        """The configuration that the endpoint has, or None if there is no endpoint."""
        try:
            endpoint = await self._control.describe_endpoint(endpoint_name=self._endpoint)
        except NotFound:
            return None
        return endpoint.endpoint_config_name

    async def move(self, version: str) -> None:
        """Give the endpoint another configuration, and wait until it has it. Nothing is done if it has it already."""
        if await self.version() == version:
            return
        await self._control.update_endpoint(endpoint_name=self._endpoint, endpoint_config_name=version)
        await self._control.wait_until_endpoint_in_service(endpoint_name=self._endpoint, endpoint_config_name=version)
