"""What can go wrong with a command, in one line and one exit code.

The codes are those that version 2 of the AWS CLI documents:
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..errors import (
    ConfigError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ProfileNotFoundError,
    ServiceError,
    WaiterError,
)

if TYPE_CHECKING:
    from .._shapes.namespace import Namespace
    from ..errors import Violation

USAGE = 252
"""The command line, or the request that it makes, is wrong."""
CONFIGURATION = 253
"""Region, credentials or the configuration files are missing or wrong."""
REFUSED = 254
"""The service answered with an error."""
OTHER = 255
"""Anything else."""
INTERRUPTED = 130
"""Ctrl-C: 128 and the number of SIGINT."""

_HINT = 'by running "aws configure".'


class UsageError(Exception):
    """The command line is wrong. `usage` says how it should have been, and stands before the message."""

    def __init__(self, message: str, usage: str = "") -> None:
        super().__init__(message)
        self.usage = usage


class ParamError(UsageError):
    """The value of one option cannot be read."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(f"Error parsing parameter '{option}': {message}")


class InvalidRequest(UsageError):
    """The request that the options make breaks the model's rules."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(f"Parameter validation failed: {'; '.join(problems)}")


class Unreachable(Exception):
    """The service could not be reached, or fell silent."""


class WaitFailed(Exception):
    """A wait ended without what it waited for."""


def exit_code(error: BaseException) -> int:
    """The exit code for what ended a command."""
    if isinstance(error, (UsageError, ParamValidationError)):
        return USAGE
    if isinstance(error, ConfigError):
        return CONFIGURATION
    return REFUSED if isinstance(error, ServiceError) else OTHER


def message(error: BaseException) -> str:
    """One line that says what happened, in the AWS CLI's words where it has any."""
    if isinstance(error, NoRegionError):
        text = f"You must specify a region. You can also configure your region {_HINT}"
    elif isinstance(error, NoCredentialsError):
        text = f"Unable to locate credentials. You can configure credentials {_HINT}"
    elif isinstance(error, ProfileNotFoundError):
        text = f"The config profile could not be found: {error}"
    elif isinstance(error, WaiterError):
        text = f"Waiter failed: {error}"
    else:
        text = str(error) or type(error).__name__
    return text if isinstance(error, UsageError) else re.sub(r"\s*\n\s*", " ", text)


def invalid_request(error: ParamValidationError, namespace: Namespace, shape: str) -> InvalidRequest:
    """The violations with the model's names, which are those of JSON and shorthand, instead of Python's."""
    problems = [_problem(violation, _model_path(namespace, shape, violation.path)) for violation in error.violations]
    return InvalidRequest(problems or [str(error)])


def _problem(violation: Violation, path: str) -> str:
    if violation.rule in ("required", "unknown"):
        parent, _, name = path.rpartition(".")
        kind = "Missing required" if violation.rule == "required" else "Unknown"
        return f'{kind} parameter in {parent or "input"}: "{name}"'
    return f"Invalid {violation.rule} for parameter {path}: {violation.expected}, got {violation.value!r:.80}"


_STEP = re.compile(r"(?:^|\.)([^.\[]+)|(\[[^\]]*\])")


def _model_path(namespace: Namespace, shape: str, path: str) -> str:
    names: list[str] = []
    for name, index in _STEP.findall(path):
        row: Any = namespace.shapes.get(shape) or {}
        if index:
            names.append(index)
            shape = str(row.get("item") or row.get("value") or "")
            continue
        members: dict[str, Any] = row.get("members", {})
        found = next((wire for wire, member in members.items() if member["name"] == name), name)
        names.append(f".{found}" if names else found)
        shape = members[found]["shape"] if found in members else ""
    return "".join(names)
