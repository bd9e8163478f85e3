"""What can go wrong with a command, in one line and one exit code.

The codes are those that version 2 of the AWS CLI documents:
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html
"""

from __future__ import annotations

import importlib
import json
import re
from typing import TYPE_CHECKING, Any

from .._errors import (
    REDACTED,
    ConfigError,
    ExpiredTokenException,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ProfileNotFoundError,
    RolledBack,
    SdkError,
    ServiceError,
    WaiterError,
)
from .printable import one_line, printable

if TYPE_CHECKING:
    from .._errors import Violation
    from .._shapes.namespace import Namespace

USAGE = 252
"""The command line, or the request that it makes, is wrong."""
CONFIGURATION = 253
"""Region, credentials or the configuration files are missing or wrong."""
REFUSED = 254
"""The service answered with an error."""
OTHER = 255
"""Anything else."""
ROLLED_BACK = 3
"""An endpoint serves what it served before."""
INTERRUPTED = 130
"""Ctrl-C: 128 and the number of SIGINT."""

EXIT_CODES = {
    0: "done; a wait or a watch ended well",
    ROLLED_BACK: "an endpoint was rolled back: it serves what it served before",
    INTERRUPTED: "interrupted by Ctrl-C",
    USAGE: "the command line, or the request that it makes, is wrong; nothing was sent",
    CONFIGURATION: "region, credentials or the configuration files are missing or wrong; nothing was sent",
    REFUSED: "the service answered with an error",
    OTHER: "anything else: no answer, or a wait that did not end well",
}
"""What each of them means, for help."""

_MOST_SHOWN = 80
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


class Incomplete(Exception):
    """What came of an answer before it broke off is kept, and the message says where."""

    def __init__(self, error: Exception, kept: str) -> None:
        super().__init__(f"{_text(error)} {kept}")
        self.error = error


class AnswerKept(Exception):
    """The service has answered, and the answer could not be printed as it was asked for; the message has it whole."""

    def __init__(self, message: str, answer: str) -> None:
        super().__init__(message)
        self.answer = answer


def require(module: str, purpose: str) -> Any:
    """A module of a library that the extra `cli` brings. Raises UsageError where it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UsageError(f"{purpose} need {module}: pip install 'aiosagemaker[cli]'") from error


def exit_code(error: BaseException) -> int:
    """The exit code for what ended a command."""
    if isinstance(error, Incomplete):
        return exit_code(error.error)
    if isinstance(error, (UsageError, ParamValidationError)):
        return USAGE
    if isinstance(error, RolledBack) or isinstance(error.__cause__, RolledBack):
        return ROLLED_BACK
    if isinstance(error, ConfigError):
        return CONFIGURATION
    return REFUSED if isinstance(error, ServiceError) else OTHER


def message(error: BaseException, profile: str | None = None) -> str:
    """What happened and what helps, in one line, or a few where the command line is shown; in the AWS CLI's words where
    it has any. `profile` is the one in use, for the advice."""
    text = _text(error)
    if isinstance(error, UsageError):
        return printable(text)
    lines = [one_line(f"{text}{_advice(error, profile)}")]
    if isinstance(error, AnswerKept):
        lines.append(f"The service's answer:\n{printable(error.answer)}")
    return "\n".join(lines)


def _text(error: BaseException) -> str:
    if isinstance(error, NoRegionError):
        return f"You must specify a region. You can also configure your region {_HINT}"
    if isinstance(error, NoCredentialsError):
        return f"Unable to locate credentials. You can configure credentials {_HINT}"
    if isinstance(error, ProfileNotFoundError):
        return f"The config profile could not be found: {error}"
    if isinstance(error, WaiterError):
        return f"Waiter failed: {error}"
    if isinstance(error, RecursionError):
        return "The input nests too deep"
    return _SETTING.sub(lambda match: _SETTING_OPTIONS.get(match[1], ""), str(error)) or type(error).__name__


_SETTING = re.compile(r" \((\w+Config\.\w+)\)")
_SETTING_OPTIONS = {
    "TimeoutConfig.read": " (--cli-read-timeout)",
    "TimeoutConfig.connect": " (--cli-connect-timeout)",
    "HttpConfig.ca_bundle": " (--ca-bundle)",
    "HttpConfig.verify": " (--no-verify-ssl)",
}
"""The options of settings that an error names as Python has them; what no option sets is not named."""
_SSO = re.compile(r"\b(sso|token has expired|token .* does not exist)\b", re.IGNORECASE)


def _advice(error: BaseException, profile: str | None) -> str:
    """What to do about it, as a sentence's end; empty if nothing is known."""
    login = f"aws sso login{f' --profile {profile}' if profile else ''}"
    if isinstance(error, ConfigError) and _SSO.search(str(error)) and "aws sso login" not in str(error):
        return f' Run "{login}".'
    if isinstance(error, ExpiredTokenException):
        return f'. The credentials are past their time; get new ones, with "{login}" if they come from SSO.'
    return sent_note(error)


def sent_note(error: BaseException) -> str:
    """How often a request was sent that got no answer, and whether the service may have acted, as a sentence's end."""
    if isinstance(error, (ServiceError, WaiterError)) or not isinstance(error, SdkError) or not error.maybe_sent:
        return ""
    attempts = getattr(error, "attempts", 0) or 1
    return f". The request was sent {attempts} time{'' if attempts == 1 else 's'}, and the service may have acted."


def error_name(error: BaseException) -> str:
    """The error's code, for those who read errors by machine: the service's own, or the kind of failure."""
    if isinstance(error, Incomplete):
        return error_name(error.error)
    if isinstance(error, ServiceError):
        return error.code
    return next((name for kind, name in _NAMES if isinstance(error, kind)), type(error).__name__.removesuffix("Error"))


_NAMES: tuple[tuple[type[BaseException], str], ...] = (
    (NoRegionError, "NoRegion"),
    (NoCredentialsError, "NoCredentials"),
    (ProfileNotFoundError, "ProfileNotFound"),
    (ConfigError, "Configuration"),
    (UsageError, "ParamValidation"),
    (ParamValidationError, "ParamValidation"),
    (Unreachable, "EndpointConnection"),
    (WaitFailed, "Waiter"),
)


def invalid_request(error: ParamValidationError, namespace: Namespace, shape: str) -> InvalidRequest:
    """The violations with the model's names, which are those of JSON and shorthand, instead of Python's."""
    problems = [_problem(violation, _model_path(namespace, shape, violation.path)) for violation in error.violations]
    return InvalidRequest(problems or [str(error)])


def _problem(violation: Violation, path: str) -> str:
    if violation.rule in ("required", "unknown"):
        parent, _, name = path.rpartition(".")
        kind = "Missing required" if violation.rule == "required" else "Unknown"
        return f'{kind} parameter in {parent or "input"}: "{name}"'
    return f"Invalid {violation.rule} for parameter {path}: {violation.expected}, got {shown(violation.value)}"


def shown(value: object) -> str:
    """A value of the request as JSON, in at most 80 characters."""
    if isinstance(value, str) and value == REDACTED:
        return REDACTED
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


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
