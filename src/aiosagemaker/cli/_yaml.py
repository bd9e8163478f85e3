"""YAML in and out, by PyYAML, which only the commands that ask for YAML need."""

from __future__ import annotations

from typing import Any

from .failures import UsageError


def _yaml() -> Any:
    try:
        import yaml
    except ImportError as error:
        raise UsageError("YAML needs PyYAML: pip install 'aiosagemaker[cli]'") from error
    return yaml


def load(text: str | bytes) -> Any:
    """The value. Timestamps stay the text they are. Raises ValueError for what is not YAML."""
    yaml = _yaml()

    Loader: Any = type("Loader", (yaml.SafeLoader,), {})  # noqa: N806  # a class
    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    try:
        return yaml.load(text, Loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def dump(value: Any) -> str:
    """The text, in block style, with keys in their order."""
    yaml = _yaml()
    text: str = yaml.dump(
        value,
        Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper),
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=False,
        width=10_000,
    )
    return text.removesuffix("...\n")
