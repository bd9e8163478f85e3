"""The clients of other services that hosting needs, made with the configuration of SageMaker's own client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import attrs
from yarl import URL

from .._client_for import client_for

if TYPE_CHECKING:
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
    given_cloudwatch: Any = None
    _made: dict[str, Any] = attrs.field(factory=dict[str, Any])

    @property
    def scaling(self) -> Any:
        """Application Auto Scaling."""
        if self.given_scaling is not None:
            return self.given_scaling
        if "scaling" not in self._made:
            from ..application_autoscaling.client import ApplicationAutoScalingClient

            self._made["scaling"] = ApplicationAutoScalingClient(companion_config(self.client))
        return self._made["scaling"]

    @property
    def cloudwatch(self) -> Any:
        """CloudWatch."""
        if self.given_cloudwatch is not None:
            return self.given_cloudwatch
        if "cloudwatch" not in self._made:
            self._made["cloudwatch"] = client_for("cloudwatch", companion_config(self.client))
        return self._made["cloudwatch"]

    def of(self, request: Any) -> Any:
        """The client of the service that a request is for."""
        name = request.__namespace__.schema.metadata.get("name")
        return {"application-autoscaling": lambda: self.scaling, "cloudwatch": lambda: self.cloudwatch}.get(
            str(name), lambda: self.client
        )()

    @property
    def logs(self) -> Any:
        """CloudWatch Logs."""
        if self.given_logs is not None:
            return self.given_logs
        if "logs" not in self._made:
            self._made["logs"] = client_for("logs", companion_config(self.client))
        return self._made["logs"]

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
