"""The service: an HTTP server on loopback that speaks both of SageMaker's hosting protocols."""

from __future__ import annotations

import asyncio
import inspect
import math
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import aiohttp
from aiohttp import web

from .._clock import SYSTEM_CLOCK, Clock
from .._config.parts import HttpConfig
from ..errors import ConfigError
from ._account import Account
from ._alarms import Alarms
from ._both_ways import BothWays
from ._containers import NoEngine, find_engine
from ._doors import Doors
from ._faces import Faces
from ._gate import Gate, is_loopback
from ._handler import RequestHandler
from ._images import ANY_IMAGE, Images, echo
from ._listener import Listener, ListenError
from ._logs import Logs, endpoint_group
from ._model_data import ModelData
from ._objects import objects_at
from ._pace import Pace, QuickClock
from ._processes import Host
from ._settings import SettingsError, read_settings
from ._signatures import Authority, random_credentials
from ._steering import Refused, Steering
from ._strictness import Strictness
from ._thread import ServiceThread
from ._world import World
from .faults import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from .._credentials.credentials import Credentials
    from ..application_autoscaling.client import ApplicationAutoScalingClient
    from ..sagemaker.client import SageMakerClient
    from ..sagemaker_runtime.client import SageMakerRuntimeClient
    from ._instances import Image

CLOSE_GRACE = 2.0
"""The real seconds that model servers have to end when the service closes."""


class LocalServiceError(ConfigError):
    """The local service cannot start as it was told to."""


class LocalSageMaker:
    """SageMaker hosting on this machine: models, configurations, endpoints, tags and invocations.

    `async with LocalSageMaker() as local` serves in the running event loop; `with LocalSageMaker() as local` in a
    thread with a loop of its own, for code that is not asynchronous. Everything ends with the block, every model
    server's process included; they end too when this process is killed.

    An endpoint's models run for real: `images` says what stands for each container image, a command or an async
    handler. A command is started per instance, as the user that runs this, and serves `GET /ping` and
    `POST /invocations` on the port in SAGEMAKER_BIND_TO_PORT; SM_MODEL_DIR is its /opt/ml/model. The image `*` stands
    for every other. Only who has `credentials`, which are random and new for each service, can have anything run.
    """

    def __init__(
        self,
        *,
        images: Mapping[str, Image] | None = None,
        model_data: Mapping[str, str] | None = None,
        s3: str | os.PathLike[str] | None = None,
        s3_credentials: Credentials | None = None,
        quotas: Mapping[str, int] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_remote: bool = False,
        host_names: Iterable[str] = (),
        region: str = "us-east-1",
        account: str = "123456789012",
        credentials: Credentials | None = None,
        accept_any_credentials: bool = False,
        containers: bool | str = False,
        allow_environment: Iterable[str] = (),
        inherit_environment: Iterable[str] = (),
        strict: bool = True,
        settle: bool = False,
        speed: float = 1000.0,
        patience: float = 30.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """
        Args:
            images: what stands for each container image. Default: every image is a handler that echoes.
            model_data: the folder that stands for each ModelDataUrl, or S3Uri of a ModelDataSource. What is not among
                them is looked for in `s3`.
            s3: what stands for S3: a folder, whose file `bucket/key` is the object `s3://bucket/key`, or the URL of an
                endpoint that speaks S3's protocol (moto, LocalStack, MinIO). Default: the folder `s3` of `folder`.
            s3_credentials: what requests to that endpoint are signed with. Default: `credentials`.
            quotas: the instances that the account may have by instance type. Default: any number.
            host: the address to bind to. Default 127.0.0.1.
            port: the port to bind to; 0 (default) is any free one.
            allow_remote: must be true for a host that other machines can reach: whoever reaches the service and has
                its credentials can run the commands in `images`.
            host_names: names under which the service is asked, beside this machine's own: that of a container, say. A
                request under another name is refused, as a web page could have made it.
            region: the region that it plays. Default us-east-1.
            account: the account that it plays. Default 123456789012.
            credentials: what requests must be signed with. Default: random ones.
            accept_any_credentials: whether requests may be signed with anything, for any region, so that keys that
                something else made up will do. Any process of this machine can then run the commands in `images`.
            containers: whether an image that nothing stands for is run as a container, with Docker or Podman; or the
                program that is to run it. Default: it is refused.
            allow_environment: variables that a model's Environment may set for a process though they steer loaders,
                interpreters or the like: PYTHONPATH, say.
            inherit_environment: variables of this process that model servers are given beside the usual ones (PATH
                and the like).
            strict: whether what AWS takes and this service does not play is refused. If not, it is warned about once.
            settle: whether CreateEndpoint, UpdateEndpoint and the like are answered only when what they began has
                settled, so that a client that polls twice a minute finds it done at once.
            speed: how many of the service's seconds pass in a real one. Default 1000: seconds become milliseconds.
            patience: the least real seconds that a model server has to start or to answer, whatever `speed` is.
                Default 30.
            clock: time and chance.

        Raises:
            LocalServiceError: `host` is not a loopback address and `allow_remote` is not set, `speed` or `patience` is
                not a positive number, `account` or `region` is not of AWS's form, or nothing here runs containers.
        """
        if not (allow_remote or is_loopback(host)):
            raise LocalServiceError(f"{host} can be reached from other machines: say allow_remote=True to serve there")
        for name, value in (("speed", speed), ("patience", patience)):
            if not (math.isfinite(value) and value > 0):
                raise LocalServiceError(f"{name} must be a positive number, not {value}")
        try:
            self._account = Account(account, region)
        except ValueError as error:
            raise LocalServiceError(f"no account or region of AWS: {account!r}, {region!r}") from error
        self.region = region
        self.account = account
        self.credentials: Credentials = credentials or random_credentials()
        self.faults: Faults = Faults(clock)
        self._authority = Authority(credentials=self.credentials, region=region, anyone=accept_any_credentials)
        names = frozenset(name.lower() for name in (*host_names, *((host,) if allow_remote else ())))
        self._gate = Gate(names=names, remote=allow_remote)
        self._listener = Listener(host, port)
        self._images = dict({ANY_IMAGE: echo} if images is None and not containers else images or {})
        try:
            self._engine = find_engine(containers) if containers else None
        except NoEngine as error:
            raise LocalServiceError(str(error)) from error
        self._model_data = dict(model_data or {})
        self._quotas = dict(quotas or {})
        self._s3 = s3
        self._s3_credentials = s3_credentials or self.credentials
        self._strictness = Strictness(strict)
        self._settle = settle
        self._allowed = tuple(allow_environment)
        self._inherit = tuple(inherit_environment)
        self._pace = Pace(clock, speed, patience)
        self._world: World | None = None
        self._steering: Steering | None = None
        self._machine: Host | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._thread: ServiceThread | None = None
        self._actions: list[tuple[str, dict[str, Any]]] = []

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], **overrides: Any) -> Self:
        """A service with the settings of a file of YAML or JSON: these parameters by their names, and `alarms` and
        `faults` to begin with. `overrides` are parameters that win over it. Raises LocalServiceError."""
        try:
            settings, actions = read_settings(os.fspath(path), inspect.signature(cls.__init__))
        except SettingsError as error:
            raise LocalServiceError(str(error)) from error
        service = cls(**{**settings, **overrides})
        service._actions = actions
        return service

    def __repr__(self) -> str:
        return f"<LocalSageMaker {self._listener.url or 'not started'}, {self.region}>"

    @property
    def endpoint_url(self) -> str:
        """Where clients find it, once it is started."""
        if self._listener.url is None:
            raise LocalServiceError("the local service is not started")
        return self._listener.url

    @property
    def environ(self) -> dict[str, str]:
        """The variables by which AWS SDKs in any language find it, once it is started."""
        services = ("SAGEMAKER", "SAGEMAKER_RUNTIME", "APPLICATION_AUTO_SCALING", "CLOUDWATCH", "CLOUDWATCH_LOGS")
        return {
            **{f"AWS_ENDPOINT_URL_{service}": self.endpoint_url for service in services},
            "AWS_ACCESS_KEY_ID": self.credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret_key,
            **({"AWS_SESSION_TOKEN": self.credentials.token} if self.credentials.token else {}),
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    def client(self, **overrides: Any) -> SageMakerClient:
        """A client of the control plane that points here. `overrides` are fields of Config."""
        from ..sagemaker.client import SageMakerClient

        return SageMakerClient(**self._config(overrides))

    def runtime(self, **overrides: Any) -> SageMakerRuntimeClient:
        """A client of the runtime that points here. `overrides` are fields of Config."""
        from ..sagemaker_runtime.client import SageMakerRuntimeClient

        return SageMakerRuntimeClient(**self._config(overrides))

    def scaling(self, **overrides: Any) -> ApplicationAutoScalingClient:
        """A client of Application Auto Scaling that points here. `overrides` are fields of Config."""
        from ..application_autoscaling.client import ApplicationAutoScalingClient

        return ApplicationAutoScalingClient(**self._config(overrides))

    def _config(self, overrides: dict[str, Any]) -> dict[str, Any]:
        given = {
            "endpoint_url": self.endpoint_url,
            "region": self.region,
            "credentials": self.credentials,
            # No proxy of the environment reaches this machine.
            "http": HttpConfig(trust_env=False),
            # A wait polls as often as the service's time passes.
            "clock": QuickClock(self._pace),
        }
        return {**given, **overrides}

    @property
    def folder(self) -> Path:
        """The service's own folder, which ends with it: `s3` in it stands for S3 unless `s3` was given, `notifications`
        has a file for each notification of asynchronous inference, in a folder for each topic."""
        if self._folder is None:
            raise LocalServiceError("the local service is not started")
        return Path(self._folder.name)

    @property
    def page_url(self) -> str:
        """Where a browser shows what there is, live. The address holds the secret."""
        return f"{self.endpoint_url}/#{quote(self.credentials.secret_key)}"

    def logs(self, endpoint_name: str) -> list[str]:
        """What the instances of an endpoint have written so far, line by line."""
        lines = list[str]()
        group = endpoint_group(endpoint_name)
        self._soon(lambda steering: lines.extend(line.text for _, line in steering.world.logs.lines(group)))
        return lines

    def set_alarm(self, name: str, active: bool = True) -> None:
        """Set a CloudWatch alarm, or reset it: a deployment that watches it rolls back."""
        self._soon(lambda steering: steering.alarm(name, active))

    def set_quota(self, instance_type: str, instances: int | None) -> None:
        """Set the instances of a type that the account may have; None for any number."""
        self._soon(lambda steering: steering.quota(instance_type, instances))

    def set_image(self, name: str, image: Image | None) -> None:
        """Have a command or a handler stand for a container image from now on; None for nothing."""
        self._soon(lambda steering: steering.put_image(name, image))

    def set_model_data(self, uri: str, folder: str | None) -> None:
        """Have a folder stand for model data from now on; None for nothing."""
        self._soon(lambda steering: steering.model_data(uri, folder))

    def set_speed(self, speed: float) -> None:
        """Let so many of the service's seconds pass in a real one from now on."""
        self._soon(lambda steering: steering.speed(speed))

    def skip(self, seconds: float) -> None:
        """Let so many of the service's seconds pass at once, for all that it waits for."""
        self._soon(lambda steering: steering.skip(seconds))

    def start_maintenance(self, endpoint_name: str, seconds: float = 60) -> None:
        """Take an endpoint that is in service through SystemUpdating, for so many of the service's seconds."""
        self._soon(lambda steering: steering.maintenance(endpoint_name, seconds))

    def _soon(self, action: Callable[[Steering], object]) -> None:
        steering, loop = self._steering, self._loop
        if steering is None or loop is None:
            raise LocalServiceError("the local service is not started")
        if self._thread is None:
            action(steering)
            return
        # From another thread: done when this returns, and what it raises is raised here.
        asyncio.run_coroutine_threadsafe(_call(lambda: action(steering)), loop).result()

    async def start(self) -> None:
        """Serve. Raises LocalServiceError if the port is taken."""
        self._loop = asyncio.get_running_loop()
        self._folder = tempfile.TemporaryDirectory(prefix="aiosagemaker-local-")
        # A deployment's pings and a model's answers are bounded where they are waited for.
        session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None),
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._machine = Host(session=session, inherit=self._inherit)
        s3 = self.folder / "s3" if self._s3 is None else self._s3
        objects = objects_at(s3, self._s3_credentials, self.region, session)
        data = self.folder / "model-data"
        data.mkdir()
        self._world = World(
            account=self._account,
            images=Images(
                known=self._images, host=self._machine, engine=self._engine, allowed_environment=self._allowed
            ),
            objects=objects,
            model_data=ModelData(self._model_data, objects, data),
            logs=Logs(self._pace),
            alarms=Alarms(),
            quotas=self._quotas,
            pace=self._pace,
            faults=self.faults,
            strictness=self._strictness,
            folder=self.folder,
        )
        faces = Faces(self._world)
        self._steering = Steering(self._world, faces.endpoints)
        self._handler = RequestHandler(
            self._world, faces, self._steering, self._authority, self._gate, settle=self._settle
        )
        both_ways = BothWays(self._world, faces.runtime.router, self._authority, self._gate)
        doors = Doors(both_ways, self._answer, auto_decompress=False, access_log=None, lingering_time=0.5)
        try:
            await self._listener.open(doors)
        except ListenError as error:
            await self.close()
            raise LocalServiceError(str(error)) from error
        for name, given in self._actions:
            try:
                done = await self._steering.do(name, given)
            except Refused as error:
                await self.close()
                raise LocalServiceError(str(error)) from error
            if done is None:
                await self.close()
                raise LocalServiceError(f"there is no fault {name}")

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self._handler.handle(request)

    async def close(self) -> None:
        """Stop serving, and end every model server, within seconds. Returns when none is left running."""
        world, self._world, self._steering = self._world, None, None
        machine, self._machine = self._machine, None
        await self._listener.close()
        if world is not None:
            tasks = list(world.tasks)
            for task in tasks:
                task.cancel()
            # What a task is ending in its own time is ended now.
            await asyncio.gather(self._end(machine), *tasks, return_exceptions=True)
        await self._end(machine)
        if machine is not None:
            await machine.session.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def _end(self, machine: Host | None) -> None:
        if machine is not None:
            await asyncio.gather(*(instance.stop(CLOSE_GRACE) for instance in list(machine.running)))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __enter__(self) -> Self:
        self._thread = ServiceThread(self)
        self._thread.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.end()
            self._thread = None


async def _call(action: Callable[[], object]) -> None:
    action()
