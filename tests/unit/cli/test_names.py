"""The names that completion offers."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aiosagemaker.cli import names
from aiosagemaker.cli.arguments import Globals
from aiosagemaker.cli.commands import command_of

if TYPE_CHECKING:
    from tests.integration.cli_side_by_side import Server

LISTED = {"Endpoints": [{"EndpointName": "a"}, {"EndpointName": "b"}]}
DESCRIBE = command_of("sagemaker", "DescribeEndpoint")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setattr(names, "cache_folder", lambda: tmp_path / "aiosagemaker")
    return tmp_path / "aiosagemaker"


@pytest.mark.parametrize(
    ("operation", "member", "target"),
    [
        ("DescribeEndpoint", "EndpointName", "ListEndpoints"),
        ("CreateEndpoint", "EndpointConfigName", "ListEndpointConfigs"),
        ("DescribeModel", "ModelName", "ListModels"),
        ("DescribeInferenceComponent", "InferenceComponentName", "ListInferenceComponents"),
        ("StopTrainingJob", "TrainingJobName", "ListTrainingJobs"),
    ],
)
def test_a_member_is_listed_by_its_own_operation(operation: str, member: str, target: str, server: Server) -> None:
    """The names of a member come from the operation that lists what it names."""
    listed = target.removeprefix("List")
    server.reset({listed: [{member: "a"}], f"{listed.removesuffix('s')}Summaries": [{member: "a"}]})
    options = Globals(endpoint_url=server.url)
    assert names.resource_names(command_of("sagemaker", operation), member, "", options) == ["a"]
    assert server.requests[0].target == f"SageMaker.{target}"


@pytest.mark.parametrize(("operation", "member"), [("CreateEndpoint", "EndpointName"), ("CreateEndpoint", "Tags")])
def test_what_is_new_or_not_listed_is_not_asked_for(operation: str, member: str, server: Server) -> None:
    """The name of what a command makes is nobody's yet, and most members name nothing."""
    server.reset(LISTED)
    command = command_of("sagemaker", operation)
    assert names.resource_names(command, member, "", Globals(endpoint_url=server.url)) == []
    assert server.requests == []


def test_names_are_kept_for_seconds(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second key press asks nothing; another endpoint does, and so does the same one a while later."""
    server.reset(LISTED)
    options = Globals(endpoint_url=server.url)
    for _ in range(3):
        assert names.resource_names(DESCRIBE, "EndpointName", "", options) == ["a", "b"]
    assert len(server.requests) == 1
    names.resource_names(DESCRIBE, "EndpointName", "", Globals(endpoint_url=server.url, region="eu-west-1"))
    assert len(server.requests) == 2
    old = time.time() - names.KEPT_FOR - 1
    for path in cache.iterdir():
        os.utime(path, (old, old))
    names.resource_names(DESCRIBE, "EndpointName", "", options)
    assert len(server.requests) == 3
    ancient = time.time() - 7200
    for path in cache.iterdir():
        os.utime(path, (ancient, ancient))
    names.resource_names(DESCRIBE, "EndpointName", "", options)
    assert len(list(cache.iterdir())) == 1


def test_a_long_list_is_asked_for_by_its_beginning(server: Server) -> None:
    """Where a page has not all, the service is asked for those that hold what was typed."""
    server.reset({**LISTED, "NextToken": "t"}, {"Endpoints": [{"EndpointName": "churn"}]})
    options = Globals(endpoint_url=server.url)
    assert names.resource_names(DESCRIBE, "EndpointName", "ch", options) == ["churn"]
    assert server.requests[1].body["NameContains"] == "ch"


def test_a_service_that_refuses_has_no_names(server: Server) -> None:
    """A refusal is no candidate and no error, and is not asked for again at once."""
    server.reset({"__type": "AccessDeniedException", "message": "no"}, status=400)
    for _ in range(2):
        assert names.resource_names(DESCRIBE, "EndpointName", "", Globals(endpoint_url=server.url)) == []
    assert len(server.requests) == 1
    assert names.resource_names(DESCRIBE, "EndpointName", "", Globals(endpoint_url="nonsense")) == []


def test_a_silent_service_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that do not come in time are none."""
    monkeypatch.setattr(names, "LONGEST", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        assert names.resource_names(DESCRIBE, "EndpointName", "", Globals(endpoint_url=url)) == []
        assert time.monotonic() - started < 2


def test_what_else_is_kept_there_stays(server: Server, cache: Path) -> None:
    """Names that are forgotten take nothing else along: tables of models are kept in the same folder."""
    server.reset(LISTED)
    cache.mkdir(parents=True)
    ancient = time.time() - 7200
    for name in ("logs-1.44.8.json", "names-old.json"):
        (cache / name).touch()
        os.utime(cache / name, (ancient, ancient))
    names.resource_names(DESCRIBE, "EndpointName", "", Globals(endpoint_url=server.url))
    assert (cache / "logs-1.44.8.json").exists()
    assert not (cache / "names-old.json").exists()


@pytest.mark.parametrize("folder", [Path("/dev/null/none"), None])
def test_no_cache_is_only_slower(server: Server, monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
    """Where nothing can be written, names are still offered."""
    server.reset(LISTED)
    monkeypatch.setattr(names, "cache_folder", lambda: folder)
    assert names.resource_names(DESCRIBE, "EndpointName", "", Globals(endpoint_url=server.url)) == ["a", "b"]


def test_unreadable_files_have_no_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be parsed is no reason to fail at a key press."""
    (tmp_path / "config").write_text("[[[\n= ]\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert names.profiles() == []
    assert {"us-east-1", "cn-north-1"} <= set(names.regions())
