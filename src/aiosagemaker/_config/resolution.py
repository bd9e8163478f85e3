"""Where the values come from that the user did not set: session, environment, profile, default."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, cast

import attrs

from .._botocore import botocore
from .._errors import ConfigError, ProfileNotFoundError
from ..retries import RetryConfig
from .config import Config, ConfigSource, HttpConfig
from .values import check_endpoint_url

_Section = Mapping[str, object]
_Found = tuple[str, ConfigSource] | None


def resolve_values(
    config: Config, service: str, environ: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, ConfigSource]]:
    """Every field's value, and the sources of those that are not defaults; see `config.resolve`."""
    values = config.given()
    sources = dict.fromkeys(values, ConfigSource("explicit"))
    settings = _Settings(values.get("profile"), values.get("credentials"), environ)
    values["profile"] = settings.profile
    sources.setdefault("profile", settings.profile_source)

    def fill(name: str, parse: Callable[[str, str], Any], *candidates: _Found) -> None:
        found = next(filter(None, candidates), None)
        if found and name not in values:
            values[name], sources[name] = parse(found[0], settings.describe(found[1])), found[1]

    def fill_flag(name: str, variable: str, key: str) -> None:
        fill(name, _flag, settings.variable(variable), settings.key(key))
        values.setdefault(name, False)

    fill(
        "region",
        _text,
        settings.of_session("region_name", "region"),
        settings.variable("AWS_REGION", "AWS_DEFAULT_REGION"),
        settings.key("region"),
    )
    fill("app_id", _text, settings.variable("AWS_SDK_UA_APP_ID"), settings.key("sdk_ua_app_id"))
    fill_flag("use_fips", "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
    fill_flag("use_dualstack", "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
    ignore = "ignore_configured_endpoint_urls"
    fill_flag(ignore, f"AWS_{ignore.upper()}", ignore)
    if not values[ignore] and "endpoint_url" not in values:
        own = service.lower().replace("-", "_").replace(" ", "_")
        fill(
            "endpoint_url",
            check_endpoint_url,
            settings.variable(f"AWS_ENDPOINT_URL_{own.upper()}", "AWS_ENDPOINT_URL")
            or settings.service_key(own, "endpoint_url")
            or settings.key("endpoint_url"),
        )
    if "retry" not in values:
        fill("retry.mode", _retry_mode, settings.variable("AWS_RETRY_MODE"), settings.key("retry_mode"))
        fill("retry.max_attempts", _attempts, settings.variable("AWS_MAX_ATTEMPTS"), settings.key("max_attempts"))
        found = [name for name in ("retry.mode", "retry.max_attempts") if name in values]
        values["retry"] = RetryConfig(**{name.removeprefix("retry."): values.pop(name) for name in found})
        if found:
            sources["retry"] = sources[found[0]]
    http: HttpConfig = values.setdefault("http", HttpConfig())
    if http.verify and http.ca_bundle is None:
        fill("http.ca_bundle", _text, settings.variable("AWS_CA_BUNDLE"), settings.key("ca_bundle"))
        values["http"] = attrs.evolve(http, ca_bundle=values.pop("http.ca_bundle", None))
    return values, sources


class _Settings:
    """What session, environment and profile say."""

    def __init__(self, profile: str | None, credentials: object, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._session: Any = credentials if hasattr(credentials, "get_credentials") else None
        self.profile, self.profile_source = (
            (profile, ConfigSource("explicit"))
            if profile
            else self._session_profile()
            or self.variable("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
            or ("default", ConfigSource("default"))
        )
        profiles, self._services = _read_files(environ)
        if self.profile not in profiles and self.profile_source != "default":
            raise ProfileNotFoundError(
                f"the profile {self.profile!r} ({self.describe(self.profile_source)}) is in none of "
                f"{' and '.join(_paths(environ))}"
            )
        self._section = profiles.get(self.profile, {})

    def describe(self, source: ConfigSource) -> str:
        """The source in words, for a message."""
        if source == "environment":
            return f"{source.name} in the environment"
        if source == "profile":
            return f"{source.name} in the profile {self.profile!r}"
        return f"of the {source.name} given as credentials" if source.name else "explicit"

    def _session_profile(self) -> _Found:
        found = self.of_session("profile_name", "profile")
        # boto3 names the default profile when none was chosen, whether or not there is one.
        return None if found and found[0] == "default" else found

    def of_session(self, boto3_name: str, botocore_name: str) -> _Found:
        """What the session given as credentials says: boto3's has properties, botocore's has variables."""
        if self._session is None:
            return None
        session, errors = self._session, botocore("exceptions")
        try:
            value: object = (
                getattr(session, boto3_name)
                if hasattr(session, boto3_name)
                else session.get_config_variable(botocore_name)
                if hasattr(session, "get_config_variable")
                else None
            )
        except errors.ProfileNotFound as error:
            raise ProfileNotFoundError(f"the session given as credentials: {error}") from error
        except errors.BotoCoreError as error:
            raise ConfigError(f"the session given as credentials: {error}") from error
        return (value, ConfigSource("explicit", "session")) if isinstance(value, str) and value else None

    def variable(self, *names: str) -> _Found:
        for name in names:
            if value := self._environ.get(name, "").strip():
                return value, ConfigSource("environment", name)
        return None

    def key(self, key: str) -> _Found:
        value = self._section.get(key)
        return (value, ConfigSource("profile", key)) if isinstance(value, str) and value else None

    def service_key(self, service: str, key: str) -> _Found:
        """The key of a service in the `services` section that the profile names."""
        name = self._section.get("services")
        if not isinstance(name, str) or not name:
            return None
        section = self._services.get(name)
        if section is None:
            raise ConfigError(f"services in the profile {self.profile!r}: there is no section [services {name}]")
        settings = section.get(service)
        value = cast("_Section", settings).get(key) if isinstance(settings, Mapping) else None
        return (value, ConfigSource("profile", f"services.{name}.{service}.{key}")) if isinstance(value, str) else None


def _paths(environ: Mapping[str, str]) -> tuple[str, str]:
    return (
        environ.get("AWS_CONFIG_FILE") or "~/.aws/config",
        environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials",
    )


def _read_files(environ: Mapping[str, str]) -> tuple[dict[str, _Section], dict[str, _Section]]:
    """The profiles and the `services` sections of both files; of a profile in both, the credentials file's keys win,
    as they do for botocore."""
    paths = _paths(environ)
    if not any(os.path.isfile(os.path.expandvars(os.path.expanduser(path))) for path in paths):
        return {}, {}  # as botocore would find, without the time to import it
    loader, errors = botocore("configloader"), botocore("exceptions")

    def read(load: Callable[[str], dict[str, Any]], path: str) -> dict[str, Any]:
        try:
            return load(path)
        except errors.ConfigNotFound:
            return {}
        except errors.ConfigParseError as error:
            raise ConfigError(f"{path} is not a configuration file that can be read: {error}") from error

    config_path, credentials_path = paths
    config = read(loader.load_config, config_path)
    profiles: dict[str, _Section] = dict(config.get("profiles", {}))
    for name, section in read(loader.raw_config_parse, credentials_path).items():
        profiles[name] = {**profiles.get(name, {}), **section}
    return profiles, config.get("services", {})


def _text(text: str, _: str) -> str:
    return text


def _flag(text: str, origin: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ConfigError(f"{origin}: expected true or false, got {text!r}")
    return text.lower() == "true"


def _retry_mode(text: str, origin: str) -> str:
    modes = {"legacy": "standard", "standard": "standard", "adaptive": "adaptive"}
    if text.lower() not in modes:
        raise ConfigError(f"{origin}: expected one of {', '.join(modes)}, got {text!r}")
    return modes[text.lower()]


def _attempts(text: str, origin: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise ConfigError(f"{origin}: expected a whole number above zero, got {text!r}")
    return int(text)
