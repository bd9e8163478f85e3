"""What is accepted by AWS and not played here: refused, or warned about once, and never ignored.

What is kept without a word has no effect that a caller or a container could see on this machine: roles, keys of KMS,
tags, sizes of volumes, instance types.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from ._refusals import invalid, wire_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._shapes.structure import Request

_CONTAINER = (
    "image_config",
    "additional_model_data_sources",
    "model_package_name",
    "inference_specification_name",
    "container_metrics_config",
    "model_data_source.s3_data_source.model_access_config.accept_eula",
    "model_data_source.s3_data_source.hub_access_config",
    "model_data_source.s3_data_source.manifest_s3_uri",
)
_VARIANT = (
    "instance_pools",
    "accelerator_type",
    "core_dump_config",
    "enable_ssm_access",
    "capacity_reservation_config",
    "accelerator_partition_layouts",
    "routing_config.prefix_aware_routing_config",
    "managed_instance_scaling.scale_in_policy",
)
_COMPONENT = (
    "specifications",
    "specification.base_inference_component_name",
    "specification.container.container_metrics_config",
    "specification.data_cache_config",
    "specification.scheduling_config",
)
NOT_PLAYED: dict[str, tuple[str, ...]] = {
    "CreateModel": (
        "vpc_config",
        "enable_network_isolation",
        *(f"{where}.{name}" for where in ("primary_container", "containers") for name in _CONTAINER),
    ),
    "CreateEndpointConfig": (
        "explainer_config",
        "vpc_config",
        "enable_network_isolation",
        "metrics_config",
        "cross_region_traffic_config",
        *(f"{where}.{name}" for where in ("production_variants", "shadow_production_variants") for name in _VARIANT),
    ),
    "CreateInferenceComponent": _COMPONENT,
    "UpdateInferenceComponent": _COMPONENT,
    "InvokeEndpoint": ("enable_explanations", "prefix_aware_id"),
    "InvokeEndpointWithResponseStream": ("prefix_aware_id",),
}
"""Members by operation, in Python's names; a list's are those of its items."""


class Strictness:
    """Whether what is not played is refused."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self._warned: set[str] = set()

    def check(self, request: Request[Any]) -> None:
        """Raises the refusal of members that are not played, or warns about each once."""
        for member in NOT_PLAYED.get(request.__operation__, ()):
            for path, value in _found(request, member.split("."), ""):
                if value is not None and value is not False:
                    self.unplayed(wire_path(request, path))

    def unplayed(self, what: str, where: str = "") -> None:
        """Raises the refusal of something that is not played, or warns about it once."""
        text = f"{what} is not offered by aiosagemaker.local{where}"
        if self.strict:
            raise invalid(f"{text}. With strict=False it is warned about, and passed over.")
        if what not in self._warned:
            self._warned.add(what)
            warnings.warn(f"{text}: it is passed over", stacklevel=2)


def _found(value: Any, names: list[str], path: str) -> Iterator[tuple[str, Any]]:
    if value is None:
        return
    if value.__class__ is tuple:
        for index, item in enumerate(value):
            yield from _found(item, names, f"{path}[{index}]")
    elif not names:
        yield path, value
    else:
        yield from _found(getattr(value, names[0], None), names[1:], f"{path}.{names[0]}".removeprefix("."))
