"""The settings that a user may leave to a session, the environment or a profile: one row each.

https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from .._errors import ConfigError
from .._values import check_endpoint_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Values = Mapping[str, Any]


def as_text(text: str, _: str) -> str:
    return text


def as_flag(text: str, origin: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ConfigError(f"{origin}: expected true or false, got {text!r}")
    return text.lower() == "true"


def as_retry_mode(text: str, origin: str) -> str:
    modes = {"legacy": "standard", "standard": "standard", "adaptive": "adaptive"}
    if text.lower() not in modes:
        raise ConfigError(f"{origin}: expected one of {', '.join(modes)}, got {text!r}")
    return modes[text.lower()]


def as_count(text: str, origin: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise ConfigError(f"{origin}: expected a whole number above zero, got {text!r}")
    return int(text)


def _always(_: Values) -> bool:
    return True


@attrs.frozen
class Setting:
    """One setting, and where it is looked for, in this order: explicit, session, environment, profile, default."""

    name: str
    """The field of Config; `retry.mode` is the field of a part."""
    check: Callable[[str, str], Any] = as_text
    """From what was found and where, in words, to the value. Raises ConfigError."""
    session: tuple[str, str] | None = None
    """What boto3's session calls it, and botocore's."""
    variables: tuple[str, ...] = ()
    """The variables; the first that is set counts. `{SERVICE}` stands for the service."""
    service_key: str | None = None
    """The key of the service in the profile's `services` section."""
    key: str | None = None
    """The profile's key."""
    default: Any = None
    wanted: Callable[[Values], bool] = _always
    """Whether it is looked for, by the values of the rows above and what is explicit."""


SETTINGS = (
    Setting(
        "profile",
        session=("profile_name", "profile"),
        variables=("AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
        default="default",
    ),
    Setting(
        "region",
        session=("region_name", "region"),
        variables=("AWS_REGION", "AWS_DEFAULT_REGION"),
        key="region",
    ),
    Setting("use_fips", as_flag, variables=("AWS_USE_FIPS_ENDPOINT",), key="use_fips_endpoint", default=False),
    Setting(
        "use_dualstack", as_flag, variables=("AWS_USE_DUALSTACK_ENDPOINT",), key="use_dualstack_endpoint", default=False
    ),
    Setting(
        "ignore_configured_endpoint_urls",
        as_flag,
        variables=("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",),
        key="ignore_configured_endpoint_urls",
        default=False,
    ),
    Setting(
        "endpoint_url",
        check_endpoint_url,
        variables=("AWS_ENDPOINT_URL_{SERVICE}", "AWS_ENDPOINT_URL"),
        service_key="endpoint_url",
        key="endpoint_url",
        wanted=lambda values: not values["ignore_configured_endpoint_urls"],
    ),
    Setting("retry.mode", as_retry_mode, variables=("AWS_RETRY_MODE",), key="retry_mode"),
    Setting("retry.max_attempts", as_count, variables=("AWS_MAX_ATTEMPTS",), key="max_attempts"),
    Setting(
        "http.ca_bundle",
        variables=("AWS_CA_BUNDLE",),
        key="ca_bundle",
        wanted=lambda values: values["http"].verify,
    ),
    Setting("app_id", variables=("AWS_SDK_UA_APP_ID",), key="sdk_ua_app_id"),
)
"""`profile` is the first: the others are looked for in it."""
