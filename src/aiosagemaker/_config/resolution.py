"""A Config's gaps are filled: one loop over the rows of `settings`, which notes where each value came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from .._botocore import botocore
from .._errors import ConfigError, ProfileNotFoundError
from ..retries import RetryConfig
from .parts import HttpConfig
from .profiles import Profiles, read_profiles
from .settings import SETTINGS, Setting
from .source import DEFAULT, EXPLICIT, ConfigSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .config import Config

    Found = tuple[str, ConfigSource] | None

_PARTS: Mapping[str, Any] = {"http": HttpConfig(), "retry": RetryConfig()}
"""What stands for a part that was not given."""
_PSEUDO_REGION = re.compile("fips-|-fips")


def resolve(config: Config, service: str, environ: Mapping[str, str]) -> Config:
    """`config` with every gap filled from the environment, the profile's files and the defaults.

    Only this reads the configuration files (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE). A region that is set
    nowhere stays None. An empty variable counts as not set.

    Args:
        config: what the user set; what a Config was resolved to before is resolved anew.
        service: the service's id, such as `SageMaker Runtime`; it names the service's own settings.
        environ: the environment's variables.

    Raises:
        ProfileNotFoundError: the profile asked for is in no file.
        EndpointResolutionError: the endpoint URL found is not usable.
        ConfigError: a value is not one that the setting takes, or a file cannot be read.
    """
    given = config.given()
    values = given | {name: given.get(name, part) for name, part in _PARTS.items()}
    sources: dict[str, ConfigSource] = {}
    places = _Places(given.get("credentials"), service, environ)
    for setting in SETTINGS:
        part, _, field = setting.name.partition(".")
        explicit = given.get(part) if not field else getattr(given.get(part), field, None)
        found = places.find(setting) if explicit is None and setting.wanted(values) else None
        if found is not None:
            value = setting.check(found[0], places.describe(found[1]))
            values[part] = attrs.evolve(values[part], **{field: value}) if field else value
            sources[setting.name] = found[1]
            if part not in given:
                sources.setdefault(part, found[1])
        elif explicit is None and not field:
            values[part] = setting.default
        if setting.name == "profile":
            places.enter(values["profile"], EXPLICIT if explicit else sources.get("profile", DEFAULT))
    _map_pseudo_region(values, sources)
    return config.with_values(values, sources)


def _map_pseudo_region(values: dict[str, Any], sources: dict[str, ConfigSource]) -> None:
    region: str | None = values["region"]
    if region is not None and _PSEUDO_REGION.search(region):
        # As botocore/client.py does, whatever was said of FIPS elsewhere.
        values["region"] = _PSEUDO_REGION.sub("", region)
        values["use_fips"] = True
        sources["use_fips"] = sources.get("region", EXPLICIT)


class _Places:
    """Where a setting is looked for: the session given as credentials, the environment, and the profile."""

    def __init__(self, credentials: object, service: str, environ: Mapping[str, str]) -> None:
        self._session: Any = credentials if hasattr(credentials, "get_credentials") else None
        self._service = re.sub(r"[ -]", "_", service.lower())
        self._environ = environ
        self._profiles: Profiles | None = None
        self._profile = ""

    def enter(self, profile: str, source: ConfigSource) -> None:
        """Read the files, and look in this profile from now on. Raises ProfileNotFoundError, ConfigError."""
        self._profiles = read_profiles(self._environ)
        self._profile = profile
        if profile not in self._profiles.sections and source != "default":
            raise ProfileNotFoundError(
                f"the profile {profile!r} ({self.describe(source)}) is in none of {' and '.join(self._profiles.paths)}"
            )

    def find(self, setting: Setting) -> Found:
        """What is set, and where. Raises ConfigError."""
        return self._in_session(setting) or self._in_environment(setting) or self._in_profile(setting)

    def describe(self, source: ConfigSource) -> str:
        """The source in words, for a message."""
        if source == "environment":
            return f"{source.name} in the environment"
        if source == "profile":
            return f"{source.name} in the profile {self._profile!r}"
        return f"of the {source.name} given as credentials" if source.name else "explicit"

    def _in_session(self, setting: Setting) -> Found:
        if self._session is None or setting.session is None:
            return None
        session, errors = self._session, botocore("exceptions")
        # boto3's session has properties, botocore's has variables.
        attribute, variable = setting.session
        try:
            value: object = (
                getattr(session, attribute)
                if hasattr(session, attribute)
                else session.get_config_variable(variable)
                if hasattr(session, "get_config_variable")
                else None
            )
        except errors.ProfileNotFound as error:
            raise ProfileNotFoundError(f"the session given as credentials: {error}") from error
        except errors.BotoCoreError as error:
            raise ConfigError(f"the session given as credentials: {error}") from error
        # boto3 names the default profile when none was chosen, whether or not there is one.
        if not isinstance(value, str) or not value or value == setting.default:
            return None
        return value, ConfigSource("explicit", "session")

    def _in_environment(self, setting: Setting) -> Found:
        for template in setting.variables:
            name = template.format(SERVICE=self._service.upper())
            if value := self._environ.get(name, "").strip():
                return value, ConfigSource("environment", name)
        return None

    def _in_profile(self, setting: Setting) -> Found:
        if self._profiles is None:
            return None
        if setting.service_key is not None:
            found = self._profiles.service_key(self._profile, self._service, setting.service_key)
            if found is not None:
                return found[1], ConfigSource("profile", found[0])
        text = None if setting.key is None else self._profiles.key(self._profile, setting.key)
        return None if text is None else (text, ConfigSource("profile", setting.key or ""))
