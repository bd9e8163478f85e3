"""Streams both ways through the local service, to a container in this process and to one of its own."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import Credentials, SageMakerRuntimeClient
from aiosagemaker.errors import AuthenticationError, ModelStreamError, ServiceError
from aiosagemaker.local import LocalSageMaker, ModelRequest, Part
from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SERVER = """
import os
from aiohttp import WSMsgType, web

async def ping(request):
    return web.Response()

async def talk(request):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str(f"welcome {request.query_string}")
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data.upper())
        elif message.type is WSMsgType.BINARY:
            await socket.send_bytes(message.data[::-1])
    return socket

app = web.Application()
app.add_routes([web.get("/ping", ping), web.get("/{path:.*}", talk)])
web.run_app(app, host="127.0.0.1", port=int(os.environ["SAGEMAKER_BIND_TO_PORT"]), print=None)
"""


async def echo(request: ModelRequest) -> bytes:
    return request.body


async def converse(request: ModelRequest, parts: AsyncIterator[Part]) -> AsyncIterator[Part]:
    """Send back what comes, and say at the end how much it was."""
    count = 0
    async for part in parts:
        if part.data == b"fail":
            raise ValueError("no more")
        count += 1
        yield part
    yield Part(f"{count} parts".encode(), text=True)


echo.converse = converse  # type: ignore[attr-defined]  # as the service documents it


@asynccontextmanager
async def serving(image: Any) -> AsyncIterator[LocalSageMaker]:
    """An endpoint `e` in service."""
    async with LocalSageMaker(images={"i": image}) as service, service.client() as client:
        await client.create_model(
            model_name="m",
            execution_role_arn="arn:aws:iam::123456789012:role/r",
            primary_container=ContainerDefinition(image="i"),
        )
        variant = ProductionVariant(
            variant_name="all", model_name="m", instance_type="ml.m5.large", initial_instance_count=1
        )
        await client.create_endpoint_config(endpoint_config_name="c", production_variants=[variant])
        await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
        await client.wait_until_endpoint_in_service(endpoint_name="e")
        yield service


async def test_a_container_in_this_process() -> None:
    """Parts go both ways at once, signed, and the other calls of the endpoint go on over the same port."""
    async with serving(echo) as local, local.runtime() as runtime:
        async with runtime.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:
            assert stream.response.invoked_production_variant == "all"
            for number in range(50):
                await stream.send(str(number).encode())
                part = await anext(stream)
                assert (part.bytes, part.data_type) == (str(number).encode(), "BINARY")
            await stream.end()
            (last,) = [part async for part in stream]
        assert (last.bytes, last.data_type) == (b"50 parts", "UTF8")
        assert (await runtime.invoke_endpoint(endpoint_name="e", body=b"plain")).body == b"plain"


async def test_a_container_of_its_own(tmp_path: Path) -> None:
    """A container's process is spoken to over a WebSocket, text as text, on the path and query that were asked for."""
    (tmp_path / "server.py").write_text(SERVER)
    async with serving([sys.executable, str(tmp_path / "server.py")]) as local, local.runtime() as runtime:
        call = runtime.invoke_endpoint_with_bidirectional_stream(
            endpoint_name="e", model_invocation_path="v1/listen", model_query_string="lang=de"
        )
        async with call as stream:
            assert (await anext(stream)).bytes == b"welcome lang=de"
            await stream.send("grüß dich")
            assert (await anext(stream)).bytes == "GRÜSS DICH".encode()
            await stream.send(b"abc")
            assert (await anext(stream)).bytes == b"cba"
            await stream.end()
            assert [part async for part in stream] == []


async def test_a_model_that_fails() -> None:
    """What a model raises ends the stream with ModelStreamError."""
    async with (
        serving(echo) as local,
        local.runtime() as runtime,
        runtime.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream,
    ):
        await stream.send(b"fail")
        with pytest.raises(ModelStreamError, match="no more"):
            await anext(stream)


async def plain(request: ModelRequest) -> bytes:
    return b""


async def test_a_model_that_cannot() -> None:
    """A model that takes no such stream says so."""
    async with (
        serving(plain) as local,
        local.runtime() as runtime,
        runtime.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream,
    ):
        with pytest.raises(ModelStreamError, match="converse"):
            await anext(stream)


async def test_no_such_endpoint() -> None:
    """An endpoint that is not there is refused on entering."""
    async with serving(echo) as local, local.runtime() as runtime:
        with pytest.raises(ServiceError, match="not found"):
            await runtime.invoke_endpoint_with_bidirectional_stream(endpoint_name="other").__aenter__()


async def test_another_secret() -> None:
    """A request signed with another secret is refused."""
    async with serving(echo) as local:
        wrong = Credentials(local.credentials.access_key, "another-secret")
        async with SageMakerRuntimeClient(
            region=local.region, endpoint_url=local.endpoint_url, credentials=wrong
        ) as runtime:
            with pytest.raises(AuthenticationError):
                await runtime.invoke_endpoint_with_bidirectional_stream(endpoint_name="e").__aenter__()


async def test_a_wrong_signature_of_an_event() -> None:
    """An event whose signature is not that of its place ends the stream."""
    async with (
        serving(echo) as local,
        local.runtime() as runtime,
        runtime.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream,
    ):
        sender: Any = stream._sender
        sender._signer.events._previous = "0" * 64
        await stream.send(b"part")
        with pytest.raises(ModelStreamError, match="signature"):
            await anext(stream)
