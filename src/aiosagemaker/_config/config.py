"""What a user may set, and what a client makes of it.

`Config` holds what the user set. `resolve` fills in the rest, in the order explicit, environment, profile, default
(https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html); every value then knows where it came from.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Mapping  # noqa: TC003 - get_type_hints looks for Config's annotations here
from os import PathLike  # noqa: TC003 - as above
from typing import Any, Literal, Self, get_args

import attrs

from .._clock import SYSTEM_CLOCK, Clock
from .._credentials.credentials import Credentials, CredentialsSource
from .._errors import ArgumentError
from ..retries import RetryConfig
from .values import (
    FLAG,
    LIMIT,
    OPTIONAL_FLAG,
    OPTIONAL_TEXT,
    as_seconds,
    as_seconds_always,
    check_endpoint_url_field,
    is_certificate,
    is_count,
    is_number,
    is_path,
    is_proxy,
    must,
    optional,
    show_url,
)

__all__ = ["Config", "ConfigSource", "HttpConfig", "TimeoutConfig", "resolve"]

Origin = Literal["explicit", "environment", "profile", "default"]
ParameterValidation = Literal["standard", "strict", "off"]


class ConfigSource(str):
    """Where a value came from: equal to `"explicit"`, `"environment"`, `"profile"` or `"default"`."""

    __slots__ = ("name",)

    name: str
    """Which one: the variable (`AWS_REGION`), the profile's key (`region`), `session`, or empty."""

    def __new__(cls, origin: Origin, name: str = "") -> Self:
        self = super().__new__(cls, origin)
        self.name = name
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.name)


_DEFAULT = ConfigSource("default")
_EXPLICIT = ConfigSource("explicit")


@attrs.frozen(kw_only=True)
class TimeoutConfig:
    """How long the client waits, in seconds or as a timedelta, kept in seconds; None is no limit.

    With the defaults every call ends, whatever the server does. A model has 60 seconds to answer InvokeEndpoint
    (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html), so `read` is just
    above that.

    Raises:
        InvalidConfigError: a value is zero, negative, not finite or not a number.
    """

    connect: float | None = attrs.field(default=10.0, converter=as_seconds, validator=LIMIT)
    """To make a connection, TLS included. Default 10."""
    read: float | None = attrs.field(default=65.0, converter=as_seconds, validator=LIMIT)
    """Without a byte from the server. Default 65."""
    attempt: float | None = attrs.field(default=120.0, converter=as_seconds, validator=LIMIT)
    """For one attempt, to the end of its answer. Default 120."""
    operation: float | None = attrs.field(default=600.0, converter=as_seconds, validator=LIMIT)
    """For a whole call, with its retries and the waits between them. Default 600."""


@attrs.frozen(kw_only=True)
class HttpConfig:
    """How the client connects.

    Raises:
        InvalidConfigError: a value is of the wrong type or out of bounds.
    """

    max_connections: int = attrs.field(default=100, validator=must(is_count, "a whole number above zero"))
    """How many connections may be open at once; further calls wait for one. Default 100."""
    keepalive: float = attrs.field(
        default=30.0,
        converter=as_seconds_always,
        validator=must(lambda value: is_number(value) and value >= 0, "seconds, zero or more, or a timedelta"),
    )
    """How long an unused connection is kept, in seconds; 0 closes it at once. Default 30: well below the minute after
    which AWS's load balancers close it themselves, which a request sent at that moment does not survive."""
    proxy: str | None = attrs.field(
        default=None,
        repr=show_url,
        validator=must(optional(is_proxy), "a URL such as http://proxy.example:3128, or None", show_url),
    )
    """The URL of the proxy for every request. Default none."""
    trust_env: bool = attrs.field(default=False, validator=FLAG)
    """Whether HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment count. Default False."""
    verify: bool = attrs.field(default=True, validator=FLAG)
    """Whether the server's certificate is checked. Default True."""
    ca_bundle: str | PathLike[str] | None = attrs.field(
        default=None, validator=must(optional(is_path), "a path, or None")
    )
    """A file of certificate authorities to trust instead of the system's. AWS_CA_BUNDLE; `ca_bundle`; else None."""
    client_cert: str | PathLike[str] | tuple[str | PathLike[str], str | PathLike[str]] | None = attrs.field(
        default=None, validator=must(optional(is_certificate), "a path, a pair (certificate, key), or None")
    )
    """The client's own certificate: a PEM file that has its key too, or (certificate, key). Default none."""
    max_response_size: int | None = attrs.field(
        default=64 * 1024 * 1024, validator=must(optional(is_count), "a number of bytes above zero, or None")
    )
    """The largest body that is read into memory, in bytes; None is no limit. Default 64 MiB."""


def _show_credentials(value: object) -> str:
    # A partial prints its arguments, and a session is not ours to trust: either may print a secret.
    return repr(value) if value is None or isinstance(value, Credentials) else f"<{type(value).__qualname__}>"


def _is_credentials_source(value: object) -> bool:
    return isinstance(value, Credentials) or hasattr(value, "get_credentials") or callable(value)


@attrs.frozen(kw_only=True)
class Config:
    """What the user set for a client; None is not set. A client's own `config` has every value filled in.

    A Config is pickled without secrets. Of the credentials only a function survives, as it is pickled by its name; a
    client made from the pickle otherwise looks for credentials itself.

    Raises:
        InvalidConfigError: a value is of the wrong type or out of bounds.
        EndpointResolutionError: `endpoint_url` is not a usable URL.
    """

    region: str | None = attrs.field(default=None, validator=OPTIONAL_TEXT)
    """Such as `us-east-1`. AWS_REGION, AWS_DEFAULT_REGION; `region`."""
    credentials: CredentialsSource | None = attrs.field(
        default=None,
        repr=_show_credentials,
        validator=must(
            optional(_is_credentials_source),
            "Credentials, an async callable that returns them, or a botocore or boto3 session",
            _show_credentials,
        ),
    )
    """Credentials, an async callable that returns them, or a botocore or boto3 session, whose region and profile
    count as explicit where none is set here. Default: botocore's chain."""
    profile: str | None = attrs.field(default=None, validator=OPTIONAL_TEXT)
    """The profile of the AWS configuration files. AWS_PROFILE, AWS_DEFAULT_PROFILE; else `default`."""
    endpoint_url: str | None = attrs.field(default=None, validator=check_endpoint_url_field)
    """Where requests go instead of to the region's endpoint. AWS_ENDPOINT_URL_SAGEMAKER or
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME, AWS_ENDPOINT_URL; `endpoint_url` of the service in the profile's `services`
    section, or of the profile."""
    ignore_configured_endpoint_urls: bool | None = attrs.field(default=None, validator=OPTIONAL_FLAG)
    """Whether the endpoint URLs of environment and profile are passed over. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS;
    `ignore_configured_endpoint_urls`; else False."""
    use_fips: bool | None = attrs.field(default=None, validator=OPTIONAL_FLAG)
    """Whether to use the FIPS endpoint. AWS_USE_FIPS_ENDPOINT; `use_fips_endpoint`; else False."""
    use_dualstack: bool | None = attrs.field(default=None, validator=OPTIONAL_FLAG)
    """Whether to use the IPv4 and IPv6 endpoint. AWS_USE_DUALSTACK_ENDPOINT; `use_dualstack_endpoint`; else False."""
    retry: RetryConfig | None = attrs.field(
        default=None, validator=must(optional(lambda value: isinstance(value, RetryConfig)), "a RetryConfig, or None")
    )
    """AWS_RETRY_MODE and AWS_MAX_ATTEMPTS; `retry_mode` and `max_attempts`; else RetryConfig(). One that is given
    counts as a whole: environment and profile change nothing in it."""
    timeouts: TimeoutConfig = attrs.field(
        factory=TimeoutConfig, validator=must(lambda value: isinstance(value, TimeoutConfig), "a TimeoutConfig")
    )
    """How long to wait."""
    http: HttpConfig = attrs.field(
        factory=HttpConfig, validator=must(lambda value: isinstance(value, HttpConfig), "an HttpConfig")
    )
    """How to connect."""
    parameter_validation: ParameterValidation = attrs.field(
        default="standard",
        validator=must(lambda value: value in get_args(ParameterValidation), "'standard', 'strict' or 'off'"),
    )
    """How much of a request is checked before it is sent."""
    user_agent_extra: str | None = attrs.field(default=None, validator=OPTIONAL_TEXT)
    """Appended to the User-Agent header."""
    app_id: str | None = attrs.field(default=None, validator=OPTIONAL_TEXT)
    """Names the application in the User-Agent header. AWS_SDK_UA_APP_ID; `sdk_ua_app_id`."""
    clock: Clock = attrs.field(default=SYSTEM_CLOCK, repr=False, eq=False)
    """Time and chance, for tests."""
    _sources: Mapping[str, ConfigSource] = attrs.field(init=False, repr=False, eq=False)

    def __new__(cls, **given: Any) -> Self:
        # Only here can a value that equals its default be told from one that was not given.
        self = super().__new__(cls)
        object.__setattr__(self, "_sources", {name: _EXPLICIT for name, value in given.items() if value is not None})
        return self

    def source_of(self, name: str) -> ConfigSource:
        """Where the value of a field came from. `retry.mode`, `http.ca_bundle` and so on name the parts' fields.

        Raises:
            ArgumentError: there is no such field.
        """
        if name not in _FIELDS and name not in _PART_FIELDS:
            raise _unknown(f"Config has no field {name!r}", name, (*_FIELDS, *_PART_FIELDS))
        part = name.partition(".")[0]
        return self._sources.get(name) or (_EXPLICIT if self._is_given(part) else _DEFAULT)

    def _is_given(self, name: str) -> bool:
        source = self._sources.get(name, _DEFAULT)
        return source == "explicit" and not source.name

    def given(self) -> dict[str, Any]:
        """What the user set, by field, without what it was resolved to."""
        given = {name: getattr(self, name) for name in _FIELDS if self._is_given(name)}
        if "http" in given and "http.ca_bundle" in self._sources:
            given["http"] = attrs.evolve(self.http, ca_bundle=None)
        return given

    def merge(self, **overrides: Any) -> Self:
        """A Config of what the user set here and of `overrides`, which win; None overrides nothing.

        Raises:
            ArgumentError: an override is not a field of Config.
        """
        for name in overrides:
            if name not in _FIELDS:
                raise _unknown(f"unexpected keyword argument {name!r}", name, _FIELDS)
        return type(self)(**self.given() | {name: value for name, value in overrides.items() if value is not None})

    def with_values(self, values: Mapping[str, Any], sources: Mapping[str, ConfigSource]) -> Self:
        """A Config of these values alone, known to come from `sources`."""
        config = type(self)(**values)
        object.__setattr__(config, "_sources", dict(sources))
        return config

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        values = {name: getattr(self, name) for name in _FIELDS}
        sources = dict(self._sources)
        if not isinstance(self.credentials, types.FunctionType):
            del values["credentials"]
            sources.pop("credentials", None)
        return _unpickle, (type(self), values, sources)


def _unpickle(cls: type[Config], values: dict[str, Any], sources: dict[str, ConfigSource]) -> Config:
    return cls().with_values(values, sources)


_FIELDS = tuple(field.name for field in attrs.fields(Config) if field.init)
_PART_FIELDS = tuple(
    f"{part}.{field.name}"
    for part, cls in (("retry", RetryConfig), ("timeouts", TimeoutConfig), ("http", HttpConfig))
    for field in attrs.fields(cls)
)


def _unknown(subject: str, name: str, known: Iterable[str]) -> ArgumentError:
    near = difflib.get_close_matches(name, known, n=3)
    return ArgumentError(f"{subject}; did you mean {' or '.join(near)}?" if near else subject)


def resolve(config: Config, service: str, environ: Mapping[str, str]) -> Config:
    """`config` with every gap filled from the environment, the profile's files and the defaults.

    Only this reads the configuration files (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE). A region that is set
    nowhere stays None. An empty variable counts as not set.

    Args:
        config: what the user set; what a Config was resolved to before is resolved anew.
        service: `sagemaker` or `sagemaker_runtime`; it names the service's own settings.
        environ: the environment's variables.

    Raises:
        ProfileNotFoundError: the profile asked for is in no file.
        EndpointResolutionError: the endpoint URL found is not usable.
        ConfigError: a value is not one that the setting takes, or a file cannot be read.
    """
    from .resolution import resolve_values

    return config.with_values(*resolve_values(config, service, environ))
