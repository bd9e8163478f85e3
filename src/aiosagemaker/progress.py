"""Progress of waits, deployments and many calls, in terminals and notebooks: extra `progress`, which is tqdm.

::

    client = SageMakerClient(hooks=[ProgressHooks()])
    await client.wait_until_endpoint_in_service(endpoint_name="churn")

Each wait, each `deploy` and `teardown`, and each `invoke_many` of the client has a line for as long as it lasts.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import sys
from typing import TYPE_CHECKING, Any, Protocol

from ._hooks import Hooks, Workflow
from ._shapes.display import printable
from ._shapes.structure import Structure, shown_members

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._hooks import Poll, Wait

__all__ = ["Bar", "ProgressHooks"]

_UNKNOWN_LENGTH = "[{elapsed}] {desc}{bar}"
"""How tqdm sets a line of what nobody knows the length of. The bar is blank: with one tqdm cuts a line to its width."""


class Bar(Protocol):
    """One line, as tqdm's class makes it."""

    def set_description_str(self, desc: str, refresh: bool) -> object:
        """Say what is going on."""
        ...

    def update(self, n: int) -> object:
        """So many more are done."""
        ...

    def refresh(self) -> object:
        """Draw it again."""
        ...

    def close(self) -> object:
        """Draw it for the last time."""
        ...


class ProgressHooks(Hooks):
    """Shows what takes long. Several clients may have the same, and each may have its own."""

    def __init__(self, bar: Callable[..., Bar] | None = None, *, interval: float = 1.0) -> None:
        """
        Args:
            bar: tqdm's class, another of the same keywords such as `tqdm.rich.tqdm`, or a function with some filled in.
                Default `tqdm.auto.tqdm`: widgets in a notebook that has them, text on standard error, and nothing
                where that is no terminal.
            interval: the seconds after which a line is drawn again although nothing has happened. Default 1.

        Raises:
            ImportError: no `bar` is given, and there is no tqdm.
        """
        self._bar = _default_bar() if bar is None else bar
        self._interval = interval
        self._lines: dict[Wait | Workflow, _Line] = {}

    def polled(self, poll: Poll) -> None:
        if poll.of not in self._lines:
            if poll.response is None or self._is_of_workflow(poll.response):
                return
            self._open(poll.of, poll.wait)
        self._lines[poll.of].show(_state(poll))

    def wait_ended(self, wait: Wait, error: BaseException | None) -> None:
        self._close(wait, error)

    def workflow_started(self, workflow: Workflow) -> None:
        name = f"{workflow.name} {workflow.endpoint_name}"
        if workflow.name == "invoke_many":
            self._open(workflow, name, total=workflow.total, initial=workflow.done, unit=" calls", bar_format=None)
        else:
            self._open(workflow, name)

    def workflow_advanced(self, workflow: Workflow, step: Any) -> None:
        line = self._lines[workflow]
        if workflow.name == "invoke_many":
            line.count(failed=step.error is not None)
        else:
            line.show(step.text)

    def workflow_ended(self, workflow: Workflow, error: BaseException | None) -> None:
        self._close(workflow, error)

    def _is_of_workflow(self, response: object) -> bool:
        """Whether a deployment or a teardown, which tells of its waits itself, waits for this."""
        name = getattr(response, "endpoint_name", None)
        return any(isinstance(work, Workflow) and work.endpoint_name == name for work in [*self._lines])

    def _open(self, work: Wait | Workflow, name: str, **settings: Any) -> None:
        made = self._bar(desc=name, **{"total": None, "bar_format": _UNKNOWN_LENGTH, **settings})
        self._lines[work] = _Line(made, name, self._interval)

    def _close(self, work: Wait | Workflow, error: BaseException | None) -> None:
        line = self._lines.pop(work, None)
        if line is not None:
            line.end(error)


class _Line:
    """One bar, whose clock goes on while nothing happens."""

    def __init__(self, bar: Bar, name: str, interval: float) -> None:
        self._bar = bar
        self._name = name
        self._interval = interval
        self._failed = 0
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(interval, self._tick)

    def _tick(self) -> None:
        self._bar.refresh()
        self._timer = self._loop.call_later(self._interval, self._tick)

    def show(self, text: str) -> None:
        line = " ".join(f"{self._name}: {text}".split())
        self._bar.set_description_str(printable(line), refresh=True)

    def count(self, *, failed: bool) -> None:
        if failed:
            self._failed += 1
            self._bar.set_description_str(f"{self._name}, {self._failed:,} failed", refresh=False)
        self._bar.update(1)

    def end(self, error: BaseException | None) -> None:
        self._timer.cancel()
        if error is not None:
            self.show(type(error).__name__)
        self._bar.close()


def _default_bar() -> Callable[..., Bar]:
    try:
        tqdm: Any = importlib.import_module("tqdm.auto").tqdm
    except ImportError as error:
        raise ImportError(f"aiosagemaker.progress needs the extra `progress`, or a `bar`: {error}") from error
    in_notebook = "ipykernel" in sys.modules
    found: Callable[..., Bar] = tqdm if in_notebook else functools.partial(tqdm, disable=None)
    return found


def _state(poll: Poll) -> str:
    """What a poll tells: the name and the states of what is waited for."""
    if poll.error is not None:
        return type(poll.error).__name__
    if not isinstance(poll.response, Structure):
        return f"{poll.number} polls"
    members = dict(shown_members(poll.response))
    name = next((str(value) for member, value in members.items() if member.endswith("_name")), "")
    told = [str(value) for member, value in members.items() if member.endswith("status") and isinstance(value, str)]
    if "production_variants" in members:
        from .sagemaker.variants import Fleets

        told.append(str(Fleets.of(poll.response)))
    return f"{name} {', '.join(filter(None, told))}"
