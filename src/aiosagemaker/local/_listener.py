"""The socket that the service listens on."""

from __future__ import annotations

import errno

from aiohttp import web


class ListenError(Exception):
    """The address cannot be bound, and why."""


class Listener:
    """One address, bound between `open` and `close`."""

    def __init__(self, host: str, port: int) -> None:
        self.host: str = host
        self.port: int = port
        """As asked for: 0 is any free one."""
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str | None:
        """Where clients find it, while it is open."""
        if self._runner is None or not self._runner.addresses:
            return None
        host, port = self._runner.addresses[0][:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    async def open(self, server: web.Server) -> None:
        """Answer by `server` from now on. Raises ListenError."""
        # What is asked now is answered before the end; what a client keeps open is not waited for.
        self._runner = web.ServerRunner(server, shutdown_timeout=0.5)
        try:
            await self._runner.setup()
            await web.TCPSite(self._runner, self.host, self.port).start()
        except (OSError, OverflowError) as error:
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                raise ListenError(
                    f"port {self.port} of {self.host} is taken by another process: stop it, or choose another port"
                ) from error
            raise ListenError(f"{self.host}:{self.port} cannot be bound: {error}") from error

    async def close(self) -> None:
        """Take no more requests, and end those that there are."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
