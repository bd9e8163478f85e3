"""The event loop that everything here runs on."""

from __future__ import annotations

import asyncio

NO_LOOP = (
    "aiosagemaker runs on asyncio's event loop, and none is running: call asyncio.run(main()); under trio, "
    "trio.to_thread.run_sync(lambda: asyncio.run(main()))"
)


def running_loop() -> asyncio.AbstractEventLoop:
    """asyncio's running event loop. Raises RuntimeError where there is none, as under another library's."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(NO_LOOP) from None
