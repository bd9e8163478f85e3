"""The files of profiles, as botocore reads them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import attrs

from .._botocore import botocore
from .._errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

Section = Mapping[str, object]

NO_SECTION: Section = {}


@attrs.frozen
class Profiles:
    """What is in the configuration file and the credentials file."""

    paths: tuple[str, str]
    """The two files, as they were named."""
    sections: Mapping[str, Section] = attrs.field(repr=False)
    """The profiles' keys, by profile; of a profile in both files the credentials file's keys win, as for botocore."""
    services: Mapping[str, Section] = attrs.field(repr=False)
    """The `services` sections, by name."""

    def key(self, profile: str, key: str) -> str | None:
        """The text of a profile's key; None if it has none, or no text."""
        return _text(self.sections.get(profile, NO_SECTION).get(key))

    def service_key(self, profile: str, service: str, key: str) -> tuple[str, str] | None:
        """The key of a service in the `services` section that the profile names: its path and its text.

        Raises:
            ConfigError: the section that is named is not there.
        """
        name = self.key(profile, "services")
        if name is None:
            return None
        section = self.services.get(name)
        if section is None:
            raise ConfigError(f"services in the profile {profile!r}: there is no section [services {name}]")
        settings = section.get(service)
        text = _text(cast("Section", settings).get(key)) if isinstance(settings, Mapping) else None
        return None if text is None else (f"services.{name}.{service}.{key}", text)


def named_files(environ: Mapping[str, str]) -> tuple[str, str]:
    """The configuration file and the credentials file, as they are named."""
    return (
        environ.get("AWS_CONFIG_FILE") or "~/.aws/config",
        environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials",
    )


def profile_files(environ: Mapping[str, str]) -> list[str]:
    """The paths of both files, whether or not they are there."""
    return [os.path.expandvars(os.path.expanduser(path)) for path in named_files(environ)]


def read_profiles(environ: Mapping[str, str]) -> Profiles:
    """The profiles of AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE; a file that is not there has none.

    Raises:
        ConfigError: a file cannot be read.
    """
    paths = named_files(environ)
    if not any(map(os.path.isfile, profile_files(environ))):
        return Profiles(paths, {}, {})  # as botocore would find, without the time to import it
    loader, errors = botocore("configloader"), botocore("exceptions")

    def read(load: Callable[[str], dict[str, Any]], path: str) -> dict[str, Any]:
        try:
            return load(path)
        except errors.ConfigNotFound:
            return {}
        except errors.ConfigParseError as error:
            raise ConfigError(f"{path} is not a configuration file that can be read: {error}") from error

    config = read(loader.load_config, paths[0])
    sections: dict[str, Section] = dict(config.get("profiles", {}))
    for name, section in read(loader.raw_config_parse, paths[1]).items():
        sections[name] = {**sections.get(name, NO_SECTION), **section}
    return Profiles(paths, sections, config.get("services", {}))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
