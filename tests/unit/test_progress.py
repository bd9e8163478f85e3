"""Lines of progress, drawn by tqdm itself."""

from __future__ import annotations

import asyncio
import functools
import io
import sys
import warnings
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

import pytest
from tests.integration.hosting_cases import make_spec, serving

from aiosagemaker.errors import WaiterFailed
from aiosagemaker.hosting import DeploymentFailed, deploy, teardown
from aiosagemaker.progress import ProgressHooks
from aiosagemaker.sagemaker_runtime import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerClient, SageMakerRuntimeClient

tqdm = pytest.importorskip("tqdm", reason="needs the extra `progress`").tqdm
ENDPOINT = {"EndpointName": "e", "EndpointStatus": "Updating"}


class Screen:
    """What tqdm draws on, and every state of it."""

    def __init__(self, columns: int = 100) -> None:
        self._out = io.StringIO()
        self.bar = functools.partial(tqdm, file=self._out, ncols=columns, mininterval=0)

    @property
    def states(self) -> list[str]:
        """What was drawn, one after the other, without what differs from run to run."""
        return [line.partition("] ")[2].strip() for line in self._out.getvalue().split("\r") if line.strip()]

    @property
    def text(self) -> str:
        return self._out.getvalue()


async def test_a_wait(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A wait says what it waits for, its states, instances and traffic, and stays as it ended."""
    screen = Screen()
    variant = {"VariantName": "main", "CurrentInstanceCount": 1, "DesiredInstanceCount": 2, "CurrentWeight": 0.75}
    pending = {"EndpointConfigName": "c", "ProductionVariants": [{"VariantName": "main", "CurrentWeight": 0.25}]}
    server.answer({**ENDPOINT, "ProductionVariants": [variant], "PendingDeploymentSummary": pending})
    server.answer({"__type": "InternalFailure"}, status=500, times=9)
    server.answer({**ENDPOINT, "EndpointStatus": "InService", "EndpointConfigName": "c"})
    client = make_client(hooks=[ProgressHooks(screen.bar)])
    await client.wait_until_endpoint_in_service(endpoint_name="e")
    named = "EndpointInService: "
    assert list(dict.fromkeys(screen.states)) == [
        "EndpointInService",
        f"{named}e Updating, main 1 of 2, 25% of the traffic to the new version",
        f"{named}InternalFailure",
        f"{named}e InService",
    ]
    assert screen.text.endswith("\n")
    assert "[00:00] EndpointInService" in screen.text


async def test_a_wait_that_fails(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A wait that failed says with what, and one that was left ends its line."""
    screen = Screen()
    client = make_client(hooks=[ProgressHooks(screen.bar)])
    server.answer({**ENDPOINT, "EndpointStatus": "Failed"})
    with pytest.raises(WaiterFailed):
        await client.wait_until_endpoint_in_service(endpoint_name="e")
    assert screen.states[-1] == "EndpointInService: WaiterFailed"
    server.answer(ENDPOINT)
    async with aclosing(client.watch_endpoint(endpoint_name="e")) as states:
        await anext(states)
    assert screen.states[-1] == "EndpointInService: e Updating"
    assert screen.text.count("\n") == 2


async def test_other_things_that_have_a_status(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A job is told by its name and all its statuses."""
    screen = Screen()
    server.answer({"TrainingJobName": "t", "TrainingJobStatus": "Completed", "SecondaryStatus": "Completed"})
    client = make_client(hooks=[ProgressHooks(screen.bar)])
    await client.wait_until_training_job_completed_or_stopped(training_job_name="t")
    assert screen.states[-1] == "TrainingJobCompletedOrStopped: t Completed, Completed"


class Drawn:
    """A bar of one's own, which tells when it was drawn again."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.refreshed = asyncio.Event()
        self.closed = False
        Drawn.last = self

    last: Drawn

    def set_description_str(self, desc: str, refresh: bool) -> None:
        pass

    def update(self, n: int) -> None:
        pass

    def refresh(self) -> None:
        self.refreshed.set()

    def close(self) -> None:
        self.closed = True


async def test_the_clock_goes_on(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A line is drawn again while nothing happens, and no more after its end."""
    server.answer(ENDPOINT)
    client = make_client(hooks=[ProgressHooks(Drawn, interval=0)])
    async with aclosing(client.watch_endpoint(endpoint_name="e")) as states:
        await anext(states)
        for _ in range(3):
            await asyncio.wait_for(Drawn.last.refreshed.wait(), 10)
            Drawn.last.refreshed.clear()
        assert not Drawn.last.closed
    assert Drawn.last.closed
    Drawn.last.refreshed.clear()
    for _ in range(10):
        await asyncio.sleep(0)
    assert not Drawn.last.refreshed.is_set()


async def test_deployments() -> None:
    """A deployment has one line, of its steps, which has the waits in it; so has a teardown."""
    screen = Screen(200)
    async with serving() as hosting, hosting.client.with_config(hooks=[ProgressHooks(screen.bar)]) as client:
        seen: list[str] = []
        await deploy(client, make_spec(), on_event=lambda event: seen.append(event.text))
        assert screen.text.count("\n") == 1
        assert seen[0].startswith("create model")
        steps = {" ".join(state.split()) for state in screen.states}
        assert {f"deploy churn: {text}" for text in seen} <= steps
        await teardown(client, "churn")
        assert screen.states[-1] == "teardown churn: endpoint churn: 3 removed"
        with pytest.raises(DeploymentFailed):
            await deploy(client, make_spec(image="bad"))
        assert screen.states[-1] == "deploy churn: DeploymentFailed"
        assert screen.text.count("\n") == 3
        assert "EndpointInService" not in screen.text


async def test_many_calls(make_runtime: Callable[..., SageMakerRuntimeClient], server: Any) -> None:
    """Many calls are counted, of how many if the source tells, from where a checkpoint was; failures apart."""
    screen = Screen()
    runtime = make_runtime(hooks=[ProgressHooks(screen.bar)])
    server.answer(b"a", times=3)
    server.answer({"Message": "bad"}, status=424, headers={"x-amzn-errortype": "ModelError"})
    outcomes = [outcome async for outcome in runtime.invoke_many("e", ["x"] * 4, concurrency=1)]
    assert [outcome.error is None for outcome in outcomes] == [True, True, True, False]
    assert "invoke_many e, 1 failed: 100%|" in screen.text
    assert "| 4/4 [" in screen.text
    done = Checkpoint.from_json('{"done_before": 2, "done": []}')
    server.answer(b"a")
    _ = [outcome async for outcome in runtime.invoke_many("e", ["x"] * 4, checkpoint=done)]
    assert "| 2/4 [" in screen.text.split("\n")[1].split("\r")[1]
    _ = [outcome async for outcome in runtime.invoke_many("e", iter(["x"] * 2))]
    assert "invoke_many e: 2 calls [" in screen.text
    assert screen.text.count("\n") == 3


async def test_one_line_and_no_control(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """What the service says takes one line, no wider than the terminal, and controls nothing there."""
    screen = Screen(columns=60)
    server.answer({**ENDPOINT, "EndpointName": "\x1b[2J\r\n" + "e" * 100, "EndpointStatus": "InService"})
    await make_client(hooks=[ProgressHooks(screen.bar)]).wait_until_endpoint_in_service(endpoint_name="e")
    assert r"\x1b[2J eee" in screen.text
    assert "\x1b[2J" not in screen.text
    assert screen.text.count("\n") == 1
    assert max(map(len, screen.text.split("\r"))) <= 61  # with the newline after the last


async def test_with_rich(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """`tqdm.rich` draws the same lines."""
    console = pytest.importorskip("rich.console").Console(file=io.StringIO(), force_terminal=True, width=100)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tqdm calls it an experiment
        bar = functools.partial(pytest.importorskip("tqdm.rich").tqdm, options={"console": console})
        server.answer({**ENDPOINT, "EndpointStatus": "InService"})
        await make_client(hooks=[ProgressHooks(bar)]).wait_until_endpoint_in_service(endpoint_name="e")
    assert "EndpointInService: e InService" in cast("io.StringIO", console.file).getvalue()


async def test_nobody_looks_on(
    make_client: Callable[..., SageMakerClient], server: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where standard error is no terminal nothing is drawn, unless a bar is asked for."""
    server.answer({**ENDPOINT, "EndpointStatus": "InService"})
    await make_client(hooks=[ProgressHooks()]).wait_until_endpoint_in_service(endpoint_name="e")
    assert capsys.readouterr().err == ""
    await make_client(hooks=[ProgressHooks(tqdm)]).wait_until_endpoint_in_service(endpoint_name="e")
    assert "EndpointInService: e InService" in capsys.readouterr().err


def test_without_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without tqdm the error names the extra, and a bar of one's own needs none."""
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="needs the extra `progress`"):
        ProgressHooks()
    ProgressHooks(Drawn)
