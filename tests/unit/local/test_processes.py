"""Model servers in processes of their own: started, asked, ended, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import RetryConfig
from aiosagemaker.local import LocalSageMaker
from aiosagemaker.local._processes import GUARD, MARK
from aiosagemaker.sagemaker import ContainerDefinition
from aiosagemaker.sagemaker_runtime.errors import ModelError, ModelStreamError, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SERVER = Path(__file__).with_name("model_server.py")
SERVICES = [
    f"AWS_ENDPOINT_URL_{name}"
    for name in ("SAGEMAKER", "SAGEMAKER_RUNTIME", "APPLICATION_AUTO_SCALING", "CLOUDWATCH", "CLOUDWATCH_LOGS")
]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="finds processes by POSIX signals")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie answers to signals, and runs no more; only Linux has /proc to tell.
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


async def gone(pid: int, within: float = 10.0) -> bool:
    end = time.monotonic() + within
    while is_alive(pid) and time.monotonic() < end:  # noqa: ASYNC110  # another process has no event of ours
        await asyncio.sleep(0.02)
    return not is_alive(pid)


class Processes:
    """A service whose image is a process, and what tests do with it."""

    def __init__(self, local: LocalSageMaker, sm: Any, rt: Any) -> None:
        self.local, self.sm, self.rt = local, sm, rt

    async def create(self, variant: Any, **environment: str) -> None:
        container = ContainerDefinition(image="server", environment=environment)
        role = "arn:aws:iam::123456789012:role/sagemaker"
        await self.sm.create_model(model_name="m", primary_container=container, execution_role_arn=role)
        await self.sm.create_endpoint_config(endpoint_config_name="c", production_variants=[variant])
        await self.sm.create_endpoint(endpoint_name="e", endpoint_config_name="c")

    async def status(self) -> str:
        """The state that the endpoint settles in."""
        while True:
            found = await self.sm.describe_endpoint(endpoint_name="e")
            if found.endpoint_status != "Creating":
                return str(found.endpoint_status)
            await asyncio.sleep(0.02)

    async def ask(self, body: bytes = b"") -> tuple[str, int, str]:
        """The server's name, its process id, and the echo."""
        name, pid, echo = (await self.rt.invoke_endpoint(endpoint_name="e", body=body)).body.decode().split(":")
        return name, int(pid), echo

    async def other_than(self, pids: set[int], tries: int = 300) -> bool:
        """Whether a process that is none of these comes to answer."""
        for _ in range(tries):
            await asyncio.sleep(0.02)
            try:
                if (await self.ask())[1] not in pids:
                    return True
            except (ModelError, ServiceUnavailable):
                continue
        return False


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def started_by(local: LocalSageMaker) -> list[int]:
    """The processes that a service's instances started, their guards aside; those of no other run of these tests."""
    assert local._machine is not None
    marks = {f"{MARK}={instance._mark}".encode() for instance in local._machine.running}
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            given, command = ((entry / name).read_bytes().split(b"\0") for name in ("environ", "cmdline"))
        except OSError:
            continue
        if marks & set(given) and os.fsencode(GUARD) not in command:
            found.append(int(entry.name))
    return found


@pytest.fixture
async def processes() -> AsyncIterator[Processes]:
    command = [sys.executable, "-S", str(SERVER)]
    async with (
        LocalSageMaker(images={"server": command}, patience=10) as local,
        local.client() as sm,
        local.runtime(retry=RetryConfig(max_attempts=1)) as rt,
    ):
        yield Processes(local, sm, rt)


async def test_process_serves(processes: Processes, make_variant: Callable[..., Any]) -> None:
    """Each instance is a process with the model's environment; they answer in turn, and end with the endpoint."""
    await processes.create(make_variant("v", 2, model_name="m"), NAME="churn")
    assert await processes.status() == "InService"
    told = [await processes.ask(b"x") for _ in range(4)]
    pids = {pid for _, pid, _ in told}
    assert {(name, echo) for name, _, echo in told} == {("churn", "x")}
    assert len(pids) == 2
    assert [pid for _, pid, _ in told[:2]] == [pid for _, pid, _ in told[2:]]
    await processes.sm.delete_endpoint(endpoint_name="e")
    assert all([await gone(pid) for pid in pids])


async def test_process_ends_with_the_service(make_variant: Callable[..., Any]) -> None:
    """When the service has closed no process of its is left, not even of an endpoint being created."""
    async with (
        LocalSageMaker(images={"server": [sys.executable, "-S", str(SERVER)]}) as local,
        local.client() as sm,
        local.runtime() as rt,
    ):
        processes = Processes(local, sm, rt)
        await processes.create(make_variant("v", model_name="m"))
        await processes.status()
        _, pid, _ = await processes.ask()
        await sm.create_endpoint(endpoint_name="late", endpoint_config_name="c")
        await asyncio.sleep(0.05)
        machine = local._machine
        assert machine is not None
        running = list(machine.running)
    assert not is_alive(pid)
    assert running
    assert not machine.running


async def test_process_ends_at_once(processes: Processes, make_variant: Callable[..., Any]) -> None:
    """A process that ends before it answers its ping fails the endpoint, with its exit code and last output."""
    await processes.create(make_variant("v", model_name="m"), FAIL="no such file")
    assert await processes.status() == "Failed"
    reason = (await processes.sm.describe_endpoint(endpoint_name="e")).failure_reason
    assert "ended with exit code 1" in reason
    assert reason.endswith("starting\ncannot load the model: no such file")


async def test_command_does_not_exist(make_variant: Callable[..., Any]) -> None:
    """A command that cannot be run fails the endpoint, saying so."""
    async with LocalSageMaker(images={"server": ["/no/such/command"]}) as local, local.client() as sm:
        processes = Processes(local, sm, None)
        await processes.create(make_variant("v", model_name="m"))
        assert await processes.status() == "Failed"
        assert "/no/such/command" in (await sm.describe_endpoint(endpoint_name="e")).failure_reason


async def test_ping_is_not_answered(make_variant: Callable[..., Any]) -> None:
    """A process that misses its health check's time fails the endpoint, and is ended."""
    variant = make_variant("v", model_name="m", container_startup_health_check_timeout_in_seconds=60)
    images = {"server": [sys.executable, "-S", str(SERVER)]}
    async with LocalSageMaker(images=images, patience=0.3) as local, local.client() as sm:
        processes = Processes(local, sm, None)
        await processes.create(variant, HANG="1")
        assert await processes.status() == "Failed"
        assert "the ping was not answered in time" in (await sm.describe_endpoint(endpoint_name="e")).failure_reason
        assert local._machine is not None
        assert not local._machine.running


async def test_process_dies(processes: Processes, make_variant: Callable[..., Any]) -> None:
    """A process that dies over a request is a ModelError with its last output, and is started again."""
    await processes.create(make_variant("v", model_name="m"))
    await processes.status()
    _, before, _ = await processes.ask()
    with pytest.raises(ModelError, match="dying, as asked") as caught:
        await processes.ask(b"die")
    assert caught.value.http_status == 424
    assert await processes.other_than({before})


async def test_sick_process(processes: Processes, make_variant: Callable[..., Any], tmp_path: Path) -> None:
    """A process that fails its ping while it serves is replaced, and the calls that it answers meanwhile are good."""
    sick = tmp_path / "sick"
    await processes.create(make_variant("v", model_name="m"), SICK=str(sick))
    await processes.status()
    _, before, _ = await processes.ask()
    sick.touch()
    assert await gone(before)
    sick.unlink()
    assert await processes.other_than({before})


async def test_restart_fails(tmp_path: Path, make_variant: Callable[..., Any]) -> None:
    """A restart that fails is tried again until one succeeds."""
    broken = tmp_path / "broken"
    program = textwrap.dedent(f"""
        import os, runpy, sys
        if os.path.exists({str(broken)!r}): sys.exit(1)
        runpy.run_path({str(SERVER)!r}, run_name="__main__")
    """)
    images = {"server": [sys.executable, "-S", "-c", program]}
    async with (
        LocalSageMaker(images=images) as local,
        local.client() as sm,
        local.runtime(retry=RetryConfig(max_attempts=1)) as rt,
    ):
        processes = Processes(local, sm, rt)
        await processes.create(make_variant("v", model_name="m"))
        await processes.status()
        _, before, _ = await processes.ask()
        broken.touch()
        with pytest.raises(ModelError):
            await processes.ask(b"die")
        assert not await processes.other_than({before}, tries=20)
        broken.unlink()
        assert await processes.other_than({before})


async def test_no_credentials_of_the_host(
    processes: Processes, make_variant: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model server finds none of the host's keys, settings and tokens in its environment, and no metadata service."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "of the host")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/home/host/.aws/config")
    await processes.create(make_variant("v", model_name="m"))
    await processes.status()
    found = dict(
        line.partition("=")[::2]
        for line in (await processes.rt.invoke_endpoint(endpoint_name="e", body=b"environment"))
        .body.decode()
        .split("\0")
    )
    assert "of the host" not in found.values()
    assert (found["AWS_CONFIG_FILE"], found["AWS_SHARED_CREDENTIALS_FILE"]) == (os.devnull, os.devnull)
    assert found["AWS_EC2_METADATA_DISABLED"] == "true"


async def test_redirects(processes: Processes, make_variant: Callable[..., Any]) -> None:
    """A redirect is an answer like any other that is no success: a model server cannot send the service elsewhere."""
    await processes.create(make_variant("v", model_name="m"), REDIRECT=processes.local.endpoint_url)
    await processes.status()
    with pytest.raises(ModelError) as caught:
        await processes.ask()
    assert caught.value.original_status_code == 307


async def test_stubborn_grandchild(make_variant: Callable[..., Any]) -> None:
    """A process in a session of its own that holds the output does not keep the service from closing, and is ended."""
    program = textwrap.dedent(f"""
        import os, runpy, signal, time
        if not os.fork():
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(60)
        os.environ["NAME"] = "x"
        runpy.run_path({str(SERVER)!r}, run_name="__main__")
    """)
    begun = time.monotonic()
    async with (
        LocalSageMaker(images={"server": [sys.executable, "-S", "-c", program]}) as local,
        local.client() as sm,
        local.runtime() as rt,
    ):
        processes = Processes(local, sm, rt)
        await processes.create(make_variant("v", model_name="m"))
        await processes.status()
        _, pid, _ = await processes.ask()
        grandchildren = [each for each in started_by(local) if each != pid]
        assert grandchildren
    assert not any(map(is_alive, grandchildren))
    assert time.monotonic() - begun < 15


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which process a variable was given to")
async def test_guard_is_killed(processes: Processes, make_variant: Callable[..., Any]) -> None:
    """An instance whose guard is killed ends with it, and is replaced."""
    await processes.create(make_variant("v", model_name="m"))
    await processes.status()
    _, pid, _ = await processes.ask()
    os.kill(parent_of(pid), signal.SIGKILL)
    assert await gone(pid)
    assert await processes.other_than({pid})


async def test_model_refuses(processes: Processes, make_variant: Callable[..., Any]) -> None:
    """A status of the model other than success is a ModelError 424 that has it, and the model's words."""
    await processes.create(make_variant("v", model_name="m"), CODE="422")
    await processes.status()
    with pytest.raises(ModelError) as caught:
        await processes.ask(b"x")
    assert (caught.value.http_status, caught.value.original_status_code) == (424, 422)
    assert caught.value.original_message.endswith(":x")
    assert "Received client error (422) from primary" in caught.value.message


async def test_process_streams(processes: Processes, make_variant: Callable[..., Any]) -> None:
    """Chunked output becomes the event stream; a process that dies in the middle ends it with ModelStreamError."""
    await processes.create(make_variant("v", model_name="m"), PIECES="3")
    await processes.status()
    async with processes.rt.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"") as stream:
        assert b"".join([event.bytes async for event in stream]) == b"piece 0piece 1piece 2"
    async with processes.rt.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"break") as stream:
        with pytest.raises(ModelStreamError, match="ended early"):
            [event async for event in stream]


async def test_parent_is_killed(tmp_path: Path) -> None:
    """The model servers of a service whose process is killed, without a chance to close, end by themselves."""
    script = tmp_path / "crash.py"
    script.write_text(
        textwrap.dedent(f"""
        import asyncio, sys
        from aiosagemaker.local import LocalSageMaker
        from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant

        async def main():
            local = LocalSageMaker(images={{"server": [sys.executable, "-S", {str(SERVER)!r}]}})
            await local.start()
            async with local.client() as sm, local.runtime() as rt:
                container = ContainerDefinition(image="server")
                role = "arn:aws:iam::123456789012:role/sagemaker"
                await sm.create_model(model_name="m", primary_container=container, execution_role_arn=role)
                variant = ProductionVariant(
                    variant_name="v", model_name="m", initial_instance_count=1, instance_type="ml.m5.large"
                )
                await sm.create_endpoint_config(endpoint_config_name="c", production_variants=[variant])
                await sm.create_endpoint(endpoint_name="e", endpoint_config_name="c")
                await sm.wait_until_endpoint_in_service(endpoint_name="e", min_delay=0.02, max_delay=0.05)
                print((await rt.invoke_endpoint(endpoint_name="e", body=b"")).body.decode(), flush=True)
                await asyncio.sleep(60)

        asyncio.run(main())
        """)
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = await asyncio.create_subprocess_exec(
        sys.executable, str(script), stdout=asyncio.subprocess.PIPE, env=environment
    )
    assert parent.stdout is not None
    pid = int((await parent.stdout.readline()).decode().split(":")[1])
    assert is_alive(pid)
    parent.send_signal(signal.SIGKILL)
    await parent.communicate()
    assert await gone(pid)


async def test_interrupted_command(tmp_path: Path) -> None:
    """`python -m aiosagemaker local` says where it serves, and ends well on Ctrl-C."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "aiosagemaker", "local", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        env=environment,
    )
    assert command.stdout is not None
    assert (await command.stdout.readline()).startswith(b"# SageMaker hosting at http://127.0.0.1:")
    said = [(await command.stdout.readline()).decode().partition("=") for _ in range(len(SERVICES) + 4)]
    assert [name.removeprefix("export ") for name, _, _ in said] == [
        *SERVICES,
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
    ]
    command.send_signal(signal.SIGINT)
    await command.communicate()
    assert command.returncode == 0
