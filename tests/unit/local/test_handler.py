"""The order in which a request is judged: its head first, its body within bounds."""

from __future__ import annotations

import asyncio

import pytest

from aiosagemaker.local import LocalSageMaker
from aiosagemaker.local._faces import CONTROL_BYTES, INVOCATION_BYTES

SIGNED = "AWS4-HMAC-SHA256 Credential=A/20260101/r/sagemaker/aws4_request, SignedHeaders=host, Signature=" + "0" * 64


async def answer(local: LocalSageMaker, head: list[str], body: bytes = b"") -> bytes:
    """All that is answered to a request as it is."""
    port = int(local.endpoint_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join([*head, f"Host: 127.0.0.1:{port}", "", ""]).encode() + body)
    try:
        return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    finally:
        writer.close()


async def test_unsigned_body_is_not_read() -> None:
    """A request without a signature is refused though its body never comes, and the connection is closed."""
    async with LocalSageMaker() as local:
        got = await answer(local, ["POST / HTTP/1.1", "X-Amz-Target: SageMaker.ListModels", "Content-Length: 9"])
        assert got.startswith(b"HTTP/1.1 400 ")
        assert b"connection: close" in got.lower()


@pytest.mark.parametrize(("path", "limit"), [("/", CONTROL_BYTES), ("/endpoints/e/invocations", INVOCATION_BYTES)])
async def test_body_is_too_long(path: str, limit: int) -> None:
    """A body over the service's limit is refused by the length that is told, or where it passes the limit."""
    head = [f"POST {path} HTTP/1.1", f"Authorization: {SIGNED}", "X-Amz-Date: 20260101T000000Z"]
    async with LocalSageMaker(accept_any_credentials=True) as local:
        told = await answer(local, [*head, f"Content-Length: {limit + 1}"])
        assert told.startswith(b"HTTP/1.1 413 ")
        chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        sent = await answer(local, [*head, "Transfer-Encoding: chunked"], chunk * (limit // 0x100000 + 1))
        assert sent.startswith(b"HTTP/1.1 413 ")
        allowed = await answer(local, [*head, f"Content-Length: {limit}"], b" " * limit)
        assert allowed.startswith((b"HTTP/1.1 4", b"HTTP/1.1 200"))
        assert b" 413 " not in allowed
