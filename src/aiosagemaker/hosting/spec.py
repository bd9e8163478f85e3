"""What an endpoint should be."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self

import attrs

from .running_spec import running_spec
from .spec_members import SpecMembers
from .spec_text import read_spec, write_spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..application_autoscaling.client import ApplicationAutoScalingClient
    from ..sagemaker.client import SageMakerClient


@attrs.frozen(kw_only=True)
class EndpointSpec(SpecMembers):
    """What an endpoint should be, made of the service's own request classes.

    The names of models and of the configuration are the spec's own: variants and components name a model of `models` by
    them. What `deploy` makes is called by its content. A model that is not among `models` is taken as it is, and never
    removed.

    A copy with one thing changed is `attrs.evolve(spec, ...)`, or `copy.replace` from Python 3.13 on.

    Raises:
        ArgumentError: two models, variants, components or scaling targets have the same name, or something is scaled
            that the spec does not have.
    """

    @classmethod
    def from_yaml(cls, source: str | os.PathLike[str], *, environ: Mapping[str, str] | None = None) -> Self:
        """From YAML or JSON; members have the service's names (`aiosagemaker guide deploying` shows a file).

        Beside the members of CreateEndpointConfig, at the top: EndpointName, Models, DeploymentConfig, Tags,
        InferenceComponents, Scaling, InstanceTypes. `${NAME}` and `${NAME:-default}` are taken from the environment,
        `$${` is `${` itself.

        Args:
            source: the file; or, if it has more than one line, the text itself.
            environ: what `${NAME}` is looked up in. Default: the environment.

        Raises:
            SpecError: it cannot be read, or is no spec; with the lines.
        """
        return cls(**read_spec(source, os.environ if environ is None else environ))

    @classmethod
    async def from_endpoint(
        cls, client: SageMakerClient, endpoint_name: str, *, scaling: ApplicationAutoScalingClient | None = None
    ) -> Self:
        """What an endpoint is now: its configuration, models, tags, components and scaling.

        Args:
            client: the client.
            endpoint_name: the endpoint.
            scaling: the client of Application Auto Scaling. Default: one with the configuration of `client`.

        Raises:
            NotFound: there is no such endpoint, or its configuration is gone.
            SdkError: it could not be described.
        """
        return cls(**await running_spec(client, endpoint_name, scaling))

    def to_dict(self) -> dict[str, Any]:
        """The form that `from_yaml` reads, as dicts and lists."""
        return write_spec(self)
