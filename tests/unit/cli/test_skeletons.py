"""Samples of requests and answers."""

from __future__ import annotations

import json
from typing import Any

import ruamel.yaml

from aiosagemaker.cli.commands import command_names, find_command
from aiosagemaker.cli.skeletons import input_skeleton, yaml_skeleton


def test_the_skeleton_in_yaml_says_what_that_in_json_says() -> None:
    """Every operation's YAML skeleton reads as its JSON skeleton, and its comments name what is required."""
    for name in command_names():
        command = find_command(name)
        if command is None:
            continue
        sample = json.loads(input_skeleton(command))
        text = yaml_skeleton(command)
        assert _comparable(ruamel.yaml.YAML(typ="base", pure=True).load(text)) == _comparable(sample), name
        assert all("[REQUIRED]" in text for parameter in command.parameters if parameter.required), name


def _comparable(value: Any) -> Any:
    # YAML's text has no types, and both leave out what is empty in their own way.
    if isinstance(value, dict):
        return {key: _comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    return {"None": "", "True": "true"}.get(str(value), str(value))
