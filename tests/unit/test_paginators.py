"""Lists that come in pages, over a scripted server."""

from __future__ import annotations

import asyncio
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from IPython.lib.pretty import pretty

from aiosagemaker.errors import ArgumentError, PaginationError, ParamValidationError, ThrottlingException
from aiosagemaker.retries import RetryConfig
from aiosagemaker.sagemaker.models import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerClient

PAGINATORS = sorted(NAMESPACE.schema.paginators)


def page(server: Any, *names: str, token: str | None = None) -> None:
    body: dict[str, Any] = {"Endpoints": [{"EndpointName": name} for name in names]}
    server.answer(body if token is None else {**body, "NextToken": token})


def three_pages(server: Any) -> None:
    page(server, "a", "b", token="one")
    page(server, token="two")
    page(server, "c")


async def test_items(client: SageMakerClient, server: Any) -> None:
    """Iteration gives the items of all pages in order, an empty page between them included."""
    three_pages(server)
    names = [item.endpoint_name async for item in client.paginate_list_endpoints(name_contains="x")]
    assert names == ["a", "b", "c"]
    assert [request.json for request in server.received] == [
        {"NameContains": "x"},
        {"NameContains": "x", "NextToken": "one"},
        {"NameContains": "x", "NextToken": "two"},
    ]


async def test_pages(client: SageMakerClient, server: Any) -> None:
    """`pages` gives the responses themselves."""
    three_pages(server)
    pages = [response async for response in client.paginate_list_endpoints().pages()]
    assert [len(response.endpoints) for response in pages] == [2, 0, 1]
    assert [response.next_token for response in pages] == ["one", "two", None]
    assert all(type(response) is NAMESPACE["ListEndpointsResponse"] for response in pages)


async def test_page_size(client: SageMakerClient, server: Any) -> None:
    """`page_size` goes to the service with each request."""
    page(server, "a", token="one")
    page(server, "b")
    await client.paginate_list_endpoints(page_size=1).collect()
    assert [request.json["MaxResults"] for request in server.received] == [1, 1]


async def test_collect(client: SageMakerClient, server: Any) -> None:
    """`collect` gives all items in a list."""
    three_pages(server)
    items = await client.paginate_list_endpoints().collect()
    assert [item.endpoint_name for item in items] == ["a", "b", "c"]


@pytest.mark.parametrize(("limit", "count", "requests"), [(0, 0, 0), (1, 1, 1), (2, 2, 1), (3, 3, 3), (9, 3, 3)])
async def test_collect_limit(client: SageMakerClient, server: Any, limit: int, count: int, requests: int) -> None:
    """A limit fetches no page beyond the last that is needed."""
    three_pages(server)
    assert len(await client.paginate_list_endpoints().collect(limit)) == count
    assert len(server.received) == requests


async def test_lazy(client: SageMakerClient, server: Any) -> None:
    """Nothing is sent before the first item is asked for, and no page before it is reached."""
    three_pages(server)
    paginator = client.paginate_list_endpoints()
    assert server.received == []
    items = aiter(paginator)
    await anext(items)
    await anext(items)
    assert len(server.received) == 1
    await items.aclose()


async def test_again(client: SageMakerClient, server: Any) -> None:
    """Iterating again starts at the first page."""
    paginator = client.paginate_list_endpoints()
    for _ in range(2):
        three_pages(server)
        assert len(await paginator.collect()) == 3
    assert "NextToken" not in server.received[3].json


async def test_start_token(client: SageMakerClient, server: Any) -> None:
    """A token given at the start is where iteration begins."""
    page(server, "c")
    await client.paginate_list_endpoints(next_token="two").collect()
    assert server.received[0].json == {"NextToken": "two"}


@pytest.mark.parametrize("start", [None, "same"])
async def test_repeated_token(client: SageMakerClient, server: Any, start: str | None) -> None:
    """A token that the service sends twice in a row raises PaginationError instead of going round forever."""
    page(server, "a", token="same")
    with pytest.raises(PaginationError, match="same"):
        await client.paginate_list_endpoints(next_token=start).collect(limit=9)
    assert len(server.received) == (2 if start is None else 1)


@pytest.mark.parametrize("tokens", ["AB", "ABC", "ABCB"])
async def test_tokens_that_go_round(client: SageMakerClient, server: Any, tokens: str) -> None:
    """Tokens that come round again end in PaginationError, which has the items that came and the token."""
    for _ in range(2):
        for token in tokens:
            page(server, f"behind-{token}", token=token)
    with pytest.raises(PaginationError) as caught:
        await client.paginate_list_endpoints().collect()
    came = [item.endpoint_name for item in caught.value.items]
    assert came[-1] == f"behind-{caught.value.next_token}"
    assert len(came) == len(set(tokens)) + 1 == len(server.received)


async def test_going_on(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """What ends a collection keeps what came and says where to go on, and `starting_token` goes on there."""
    client = make_client(retry=RetryConfig(mode="off"))
    page(server, "a", "b", token="one")
    server.refuse("ThrottlingException", "Rate exceeded")
    page(server, "c")
    with pytest.raises(ThrottlingException) as caught:
        await client.paginate_list_endpoints(name_contains="x").collect()
    error = caught.value
    assert ([item.endpoint_name for item in error.items], error.next_token) == (["a", "b"], "one")
    rest = await client.paginate_list_endpoints(name_contains="x", starting_token=error.next_token).collect()
    assert [item.endpoint_name for item in rest] == ["c"]
    assert server.received[-1].json == {"NameContains": "x", "NextToken": "one"}


async def test_going_on_after_iteration(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """An error that ends an iteration says where to go on, and None where it ended before the first page."""
    client = make_client(retry=RetryConfig(mode="off"))
    server.refuse("ThrottlingException", "Rate exceeded")
    with pytest.raises(ThrottlingException) as caught:
        _ = [item async for item in client.paginate_list_endpoints()]
    assert (caught.value.items, caught.value.next_token) == ((), None)
    page(server, "a", token="one")
    server.refuse("ThrottlingException", "Rate exceeded")
    with pytest.raises(ThrottlingException) as caught:
        _ = [item async for item in client.paginate_list_endpoints()]
    assert caught.value.next_token == "one"


async def test_two_starts(client: SageMakerClient) -> None:
    """A starting token beside the request's own is refused at the call."""
    with pytest.raises(ArgumentError, match="next_token"):
        client.paginate_list_endpoints(next_token="a", starting_token="b")


async def test_empty_token_ends(client: SageMakerClient, server: Any) -> None:
    """An empty token is the end, as is a missing one."""
    page(server, "a", token="")
    assert len(await client.paginate_list_endpoints().collect()) == 1
    assert len(server.received) == 1


async def test_error_between_pages(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """An error in the middle reaches the caller after the items before it."""
    client = make_client(retry=RetryConfig(mode="off"))
    page(server, "a", token="one")
    server.refuse("ThrottlingException", "Rate exceeded")
    items = aiter(client.paginate_list_endpoints())
    assert (await anext(items)).endpoint_name == "a"
    with pytest.raises(ThrottlingException):
        await anext(items)


async def test_cancel(client: SageMakerClient, server: Any) -> None:
    """Iteration can be cancelled while a page is fetched."""
    server.gate = asyncio.Event()
    task = asyncio.create_task(client.paginate_list_endpoints().collect())
    await server.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_bad_input(client: SageMakerClient, server: Any) -> None:
    """What is wrong with the call is said at the call, what is wrong with the request before anything is sent."""
    with pytest.raises(ArgumentError, match="name_contain"):
        client.paginate_list_endpoints(name_contain="x")
    with pytest.raises(ArgumentError):
        client.paginate_list_endpoints(NAMESPACE["ListEndpointsRequest"](), name_contains="x")
    with pytest.raises(ParamValidationError):
        await client.paginate_list_endpoints(page_size=0).collect()
    assert server.received == []


async def test_request_object(client: SageMakerClient, server: Any) -> None:
    """A paginator takes a request object, which stays as it was."""
    three_pages(server)
    request = NAMESPACE["ListEndpointsRequest"](name_contains="x")
    await client.paginate_list_endpoints(request, page_size=5).collect()
    assert server.received[0].json == {"NameContains": "x", "MaxResults": 5}
    assert request.to_dict() == {"NameContains": "x"}


@pytest.mark.parametrize("name", PAGINATORS)
async def test_every_paginator(client: SageMakerClient, server: Any, sample: Callable[..., Any], name: str) -> None:
    """Each paginator's members exist, its tokens lead to the next page and its items are those of the response."""
    row = NAMESPACE.schema.paginators[name]
    operation = NAMESPACE.schema.operations[name]
    shapes = NAMESPACE.shapes
    results = {member["name"]: wire for wire, member in shapes[operation["output"]]["members"].items()}
    result = shapes[operation["output"]]["members"][results[row["result"]]]["shape"]
    assert shapes[result]["type"] == "list"
    item = sample(NAMESPACE, shapes[result]["item"])
    wire = [item.to_dict() if hasattr(item, "to_dict") else item]
    server.answer({results[row["result"]]: _plain(wire), results[row["output_token"]]: "next"})
    server.answer({results[row["result"]]: _plain(wire)})
    request = sample(NAMESPACE, operation["input"])
    items = await getattr(client, row["method"])(request, page_size=50).collect()
    assert items == [item, item]
    wires = {member["name"]: wire for wire, member in shapes[operation["input"]]["members"].items()}
    first, second = (received.json for received in server.received)
    assert wires[row["input_token"]] not in first
    assert second == {**first, wires[row["input_token"]]: "next"}
    assert first[wires[row["limit"]]] == 50


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.timestamp() if hasattr(value, "timestamp") else value


def test_the_model_has_ninety_seven_paginators() -> None:
    """Every paginator of the model has its method."""
    assert len(PAGINATORS) == 97


async def test_what_is_collected_is_shown_as_a_table(client: SageMakerClient, server: Any) -> None:
    """A list of items is a list, which notebooks and IPython show as a table, and whose repr is short."""
    page(server, *(f"e{number}" for number in range(100)))
    items = await client.paginate_list_endpoints().collect()
    assert isinstance(items, list)
    assert items == [*items]
    assert pickle.loads(pickle.dumps(items)) == items
    assert len(repr(items)) < 3_000
    assert repr(items).startswith("[EndpointSummary(endpoint_name='e0', ")
    shown: Any = items
    assert shown._repr_html_().count("<tr>") == 101
    lines = pretty(items).splitlines()
    assert (lines[0], len(lines)) == ("EndpointSummary: 100", 102)
    assert pretty({"found": items[:1]}).startswith("{'found': [EndpointSummary(")


async def test_what_is_collected_of_plain_values(client: SageMakerClient, server: Any) -> None:
    """A list without structures is shown as lists are."""
    page(server)
    items: Any = await client.paginate_list_endpoints().collect()
    assert (repr(items), pretty(items), items._repr_html_()) == ("[]", "[]", None)
    items.append("a")
    assert (repr(items), pretty(items), items._repr_html_()) == ("['a']", "['a']", None)
