"""What the words after an option mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.cli_side_by_side import run_ours

from aiosagemaker.cli.commands import command_of
from aiosagemaker.cli.failures import InvalidRequest
from aiosagemaker.cli.values import file_advice, timestamp, typed

if TYPE_CHECKING:
    from pathlib import Path

CREATE = ["create-endpoint", "--endpoint-name", "e", "--endpoint-config-name", "c", "--tags"]


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (["key=a,value=b"], 'Unknown parameter in Tags[0]: "key", must be one of: Key, Value (did you mean Key?)'),
        (["key=a,value=b"], 'Unknown parameter in Tags[0]: "value"'),
        (["Key=a,Name=b"], 'Unknown parameter in Tags[0]: "Name", must be one of: Key, Value'),
        (["Key=a,Value=b,c"], 'one with a comma in it is quoted: Value="b,c"'),
        (["Key=a,Value=x,y,Key=z"], "Second instance"),
        (["Key=a,Value=b,c d"], 'is quoted: Value="b,c d"'),
        (["tags.json"], "did you mean file://tags.json?"),
        (['[{"Key": 1, "Value": "b"}]'], "Invalid type for parameter Tags[0].Key, value: 1, expected: a string"),
        (['[{"Key": null}]'], "value: null, expected: a string"),
        (["Key=a"], 'Missing required parameter in Tags[0]: "Value"'),
    ],
)
def test_a_wrong_value_is_told_with_what_was_typed(tags: list[str], said: str) -> None:
    """The message has the words that were typed, what would be right, and no word of Python's."""
    code, _, err = run_ours([*CREATE, *tags, "--region", "us-east-1", "--dry-run"])
    assert code == 252
    assert said in err
    assert not [word for word in ("NoneType", "CreateEndpointRequest", "tags[0]", "dict") if word in err]


def test_an_unknown_name_is_not_also_missing() -> None:
    """A misspelt member is one problem, told once."""
    _, _, err = run_ours([*CREATE, "key=a,Value=b"])
    assert "Missing" not in err


def test_a_file_is_suggested_only_for_what_looks_like_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is there, or a name as files have; not any text."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain").touch()
    assert "file://plain" in file_advice("plain")
    assert "file://a/b.yaml" in file_advice("a/b.yaml")
    assert file_advice("Key=a") == file_advice("") == file_advice("x" * 5000) == ""


@pytest.mark.parametrize(
    ("operation", "value", "problems"),
    [
        ("CreateEndpoint", {"EndpointName": 1, "Tags": {"a": 1}}, 2),
        ("CreateEndpoint", {"Tags": [1, "x", None]}, 3),
        ("CreateModel", {"EnableNetworkIsolation": "yes"}, 1),
        ("CreateEndpointConfig", {"ProductionVariants": [{"InitialInstanceCount": True}]}, 1),
        ("CreateEndpointConfig", {"ProductionVariants": [{"InitialVariantWeight": 1, "InitialInstanceCount": 1.5}]}, 1),
        ("CreateTrialComponent", {"StartTime": "never", "Parameters": {"a": []}}, 2),
    ],
)
def test_every_wrong_type_is_told(operation: str, value: dict[str, Any], problems: int) -> None:
    """All problems are told at once, in the types of JSON."""
    with pytest.raises(InvalidRequest) as caught:
        typed(value, command_of("sagemaker", operation).input)
    assert len(str(caught.value).split("; ")) == problems


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("1577934245", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (1577934245.9, datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02T05:04:05+02:00", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("Thu, 02 Jan 2020 03:04:05 GMT", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02 03:04:05", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_any_usual_form(given: str | float, wanted: datetime) -> None:
    """Numbers are seconds, texts dates; without a zone they are in UTC."""
    assert timestamp(given) == wanted
