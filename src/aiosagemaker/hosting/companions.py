"""The clients of other services that hosting needs, made with the configuration of SageMaker's own client."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Self

import attrs
from yarl import URL

from .._client_for import client_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from .._config.config import Config
    from ..application_autoscaling.client import ApplicationAutoScalingClient
    from ..sagemaker.client import SageMakerClient

_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


@attrs.define
class Companions:
    """Each is made when it is first asked for, and closed with this if it was made here."""

    client: SageMakerClient
    given_scaling: ApplicationAutoScalingClient | None = None
    given_logs: Any = None
    _made: dict[str, Any] = attrs.field(init=False, factory=dict[str, Any])

    @property
    def scaling(self) -> Any:
        """Application Auto Scaling."""
        if self.given_scaling is not None:
            return self.given_scaling
        from ..application_autoscaling.client import ApplicationAutoScalingClient

        return self._one("application-autoscaling", ApplicationAutoScalingClient)

    @property
    def cloudwatch(self) -> Any:
        """CloudWatch."""
        return self._one("cloudwatch", partial(client_for, "cloudwatch"))

    @property
    def logs(self) -> Any:
        """CloudWatch Logs."""
        return self.given_logs if self.given_logs is not None else self._one("logs", partial(client_for, "logs"))

    def of(self, request: Any) -> Any:
        """The client of the service that a request is for."""
        match request.__namespace__.schema.metadata.get("name"):
            case "application-autoscaling":
                return self.scaling
            case "cloudwatch":
                return self.cloudwatch
            case _:
                return self.client

    def _one(self, service: str, make: Callable[[Config], Any]) -> Any:
        if service not in self._made:
            self._made[service] = make(companion_config(self.client))
        return self._made[service]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        made, self._made = self._made, {}
        for each in made.values():
            if each.config.transport is None:  # which is the user's, and not ended by us
                await each.close()


def companion_config(client: SageMakerClient) -> Config:
    """What the client was given. An endpoint URL is taken along unless it is AWS's own, which is SageMaker's alone:
    what stands for AWS (the local service, an emulator) has every service at one address."""
    given = client._session.given
    host = URL(given.endpoint_url or "").host or ""
    if not host.endswith(_AWS):
        return given
    return type(given)(**{name: value for name, value in given.given().items() if name != "endpoint_url"})
