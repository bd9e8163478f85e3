"""Refusals, in the service's own words. What it documents no words for is told plainly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from .._errors import error_class
from .._shapes.constraints import check
from .._shapes.enums import OpenEnum
from .._shapes.structure import Structure
from ..errors import (
    AccessDeniedException,
    ParamValidationError,
    ResourceLimitExceeded,
    ServiceError,
    Violation,
)

if TYPE_CHECKING:
    from .._shapes.namespace import Namespace
    from .._shapes.operation import Operation
    from .._shapes.structure import Request
    from ._account import Account

_STEP = re.compile(r"\.?(\w+)|\[(\d+)\]|\['(.*?)'\]")
_SNAKE = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")
_BOUND = re.compile(r"at (least|most) (\S+)")


def invalid(message: str) -> ServiceError:
    """The control plane's refusal of a request that is well-formed."""
    cls = error_class("ValidationException", message)
    return cls(message, code="ValidationException", http_status=400)


def not_found(kind: str, arn: str) -> ServiceError:
    """`kind` is `endpoint`, `endpoint configuration` or `model`."""
    return invalid(f'Could not find {kind} "{arn}".')


def already_exists(kind: str, arn: str) -> ServiceError:
    """The name is taken."""
    return invalid(f'Cannot create already existing {kind} "{arn}".')


def in_progress(arn: str) -> ServiceError:
    """The endpoint is on its way to another state."""
    return invalid(f'Cannot update in-progress endpoint "{arn}".')


def over_quota(instance_type: str, quota: int, used: int, wanted: int) -> ServiceError:
    """The account may not have so many instances."""
    error: ServiceError = ResourceLimitExceeded(
        f"The account-level service limit '{instance_type} for endpoint usage' is {quota} Instances, with current "
        f"utilization of {used} Instances and a request delta of {wanted} Instances. Please use AWS Service Quotas "
        "to request an increase for this quota.",
        http_status=400,
    )
    return error


REASON_LENGTH = 1024
"""What FailureReason holds, in characters."""


def unhealthy(variant: str, reason: str) -> str:
    """The FailureReason of a variant whose container does not come up: the service's words, then ours."""
    return (
        f"The primary container for production variant {variant} did not pass the ping health check. "
        f"Please check CloudWatch logs for this endpoint. {reason}"
    )[:REASON_LENGTH]


def component_unhealthy(name: str, reason: str) -> str:
    """The FailureReason of an inference component whose container does not come up. Ours, after the variant's."""
    return (
        f"The container for inference component {name} did not pass the ping health check. "
        f"Please check CloudWatch logs for this inference component. {reason}"
    )[:REASON_LENGTH]


def no_capacity() -> str:
    """The FailureReason of instances that are not to be had."""
    return (
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry "
        "using a different ML instance type or after some time."
    )


def not_offered(operation: Operation, account: Account) -> ServiceError:
    """The service has the operation, and this caller cannot have it: so an account refuses what is not granted."""
    return AccessDeniedException(
        f"User: arn:aws:iam::{account.number}:user/local is not authorized to perform: sagemaker:{operation.name} "
        "because aiosagemaker.local offers hosting alone",
        code="AccessDeniedException",
        http_status=400 if operation.namespace.schema.metadata["protocol"] == "json" else 403,
    )


def check_constraints(request: Request[Any]) -> None:
    """Raises ParamValidationError for every constraint of the model that the request breaks, enums included."""
    violations: list[Violation] = []
    try:
        check(request, strict=True)
    except ParamValidationError as error:
        violations += error.violations
    # A client lets unknown values through, as it may be older than the service; the service itself does not.
    violations += _unknown_enums(request, "")
    if violations:
        raise ParamValidationError(type(request).__name__, violations)


def _unknown_enums(value: Any, path: str) -> Iterator[Violation]:
    if isinstance(value, OpenEnum):
        if value.is_unknown:
            yield Violation(path, "enum", value.value, f"[{', '.join(type(value))}]")
    elif isinstance(value, Structure):
        for member in type(value).__namespace__.shapes[type(value).__shape__]["members"].values():
            yield from _unknown_enums(getattr(value, member["name"]), f"{path}.{member['name']}".removeprefix("."))
    elif value.__class__ is tuple:
        for index, item in enumerate(value):
            yield from _unknown_enums(item, f"{path}[{index}]")
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield from _unknown_enums(item, f"{path}[{key!r}]")


def constraint_message(operation: Operation, violations: Iterable[Violation]) -> str:
    """The message of a request that breaks constraints of the model."""
    texts = [
        f"Value {_shown(violation)} at '{_wire_path(operation, violation.path)}' failed to satisfy constraint: "
        f"{_constraint(violation)}"
        for violation in violations
    ]
    return f"{len(texts)} validation error{'s' * (len(texts) > 1)} detected: {'; '.join(texts)}"


def _shown(violation: Violation) -> str:
    return "null" if violation.value is None else f"'{violation.value}'"


def _constraint(violation: Violation) -> str:
    bound = _BOUND.search(violation.expected)
    than = f"{'greater' if bound[1] == 'least' else 'less'} than or equal to {bound[2]}" if bound else ""
    return {
        "required": "Member must not be null",
        "enum": f"Member must satisfy enum value set: {violation.expected}",
        "length": f"Member must have length {than}",
        "pattern": f"Member must satisfy regular expression pattern: {violation.expected.rpartition(' ')[2]}",
        "range": f"Member must have value {than}",
    }.get(violation.rule, violation.expected)


def _wire_path(operation: Operation, path: str) -> str:
    """`production_variants[0].variant_name` as the service says it: `productionVariants.1.member.variantName`."""
    shapes, row, steps = operation.namespace.shapes, operation.input_row, list[str]()
    for name, index, key in _STEP.findall(path):
        if name:
            wire_name, member = next(item for item in row.get("members", {}).items() if item[1]["name"] == name)
            steps.append(wire_name[0].lower() + wire_name[1:])
            row = shapes[member["shape"]]
        else:
            steps += [str(int(index) + 1) if index else key, "member"]
            row = shapes[row.get("item") or row.get("value", "")]
    return ".".join(steps)


def wire_path(request: Request[Any], path: str) -> str:
    """`production_variants[0].variant_name` as a reader of the API knows it: `ProductionVariants[0].VariantName`."""
    operation = cast("Namespace", type(request).__namespace__).operation(request.__operation__)
    shapes, row, text = operation.namespace.shapes, operation.input_row, ""
    for name, index, _ in _STEP.findall(path):
        if name:
            wire_name, member = next(item for item in row.get("members", {}).items() if item[1]["name"] == name)
            text = f"{text}.{wire_name}".removeprefix(".")
            row = shapes[member["shape"]]
        else:
            text += f"[{index}]"
            row = shapes[row.get("item") or row.get("value", "")]
    return text


def wire_words(request: Request[Any], text: str) -> str:
    """A text with Python's names of members put into the wire's."""
    shapes = type(request).__namespace__.shapes
    names = {
        member["name"]: wire_name
        for shape in shapes
        for wire_name, member in shapes[shape].get("members", {}).items()
        if "_" in member["name"]
    }
    return _SNAKE.sub(lambda found: names.get(found[0], found[0]), text)
