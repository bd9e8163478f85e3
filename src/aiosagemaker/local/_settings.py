"""A service's settings from a file of YAML or JSON: the parameters of LocalSageMaker by their names.

Beside them `faults` and `alarms` say what is on from the start: `faults: [{throttle: {rate: 0.1}}]`,
`alarms: [errors]`.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .._credentials.credentials import Credentials
from ..errors import ConfigError

if TYPE_CHECKING:
    import inspect


class SettingsError(ConfigError):
    """A file of settings says what no service takes."""


_STEERED = ("alarms", "faults")


Actions = list[tuple[str, dict[str, Any]]]
"""What is done when the service has started: names of `Steering`, and what each is given."""


def read_settings(path: str | Path, parameters: inspect.Signature) -> tuple[dict[str, Any], Actions]:
    """The parameters that a file gives, and the actions to begin with. Raises SettingsError, which names the place."""
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError
    except ImportError as error:
        raise SettingsError(
            f"a file of settings needs ruamel.yaml: pip install 'aiosagemaker[local]' ({error})"
        ) from error
    try:
        loader: Any = YAML(typ="safe")  # its types are partial
        read: Any = loader.load(Path(path).read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    except (YAMLError, ValueError) as error:
        raise SettingsError(f"{path} is no YAML: {error}") from error
    if not isinstance(read, dict):
        raise SettingsError(f"{path}: a mapping of settings is expected, not {type(read).__name__}")
    given = cast("dict[str, Any]", read)
    known = [name for name in parameters.parameters if name not in ("self", "clock")]
    unknown = [str(name) for name in given if name not in (*known, *_STEERED)]
    if unknown:
        there = ", ".join((*known, *_STEERED))
        raise SettingsError(f"{path}: no such setting: {', '.join(unknown)}. There are {there}")
    settings = {name: value for name, value in given.items() if name in known}
    for name in ("credentials", "s3_credentials"):
        if name in settings:
            settings[name] = _credentials(settings[name], f"{path}: {name}")
    if "images" in settings:
        settings["images"] = _images(settings["images"], f"{path}: images")
    actions: Actions = [("alarm", {"name": name}) for name in given.get("alarms") or ()]
    for fault in given.get("faults") or ():
        fault_of = cast("dict[str, Any]", fault) if isinstance(fault, dict) else {}
        if len(fault_of) != 1:
            raise SettingsError(f"{path}: faults: each is one name with what it takes, not {fault!r}")
        ((name, taken),) = fault_of.items()
        actions.append((str(name).replace("_", "-"), dict(taken or {})))
    return settings, actions


def _credentials(given: Any, where: str) -> Credentials:
    try:
        return Credentials(**given)
    except TypeError as error:
        raise SettingsError(f"{where}: access_key, secret_key and perhaps token are expected") from error


def _images(given: Any, where: str) -> dict[str, list[str]]:
    if not isinstance(given, dict):
        raise SettingsError(f"{where}: a command for each image is expected")
    commands = cast("dict[str, Any]", given)
    return {
        str(name): shlex.split(command) if isinstance(command, str) else [str(word) for word in command]
        for name, command in commands.items()
    }
