"""The service: an HTTP server on loopback that speaks both of SageMaker's hosting protocols."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import tempfile
import threading
from typing import TYPE_CHECKING, Any, Self

import aiohttp
from aiohttp import web

from .._clock import SYSTEM_CLOCK, Clock
from .._credentials.credentials import Credentials
from ..errors import ConfigError
from ._fleets import stop_all
from ._handler import Handler
from ._operations import ANY_IMAGE, Operations
from ._pace import Pace
from .faults import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from ..sagemaker.client import SageMakerClient
    from ..sagemaker_runtime.client import SageMakerRuntimeClient
    from ._instances import Image, ModelRequest


CREDENTIALS = Credentials("AKIALOCALSAGEMAKER00", "local-sagemaker-secret")
"""What clients sign with unless the service is given others. They open nothing but it."""


class LocalServiceError(ConfigError):
    """The local service cannot start as it was told to."""


async def echo(request: ModelRequest) -> bytes:
    """The model behind every image that nothing else stands for: it answers what it is asked."""
    return request.body


class LocalSageMaker:
    """SageMaker hosting on this machine: models, configurations, endpoints, tags and invocations.

    `async with LocalSageMaker() as local` serves in the running event loop; `with LocalSageMaker() as local` in a
    thread with a loop of its own, for code that is not asynchronous. Everything ends with the block, every model
    server's process included; they end too when this process is killed.

    An endpoint's models run for real: `images` says what stands for each container image, a command or an async
    handler. A command is started per instance, and serves `GET /ping` and `POST /invocations` on the port in
    SAGEMAKER_BIND_TO_PORT; SM_MODEL_DIR is its /opt/ml/model. The image `*` stands for every other.
    """

    def __init__(
        self,
        *,
        images: Mapping[str, Image] | None = None,
        model_data: Mapping[str, str] | None = None,
        quotas: Mapping[str, int] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_remote: bool = False,
        region: str = "us-east-1",
        credentials: Credentials = CREDENTIALS,
        speed: float = 1000.0,
        patience: float = 30.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """
        Args:
            images: what stands for each container image. Default: every image is a handler that echoes.
            model_data: the folder that stands for each ModelDataUrl. Default: an empty one.
            quotas: the instances that the account may have by instance type. Default: any number.
            host: the address to bind to. Default 127.0.0.1.
            port: the port to bind to; 0 (default) is any free one.
            allow_remote: must be true for a host that other machines can reach: whoever reaches the service can run
                the commands in `images`.
            region: the region that it plays. Default us-east-1.
            credentials: what requests must be signed with.
            speed: how many of the service's seconds pass in a real one. Default 1000: seconds become milliseconds.
            patience: the least real seconds that a model server has to start or to answer, whatever `speed` is.
                Default 30.
            clock: time and chance.

        Raises:
            LocalServiceError: `host` is not a loopback address and `allow_remote` is not set.
        """
        if not (allow_remote or _is_loopback(host)):
            raise LocalServiceError(f"{host} can be reached from other machines: say allow_remote=True to serve there")
        self.region = region
        self.credentials = credentials
        self.faults: Faults = Faults(clock)
        self._host = host
        self._port = port
        self._images = {ANY_IMAGE: echo, **(images or {})}
        self._model_data = dict(model_data or {})
        self._quotas = dict(quotas or {})
        self._pace = Pace(clock, speed, patience)
        self._runner: web.ServerRunner | None = None
        self._operations: Operations | None = None
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._thread: _Thread | None = None

    @property
    def endpoint_url(self) -> str:
        """Where clients find it, once it is started."""
        if self._runner is None or not self._runner.addresses:
            raise LocalServiceError("the local service is not started")
        host, port = self._runner.addresses[0][:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def client(self, **overrides: Any) -> SageMakerClient:
        """A client of the control plane that points here. `overrides` are fields of Config."""
        from ..sagemaker.client import SageMakerClient

        return SageMakerClient(**self._config(overrides))

    def runtime(self, **overrides: Any) -> SageMakerRuntimeClient:
        """A client of the runtime that points here. `overrides` are fields of Config."""
        from ..sagemaker_runtime.client import SageMakerRuntimeClient

        return SageMakerRuntimeClient(**self._config(overrides))

    def _config(self, overrides: dict[str, Any]) -> dict[str, Any]:
        given = {"endpoint_url": self.endpoint_url, "region": self.region, "credentials": self.credentials}
        return {**given, **overrides}

    def set_alarm(self, name: str, active: bool = True) -> None:
        """Set a CloudWatch alarm, or reset it: a deployment that watches it rolls back."""
        self._soon(lambda operations: operations.deployments.alarms.set(name, active))

    def start_maintenance(self, endpoint_name: str, seconds: float = 60) -> None:
        """Take an endpoint that is in service through SystemUpdating, for so many of the service's seconds."""
        self._soon(lambda operations: operations.maintain(endpoint_name, seconds))

    def _soon(self, action: Callable[[Operations], object]) -> None:
        operations, loop = self._operations, self._loop
        if operations is None or loop is None:
            raise LocalServiceError("the local service is not started")
        if self._thread is None:
            action(operations)
            return
        # From another thread: done when this returns, and what it raises is raised here.
        asyncio.run_coroutine_threadsafe(_call(lambda: action(operations)), loop).result()

    async def start(self) -> None:
        """Serve. Raises LocalServiceError if the port is taken."""
        self._loop = asyncio.get_running_loop()
        self._folder = tempfile.TemporaryDirectory(prefix="aiosagemaker-model-")
        # A deployment's pings and a model's answers are bounded where they are waited for.
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None), connector=aiohttp.TCPConnector(limit=0, force_close=True)
        )
        self._operations = Operations(
            region=self.region,
            images=self._images,
            model_data=self._model_data,
            quotas=self._quotas,
            pace=self._pace,
            faults=self.faults,
            session=self._session,
            empty_folder=self._folder.name,
        )
        handler = Handler(self._operations, self.faults, self.credentials)
        # What is asked now is answered before the end; what a client keeps open is not waited for.
        self._runner = web.ServerRunner(
            web.Server(handler.handle, auto_decompress=False, access_log=None), shutdown_timeout=0.5
        )
        try:
            await self._runner.setup()
            await web.TCPSite(self._runner, self._host, self._port).start()
        except (OSError, OverflowError) as error:
            await self.close()
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                raise LocalServiceError(
                    f"port {self._port} of {self._host} is taken by another process: stop it, or choose another port"
                ) from error
            raise LocalServiceError(f"{self._host}:{self._port} cannot be bound: {error}") from error

    async def close(self) -> None:
        """Stop serving, and end every model server. Returns when none is left running."""
        runner, self._runner = self._runner, None
        operations, self._operations = self._operations, None
        if runner is not None:
            await runner.cleanup()
        if operations is not None:
            tasks = list(operations.tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await stop_all(operations.running)
        if self._session is not None:
            await self._session.close()
        if self._folder is not None:
            self._folder.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __enter__(self) -> Self:
        self._thread = _Thread(self)
        self._thread.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.end()
            self._thread = None


class _Thread:
    """A service in a thread with an event loop of its own."""

    def __init__(self, service: LocalSageMaker) -> None:
        self._service = service
        self._thread = threading.Thread(target=self._run, name="LocalSageMaker", daemon=True)
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None

    def begin(self) -> None:
        """Returns when it serves. Raises what kept it from starting."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def end(self) -> None:
        """Returns when it has ended."""
        if self._loop is not None and self._ending is not None:
            self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # handed to the thread that waits for it
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        async with self._service:
            self._started.set()
            await self._ending.wait()


async def _call(action: Callable[[], object]) -> None:
    action()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
