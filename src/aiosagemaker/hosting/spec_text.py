"""A spec as text: YAML or JSON, with members in the service's words."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import attrs

from .._errors import ArgumentError, ParamValidationError, Violation
from ..sagemaker.models import NAMESPACE
from .names import OWNER_TAG
from .scaling_spec import ScalingSpec
from .text_nodes import Lines, TextError, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .spec_members import SpecMembers


class SpecError(ParamValidationError):
    """A spec cannot be read. Each violation says where, with the line if it came from a text."""


_CONFIG = "CreateEndpointConfig"
_LISTS = {"Models": ("models", "CreateModel"), "InferenceComponents": ("components", "CreateInferenceComponent")}
_SCALING = {
    "VariantName": "variant_name",
    "InferenceComponentName": "inference_component_name",
    "MinCapacity": "min_capacity",
    "MaxCapacity": "max_capacity",
    "Invocations": "invocations",
    "Concurrency": "concurrency",
    "ScaleInCooldown": "scale_in_cooldown",
    "ScaleOutCooldown": "scale_out_cooldown",
}
_OWN = ("EndpointName", "DeploymentConfig", "Tags", *_LISTS, "Scaling", "InstanceTypes")


def read_spec(source: str | os.PathLike[str], environ: Mapping[str, str]) -> dict[str, Any]:
    """The members of a spec. Raises SpecError; OSError for a file that cannot be read."""
    is_text = isinstance(source, str) and ("\n" in source or source.lstrip().startswith("{"))
    name = "spec" if is_text else os.fspath(source)
    text = str(source) if is_text else Path(source).read_text(encoding="utf-8")
    try:
        data, lines = read_text(text, environ)
    except TextError as error:
        raise SpecError(name, [Violation(error.where, "syntax", error.value, str(error))]) from error
    return _Reading(name, lines).members(data)


class _Reading:
    def __init__(self, name: str, lines: Lines) -> None:
        self._name = name
        self._lines = lines
        self._wrong: list[Violation] = []

    def members(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise SpecError(self._name, [Violation("", "type", data, "a mapping is wanted, with EndpointName in it")])
        given = dict(cast("Mapping[str, Any]", data))
        if "EndpointName" not in given:
            raise SpecError(self._name, [Violation("EndpointName", "required", None, "is required")])
        endpoint = given["EndpointName"]
        config = {key: value for key, value in given.items() if key not in _OWN}
        made: dict[str, Any] = {
            "endpoint_name": self._text("EndpointName", endpoint),
            "config": self._request(_input(_CONFIG), {"EndpointConfigName": endpoint, **config}, ""),
            "tags": self._tags(given.get("Tags")),
            "scaling": [
                self._scaling(item, f"Scaling[{index}]") for index, item in enumerate(self._list(given, "Scaling"))
            ],
            "instance_types": self._list(given, "InstanceTypes"),
        }
        if given.get("DeploymentConfig") is not None:
            made["deployment_config"] = self._request("DeploymentConfig", given["DeploymentConfig"], "DeploymentConfig")
        for key, (member, operation) in _LISTS.items():
            more = {"EndpointName": endpoint} if key == "InferenceComponents" else {}
            made[member] = [
                self._request(
                    _input(operation), {**more, **item} if isinstance(item, Mapping) else item, f"{key}[{index}]"
                )
                for index, item in enumerate(self._list(given, key))
            ]
        if self._wrong:
            raise SpecError(self._name, self._wrong)
        return made

    def _text(self, path: str, value: Any) -> str:
        if not isinstance(value, str):
            self._add(path, "type", value, "text is wanted")
        return str(value)

    def _list(self, given: Mapping[str, Any], key: str) -> Sequence[Any]:
        value: object = given.get(key) or []
        if not isinstance(value, list):
            self._add(key, "type", value, "a list is wanted")
            return ()
        return cast("Sequence[Any]", value)

    def _tags(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            tags = cast("Mapping[str, Any]", value)
            value = [{"Key": key, "Value": str(each)} for key, each in tags.items()]
        items = self._list({"Tags": value}, "Tags")
        return [self._request("Tag", item, f"Tags[{index}]") for index, item in enumerate(items)]

    def _request(self, shape: str, value: Any, path: str) -> Any:
        cls = NAMESPACE[shape]
        try:
            made = cls.from_dict(value)
            made.validate()
        except ParamValidationError as error:
            for each in error.violations or (Violation("", "type", value, str(error)),):
                where = wire_path(shape, each.path)
                self._add(
                    f"{path}.{where}".strip(".") if not where.startswith("[") else f"{path}{where}",
                    *each[1:],
                    each.expected,
                )
            return None
        return made

    def _scaling(self, item: Any, path: str) -> Any:
        if not isinstance(item, Mapping):
            self._add(path, "type", item, "a mapping is wanted")
            return None
        members = cast("Mapping[str, Any]", item)
        for key in members.keys() - _SCALING.keys():
            self._add(f"{path}.{key}", "unknown", members[key], f"is none of {', '.join(_SCALING)}")
        given = {_SCALING[key]: value for key, value in members.items() if key in _SCALING}
        wrong = [key for key, value in given.items() if not key.endswith("_name") and not _is_number(value)]
        for key in wrong:
            self._add(path, "type", given[key], f"{key}: a number is wanted")
        missing = {"min_capacity", "max_capacity"} - given.keys()
        if missing:
            self._add(path, "required", None, "MinCapacity and MaxCapacity are required")
        if wrong or missing:
            return None
        try:
            return ScalingSpec(**given)
        except ArgumentError as error:
            self._add(path, "documented", dict(members), str(error.args[0]))
            return None

    def _add(self, path: str, rule: str, value: object, expected: str) -> None:
        line = self._lines.of(path)
        where = f"line {line}: {path}" if line else path
        self._wrong.append(Violation(where, rule, value, expected))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _input(operation: str) -> str:
    return str(NAMESPACE.schema.operations[operation]["input"])


_STEP = re.compile(r"(?:^|\.)([^.\[]+)|(\[[^\]]*\])")


def wire_path(shape: str, path: str) -> str:
    """`production_variants[0].variant_name` in the service's words: `ProductionVariants[0].VariantName`."""
    made = ""
    for name, index in _STEP.findall(path):
        row: Any = NAMESPACE.shapes.get(shape) or {}
        if index:
            made += index
            shape = str(row.get("item") or row.get("value") or "")
            continue
        members: dict[str, Any] = row.get("members", {})
        found = next((wire for wire, member in members.items() if name in (wire, member["name"])), name)
        made += f".{found}" if made else found
        shape = members[found]["shape"] if found in members else ""
    return made


def write_spec(spec: SpecMembers) -> dict[str, Any]:
    """The form that `read_spec` reads."""

    def plain(request: Any, *without: str) -> dict[str, Any]:
        members: dict[str, Any] = json.loads(request.to_json())
        return {key: value for key, value in members.items() if key not in without}

    made: dict[str, Any] = {"EndpointName": spec.endpoint_name, **plain(spec.config, "EndpointConfigName", "Tags")}
    if spec.models:
        made["Models"] = [plain(model) for model in spec.models]
    if spec.deployment_config is not None:
        made["DeploymentConfig"] = plain(spec.deployment_config)
    if spec.components:
        made["InferenceComponents"] = [plain(component, "EndpointName") for component in spec.components]
    if spec.scaling:
        made["Scaling"] = [dict(_scaling_members(each)) for each in spec.scaling]
    if spec.instance_types:
        made["InstanceTypes"] = list(spec.instance_types)
    tags = [plain(tag) for tag in spec.tags if tag.key != OWNER_TAG]
    return {**made, "Tags": tags} if tags else made


def _scaling_members(scaling: ScalingSpec) -> Iterator[tuple[str, Any]]:
    members = attrs.asdict(scaling)
    return ((key, members[name]) for key, name in _SCALING.items() if members[name] is not None)
