"""What a user may set for a client."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Self, cast, get_args

import attrs

from .._botocore import MODEL_VARIABLE, uses_installed_model
from .._clock import SYSTEM_CLOCK, Clock
from .._credentials.credentials import Credentials, CredentialsSource
from .._errors import ArgumentError, InvalidConfigError
from .._hints import setting_hint
from .._hooks import Hooks
from .._values import (
    FLAG,
    OPTIONAL_FLAG,
    OPTIONAL_TEXT,
    check_endpoint_url_field,
    is_a,
    must,
    one_of,
    optional,
    show_kind,
)
from ..retries import RetryConfig
from .headers import GivenHeaders, as_headers
from .parts import HttpConfig, TimeoutConfig
from .seams import TransportLike, is_transport
from .source import DEFAULT, EXPLICIT, ConfigSource

__all__ = ["Config", "ConfigSource", "HttpConfig", "ParameterValidation", "TimeoutConfig"]

ParameterValidation = Literal["standard", "strict", "off"]


def _show_credentials(value: object) -> str:
    # A partial prints its arguments, and a session is not ours to trust: either may print a secret.
    return repr(value) if isinstance(value, Credentials) else show_kind(value)


def _is_credentials_source(value: object) -> bool:
    return isinstance(value, Credentials) or hasattr(value, "get_credentials") or callable(value)


def _kinds(values: Iterable[object]) -> str:
    return f"({', '.join(map(show_kind, values))})"


def _as_hooks(value: Sequence[Hooks] | None) -> tuple[Hooks, ...]:
    hooks: tuple[Any, ...] = tuple(value or ()) if isinstance(cast("object", value or ()), Iterable) else (value,)
    if not all(isinstance(hook, Hooks) for hook in hooks):
        raise InvalidConfigError(f"Config.hooks must be instances of Hooks, in a tuple or a list, got {_kinds(hooks)}")
    return hooks


@attrs.frozen(kw_only=True)
class Config:
    """What the user set for a client; None is not set. A client's own `config` has every value filled in.

    A Config is pickled without secrets, for another process. Of the credentials only a function survives, as it is
    pickled by its name; a client made from the pickle otherwise looks for credentials itself. A proxy's password and
    headers that look secret by their names stay behind, as do `hooks` and `transport`, which belong to their process.

    Raises:
        InvalidConfigError: a value is of the wrong type or out of bounds.
        EndpointResolutionError: `endpoint_url` is not a usable URL.
    """

    region: str | None = attrs.field(default=None, validator=OPTIONAL_TEXT)
    """Such as `us-east-1`. AWS_REGION, AWS_DEFAULT_REGION; `region`. `fips-us-east-1` and `us-east-1-fips` stand for
    the region with `use_fips`, as they do for boto3."""
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
        default=None, validator=must(optional(is_a(RetryConfig)), "a RetryConfig, or None")
    )
    """AWS_RETRY_MODE and AWS_MAX_ATTEMPTS; `retry_mode` and `max_attempts`; else RetryConfig(). One that is given
    counts as a whole: environment and profile change nothing in it."""
    timeouts: TimeoutConfig = attrs.field(
        default=TimeoutConfig(), validator=must(is_a(TimeoutConfig), "a TimeoutConfig")
    )
    """How long to wait."""
    http: HttpConfig = attrs.field(default=HttpConfig(), validator=must(is_a(HttpConfig), "an HttpConfig"))
    """How to connect."""
    parameter_validation: ParameterValidation = attrs.field(
        default="standard",
        validator=one_of(*get_args(ParameterValidation)),
    )
    """How much of a request is checked before it is sent."""
    user_agent_extra: str | None = attrs.field(default=None, validator=OPTIONAL_TEXT)
    """Appended to the User-Agent header."""
    app_id: str | None = attrs.field(default=None, validator=OPTIONAL_TEXT)
    """Names the application in the User-Agent header. AWS_SDK_UA_APP_ID; `sdk_ua_app_id`."""
    headers: Mapping[str, str] = attrs.field(default=GivenHeaders(), converter=as_headers)
    """Headers for every request, which are signed with it. Default none."""
    hooks: Sequence[Hooks] = attrs.field(default=(), converter=_as_hooks, repr=_kinds)
    """What is told of each call and may add to its headers, in this order. Default none."""
    transport: TransportLike | None = attrs.field(
        default=None,
        repr=show_kind,
        validator=must(optional(is_transport), "a Transport (send, open, close), or None", show_kind),
    )
    """What takes requests to the service in the place of the library's own connections, to which `http` then means
    nothing. Default None: its own."""
    wire_log: bool = attrs.field(default=False, validator=FLAG)
    """Whether headers and bodies are logged at DEBUG, without secrets and sensitive members. Default False."""
    clock: Clock = attrs.field(default=SYSTEM_CLOCK, repr=False, eq=False)
    """Time and chance, for tests."""
    _given: Mapping[str, Any] = attrs.field(init=False, repr=False, eq=False)
    _sources: Mapping[str, ConfigSource] = attrs.field(init=False, repr=False, eq=False)

    def __new__(cls, **given: Any) -> Self:
        if cls is Config:  # what derives from it may have fields of its own
            _check_names(given)
        # Only here can a value that equals its default be told from one that was not given.
        self = super().__new__(cls)
        object.__setattr__(self, "_given", {name: value for name, value in given.items() if value is not None})
        object.__setattr__(self, "_sources", {})
        return self

    def source_of(self, name: str) -> ConfigSource:
        """Where the value of a field came from. `retry.mode`, `http.ca_bundle` and so on name the parts' fields.

        `model` says where the models of the services come from: `environment` if AIOSAGEMAKER_MODEL asks for those of
        the installed botocore, `default` for those that are shipped.

        Raises:
            ArgumentError: there is no such field.
        """
        if name == "model":
            return ConfigSource("environment", MODEL_VARIABLE) if uses_installed_model() else DEFAULT
        if name not in _FIELDS and name not in _PART_FIELDS:
            raise _unknown(f"Config has no field {name!r}", name, (*_FIELDS, *_PART_FIELDS))
        return self._sources.get(name) or (EXPLICIT if name.partition(".")[0] in self._given else DEFAULT)

    def given(self) -> dict[str, Any]:
        """What the user set, by field, without what it was resolved to."""
        return dict(self._given)

    def merge(self, **overrides: Any) -> Self:
        """A Config of what the user set here and of `overrides`, which win; None overrides nothing.

        Raises:
            ArgumentError: an override is not a field of Config.
        """
        _check_names(overrides)
        return type(self)(**self.given() | {name: value for name, value in overrides.items() if value is not None})

    def with_values(self, values: Mapping[str, Any], sources: Mapping[str, ConfigSource]) -> Self:
        """A Config of these values alone, known to come from `sources`; what the user set is still what was here."""
        config = type(self)(**values)
        object.__setattr__(config, "_given", self._given)
        object.__setattr__(config, "_sources", dict(sources))
        return config

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        values = {name: getattr(self, name) for name in _FIELDS}
        return _unpickle, (type(self), _portable(self._given), _portable(values), dict(self._sources))


def _portable(values: Mapping[str, Any]) -> dict[str, Any]:
    left = {"hooks", "transport"}
    if not isinstance(values.get("credentials"), types.FunctionType):
        left.add("credentials")
    # A plain dictionary among what was given would take its secrets along.
    return {
        name: as_headers(value) if name == "headers" else value for name, value in values.items() if name not in left
    }


def _unpickle(
    cls: type[Config], given: dict[str, Any], values: dict[str, Any], sources: dict[str, ConfigSource]
) -> Config:
    return cls(**given).with_values(values, sources)


def _signature() -> inspect.Signature:
    # The one of `__new__`, which comes first for Python, has no names.
    first, *fields = inspect.signature(Config.__init__).parameters.values()
    del first
    return inspect.Signature(fields)


Config.__signature__ = _signature()  # type: ignore[attr-defined]  # a class's own, which inspect.signature asks for

_FIELDS = tuple(field.name for field in attrs.fields(Config) if field.init)
_PART_FIELDS = tuple(
    f"{part}.{field.name}"
    for part, cls in (("retry", RetryConfig), ("timeouts", TimeoutConfig), ("http", HttpConfig))
    for field in attrs.fields(cls)
)


def _check_names(given: Iterable[str]) -> None:
    for name in given:
        if name not in _FIELDS:
            raise _unknown(f"unexpected keyword argument {name!r}", name, _FIELDS)


def _unknown(subject: str, name: str, known: Iterable[str]) -> ArgumentError:
    return ArgumentError(f"{subject}{setting_hint(name, known)}")
