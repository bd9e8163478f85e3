"""Lists in pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

PAGES: list[Any] = [
    {"Endpoints": [{"EndpointName": "a"}, {"EndpointName": "b"}], "NextToken": "1"},
    {"Endpoints": [{"EndpointName": "c"}]},
]


def listed(server: Server, *words: str) -> tuple[int, Any, str]:
    server.reset(*PAGES)
    code, out, err = run_ours(["list-endpoints", "--endpoint-url", server.url, *words])
    return code, json.loads(out) if out else None, err


def test_all_pages_become_one_answer(server: Server) -> None:
    """Items of all pages stand in one list, and no token is left."""
    code, answer, _ = listed(server)
    assert (code, [item["EndpointName"] for item in answer["Endpoints"]]) == (0, ["a", "b", "c"])
    assert answer.keys() == {"Endpoints"}


def test_one_can_stop_and_go_on(server: Server) -> None:
    """`--max-items` cuts, and its token goes on where it cut."""
    _, answer, _ = listed(server, "--max-items", "1")
    assert len(answer["Endpoints"]) == 1
    _, answer, _ = listed(server, "--starting-token", answer["NextToken"])
    assert [item["EndpointName"] for item in answer["Endpoints"]] == ["b", "c"]


@pytest.mark.parametrize(
    ("words", "said", "unsaid"),
    [
        (["--no-paginate", "--max-items", "1"], "--no-paginate asks for one page: --max-items cannot", "--max-results"),
        (["--max-results", "5", "--max-items", "1"], "--max-results asks for one page: --max-items", "--no-paginate"),
        (["--next-token", "t", "--page-size", "1"], "--next-token asks for one page: --page-size", "--no-paginate"),
        (["--page-size", "0"], "Bad value for --page-size: expected at least 1, got 0", "axResults"),
        (["--starting-token", "eyJhIjogMX0="], "Bad starting token", "axResults"),
        (["--max-results", "0"], "for parameter MaxResults", "max_results"),
    ],
)
def test_only_what_was_typed_is_to_blame(words: list[str], said: str, unsaid: str, server: Server) -> None:
    """An error names the options of the line, and nothing is sent."""
    code, _, err = listed(server, *words)
    assert (code, server.requests) == (252, [])
    assert said in err
    assert unsaid not in err
    assert "ListEndpointsRequest" not in err
