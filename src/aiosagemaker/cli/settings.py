"""What an option leaves open: the environment, the profile, the default; each setting is a row."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from .._config.profiles import read_profiles
from .arguments import BINARY_FORMATS, ERROR_FORMATS, OUTPUTS
from .failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .arguments import Globals

TIMESTAMP_FORMATS = ("iso8601", "wire")


class _Row(NamedTuple):
    field: str
    """Of Globals; empty if no option sets it."""
    variable: str
    key: str
    """In the profile."""
    default: str | None
    choices: Sequence[str] = ()
    """Empty for free text."""


_ROWS = {
    "output": _Row("output", "AWS_DEFAULT_OUTPUT", "output", "json", OUTPUTS),
    "timestamp_format": _Row("", "", "cli_timestamp_format", "iso8601", TIMESTAMP_FORMATS),
    "binary_format": _Row("cli_binary_format", "", "cli_binary_format", "raw-in-base64-out", BINARY_FORMATS),
    "error_format": _Row("cli_error_format", "AWS_CLI_ERROR_FORMAT", "cli_error_format", "legacy", ERROR_FORMATS),
    "pager": _Row("", "AWS_PAGER", "cli_pager", None),
}


def setting(name: str, options: Globals) -> str | None:
    """The value of a setting, by the name of its row.

    Raises:
        UsageError: the value is none of those that there are; the message says where it stands.
    """
    row = _ROWS[name]
    given = getattr(options, row.field) if row.field else None
    if given is not None:
        return str(given)
    variable = os.environ.get(row.variable) if row.variable else None
    # An empty variable counts as not set, unless it is free text.
    if variable is not None and (variable or not row.choices):
        return _checked(row, variable, f"{row.variable} in the environment")
    profile = _profile(options)
    profiles = read_profiles(os.environ)
    found = profiles.key(profile, row.key)
    if found is None:
        return row.default
    return _checked(row, found, f"{row.key} of the profile {profile} in {' or '.join(profiles.paths)}")


def _checked(row: _Row, value: str, place: str) -> str:
    if row.choices and value not in row.choices:
        raise UsageError(f"Unknown {row.key} {value!r}, valid choices are: {', '.join(row.choices)} ({place})")
    return value


def _profile(options: Globals) -> str:
    return options.profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
