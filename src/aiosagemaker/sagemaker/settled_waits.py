"""A wait for every resource of SageMaker that has a status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from .._errors import ArgumentError, RolledBack, SdkError, WaiterFailed
from ..waiters import Waiter
from .endpoint_goal import EndpointGoal, EndpointTarget
from .models import NAMESPACE
from .settling import settling

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from .._clock import Duration
    from .._session import Session
    from .._shapes.structure import Request, Response
    from ..waiters import Goal
    from .models import PipelineExecutionStep

ResponseT = TypeVar("ResponseT", bound="Response")
T = TypeVar("T")


class SettledWaits:
    """What SageMakerClient adds to the model's waiters for everything that has a status."""

    if TYPE_CHECKING:
        _session: Session

    async def wait_until_settled(
        self,
        request: Request[ResponseT],
        /,
        *,
        success: Iterable[str] | str | None = None,
        timeout: Duration | None = None,
        min_delay: Duration | None = None,
        max_delay: Duration | None = None,
        on_poll: Callable[[ResponseT], object] | None = None,
    ) -> ResponseT:
        """Wait until a resource is no longer on its way to another status; its last description.

        `request` is any Describe request whose response has a status: of a training, processing or transform job, a
        pipeline's execution, a notebook instance, a domain, an app, a cluster and so on. Which statuses are on the way,
        well or bad is a table (`aiosagemaker.sagemaker.settling`); one that this release does not know is on the way.

            job = await client.wait_until_settled(DescribeTrainingJobRequest(training_job_name="churn-7"))

        Args:
            request: the request to repeat.
            success: the statuses, or the one, that end the wait well. Default: those of the table; a job that was
                stopped, and a resource that was deleted, are not among them.
            timeout: the longest wait, in seconds or as a timedelta. Default a day for jobs, executions and experiments,
                an hour for all else, or longer where a waiter of the model waits longer.
            min_delay: the shortest pause between polls. Default 30 s.
            max_delay: the longest pause between polls. Default 120 s.
            on_poll: is called with each description.

        Raises:
            WaiterFailed: it came to another status; `reason` is the service's, or for a pipeline's execution the step's
                that failed.
            RolledBack: it was seen rolling back.
            WaiterTimeout: the time is up.
            ArgumentError: the request is not one of these, a status is not the model's, or a time is out of range.
            SdkError: a poll failed for good.
        """
        operation = _operation(request)
        table = settling(NAMESPACE, operation)
        wanted = None if success is None else frozenset([success] if isinstance(success, str) else success)
        if wanted is not None and (unknown := wanted - table.kinds.keys()):
            raise ArgumentError(f"{', '.join(sorted(unknown))}: not among {', '.join(table.kinds)}")
        name = f"{operation.removeprefix('Describe')}Settled"
        goal: Goal[Any] = NoRollback(name, table.member)
        if operation == "DescribeEndpoint" and wanted is None:
            goal = EndpointGoal(name, EndpointTarget())
        waiter: Waiter[ResponseT] = Waiter(
            name,
            table.row(NAMESPACE, operation, wanted),
            timeout=timeout,
            min_delay=min_delay,
            max_delay=max_delay,
            goal=goal,
            clock=self._session.clock,
            hooks=self._session.given.hooks,
        )

        async def poll() -> ResponseT:
            return cast("ResponseT", await self._session.invoke(operation, request))

        response = await naming_failed_steps(waiter.wait(poll, on_poll), self._session, request)
        assert response is not None  # no error is a success of this wait
        return response


async def naming_failed_steps(wait: Awaitable[T], session: Session, request: Any) -> T:
    """What a wait gives. The failure of a pipeline's execution names the steps that failed, and says why.

    Raises what the wait raises.
    """
    try:
        return await wait
    except WaiterFailed as caught:
        failed: WaiterFailed[Any] = caught
        described = failed.last_response is not None and request.__operation__ == "DescribePipelineExecution"
        reason = await _failed_steps(session, request) if described else ""
        if not reason:
            raise
        text = f"{failed}: {reason}"
        raise WaiterFailed(text, reason=reason, last_response=failed.last_response) from failed


async def _failed_steps(session: Session, request: Any) -> str:
    listing = NAMESPACE["ListPipelineExecutionStepsRequest"](
        pipeline_execution_arn=request.pipeline_execution_arn, sort_order="Descending", max_results=100
    )
    try:
        page: Any = await session.invoke("ListPipelineExecutionSteps", listing)
    except SdkError:
        return ""  # the failure of the execution is what the caller has to know
    listed = cast("tuple[PipelineExecutionStep, ...]", page.pipeline_execution_steps or ())
    steps = [step for step in listed if step.step_status == "Failed"]
    return "; ".join(f"step {step.step_name}: {step.failure_reason or 'failed'}" for step in reversed(steps))


def _operation(request: object) -> str:
    operation = getattr(type(request), "__operation__", None)
    if operation is None or getattr(type(request), "__namespace__", None) is not NAMESPACE:
        raise ArgumentError(f"wait_until_settled takes a Describe request of SageMaker, not {type(request).__name__}")
    return str(operation)


class NoRollback:
    """A goal: no resource that was seen rolling back has come to what was asked for."""

    def __init__(self, name: str, member: str) -> None:
        self._name = name
        self._member = member
        self._seen = False

    def saw(self, response: Any, /) -> None:
        self._seen = self._seen or response.to_dict().get(self._member) == "RollingBack"

    def reached(self, response: Any, /) -> bool:
        if self._seen:
            text = f"{self._name}: it was rolled back"
            raise RolledBack(text, reason=getattr(response, "failure_message", None) or text, last_response=response)
        return True
