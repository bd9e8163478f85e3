"""Bodies of requests up to a limit, and the answer to what is not read to its end."""

from __future__ import annotations

from aiohttp import web


async def read_body(request: web.BaseRequest, longest: int) -> bytes | None:
    """The whole body, or None for one that is longer."""
    if request.content_length is not None and request.content_length > longest:
        return None
    # Not `request.read()`, which has a limit of its own.
    parts, length = list[bytes](), 0
    async for part in request.content.iter_any():
        length += len(part)
        if length > longest:
            return None
        parts.append(part)
    return b"".join(parts)


def closing(status: int, text: str) -> web.Response:
    """An answer after which nothing more is read."""
    answer = web.Response(status=status, text=f"{text}\n")
    answer.force_close()
    return answer
