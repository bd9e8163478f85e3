"""What there is, made up for the planners."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from aiosagemaker.application_autoscaling import ScalableTarget
from aiosagemaker.hosting.names import OWNER_TAG
from aiosagemaker.hosting.observed import Found, Observed
from aiosagemaker.hosting.versions import spec_tags, version_of
from aiosagemaker.sagemaker import DescribeEndpointConfigResponse, DescribeEndpointResponse, DescribeModelResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiosagemaker.hosting import EndpointSpec

ARN = "arn:aws:sagemaker:us-east-1:123456789012:"
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def seen(
    *specs: EndpointSpec,
    status: str = "InService",
    tags: Mapping[str, str] | None = None,
    targets: Mapping[tuple[str, str], ScalableTarget] | None = None,
    counts: int = 1,
) -> Observed:
    """An endpoint on which these specs were deployed one after the other, the last in force."""
    configs, models = dict[str, Found](), dict[str, Found]()
    for minutes, spec in enumerate(specs):
        version, when = version_of(spec), START + dt.timedelta(minutes=minutes)
        own = spec_tags(spec)
        for name, model in version.models.items():
            members = {**model.to_dict(), "ModelArn": f"{ARN}model/{name}", "CreationTime": when}
            models.setdefault(name, Found(described=DescribeModelResponse.from_dict(_plain(members)), tags=own))
        members = {
            **version.config.to_dict(),
            "EndpointConfigArn": f"{ARN}endpoint-config/{version.name}",
            "CreationTime": when,
        }
        configs[version.name] = Found(described=DescribeEndpointConfigResponse.from_dict(_plain(members)), tags=own)
    last = specs[-1]
    endpoint = DescribeEndpointResponse.from_dict(
        {
            "EndpointName": last.endpoint_name,
            "EndpointArn": f"{ARN}endpoint/{last.endpoint_name}",
            "EndpointConfigName": version_of(last).name,
            "EndpointStatus": status,
            "CreationTime": START,
            "LastModifiedTime": START,
            "ProductionVariants": [
                {"VariantName": "main", "DesiredWeight": 1.0, "DesiredInstanceCount": counts},
            ],
        }
    )
    return Observed(
        endpoint_name=last.endpoint_name,
        endpoint=Found(described=endpoint, tags={OWNER_TAG: last.endpoint_name, **(tags or {})}),
        configs=configs,
        models=models,
        components={},
        targets=targets or {},
        policies={},
        alarms={},
    )


def _plain(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if key != "Tags"}


def target(resource: str, low: int, high: int) -> ScalableTarget:
    """A scalable target of a variant."""
    return ScalableTarget.from_dict(
        {
            "ServiceNamespace": "sagemaker",
            "ResourceId": resource,
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
            "MinCapacity": low,
            "MaxCapacity": high,
            "RoleARN": "r",
            "CreationTime": START,
        }
    )
