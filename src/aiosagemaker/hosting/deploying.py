"""Deploying: plan and make the changes, again and again, until there is nothing left to do.

Nothing is remembered from one round to the next but which choice of instance types it is: what is there says how far
it has come, whoever brought it there. So a deployment that was killed goes on when it is run again, and one that has
nothing to do does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from .._errors import (
    AlreadyExists,
    ArgumentError,
    ParamValidationError,
    ResourceBusy,
    RolledBack,
    SdkError,
    ServiceError,
    Violation,
    WaiterFailed,
)
from .._failure_kinds import FailureKind
from .._hooks import Workflow
from .changing import Changer
from .cleaning import stale
from .companions import Companions
from .events import Event, Teller, telling
from .failures import DeploymentFailed, DeploymentRolledBack, find_failure
from .observed import Observed, Reader
from .planning import Goal, goal_of, in_progress, make_plan
from .undoing import Undoing
from .versions import candidates
from .waiting import Waits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .._clock import Duration
    from ..application_autoscaling.client import ApplicationAutoScalingClient
    from ..sagemaker.client import SageMakerClient
    from .failures import Failure
    from .plans import Change, Plan
    from .spec_members import SpecMembers

KEEP = 2
"""The versions that are kept, the one in force among them."""
ROUNDS = 20
"""How often it plans anew before it gives up: others are changing the endpoint faster than it can."""


@attrs.frozen(kw_only=True)
class Deployment:
    """What a deployment came to."""

    endpoint: Any
    """The DescribeEndpointResponse, in service."""
    endpoint_config_name: str
    """The configuration in force."""
    instance_type: str
    """The instance type that was fallen back to; empty if it is the spec's own."""
    changes: tuple[Change, ...]
    """What was changed, in order; nothing where there was nothing to do."""
    elapsed: float
    """The seconds it took."""

    @property
    def endpoint_name(self) -> str:
        """The endpoint's name."""
        name: str = self.endpoint.endpoint_name
        return name

    @property
    def changed(self) -> bool:
        """Whether anything was."""
        return bool(self.changes)

    def __str__(self) -> str:
        on = f" on {self.instance_type}" if self.instance_type else ""
        made = f"{len(self.changes)} changes" if self.changes else "nothing to do"
        return f"endpoint {self.endpoint_name} is in service with {self.endpoint_config_name}{on}: {made}"


async def plan(
    client: SageMakerClient,
    spec: SpecMembers,
    *,
    keep: int = KEEP,
    instance_types: Iterable[str] | None = None,
    scaling: ApplicationAutoScalingClient | None = None,
) -> Plan:
    """What `deploy` would do now; nothing is changed.

    Args:
        client: the client.
        spec: what the endpoint should be.
        keep: the versions to keep, the one in force among them. Default 2.
        instance_types: in place of the spec's own.
        scaling: the client of Application Auto Scaling. Default: one with the configuration of `client`.

    Raises:
        SdkError: something could not be read.
    """
    async with Companions(client, given_scaling=scaling) as companions:
        planner = _Planner(companions, _with_types(spec, instance_types), keep)
        return (await planner.look()).plan


async def deploy(
    client: SageMakerClient,
    spec: SpecMembers,
    *,
    timeout: Duration | None = None,
    on_event: Callable[[Event], object] | None = None,
    keep: int = KEEP,
    instance_types: Iterable[str] | None = None,
    scaling: ApplicationAutoScalingClient | None = None,
    logs: Any = None,
) -> Deployment:
    """Make an endpoint what the spec says, whatever it is now, and wait until it is.

    What is so already is left alone: the same spec again sends nothing that writes. Killed at any point and run again
    it comes to the same end. What somebody else has in progress is waited for. When a version does not come up, the
    endpoint stays, or serves again, what it was, and what was made for the version is removed; a first deployment's
    endpoint is removed too.

    Args:
        client: the client.
        spec: what the endpoint should be.
        timeout: the longest that all of it may take, in seconds or as a timedelta. Default two hours.
        on_event: is called with each Event, in between; it must not block.
        keep: the versions to keep, the one in force among them. Default 2.
        instance_types: what to fall back to if there is no capacity, in place of the spec's own.
        scaling: the client of Application Auto Scaling. Default: one with the configuration of `client`.
        logs: the client of CloudWatch Logs, for the reason of a failure. Default: as above.

    Raises:
        ParamValidationError: the service would refuse it; nothing was sent.
        DeploymentRolledBack: an update was rolled back (a RolledBack).
        DeploymentFailed: a first version, or an inference component, did not come up (a WaiterFailed).
        WaiterTimeout: the time is up. Nothing is undone; run it again to go on.
        SdkError: the service refused something, or could not be reached.
    """
    if keep < 1:
        raise ArgumentError(f"keep must be one or more, not {keep}")
    workflow = Workflow(name="deploy", endpoint_name=spec.endpoint_name)
    async with Companions(client, given_scaling=scaling, given_logs=logs) as companions:
        with telling(client, workflow, on_event) as teller:
            work = _Deploying(companions, _with_types(spec, instance_types), keep, teller, timeout)
            return await work.run()


def _with_types(spec: SpecMembers, instance_types: Iterable[str] | None) -> SpecMembers:
    return spec if instance_types is None else attrs.evolve(spec, instance_types=instance_types)


@attrs.frozen
class _Look:
    observed: Observed
    goal: Goal
    plan: Plan


class _Planner:
    def __init__(self, companions: Companions, spec: SpecMembers, keep: int) -> None:
        self.spec = spec
        self.reader = Reader(companions, spec.endpoint_name)
        self.choice = 0
        self._keep = keep

    async def observe(self) -> Observed:
        versions = candidates(self.spec)
        return await self.reader.observe(
            configs=[version.name for version in versions],
            models=[name for version in versions for name in version.models],
            scaling=bool(self.spec.scaling),
        )

    async def look(self) -> _Look:
        observed = await self.observe()
        goal = goal_of(self.spec, observed, self.choice)
        old, models = stale(self.spec, observed, goal.version, self._keep)
        users = await self.reader.users(observed, old, models)
        plan = make_plan(self.spec, observed, goal=goal, keep=self._keep, users=users)
        return _Look(observed, goal, plan)


class _Deploying:
    def __init__(
        self, companions: Companions, spec: SpecMembers, keep: int, teller: Teller, timeout: Duration | None
    ) -> None:
        self._companions = companions
        self._spec = spec
        self._planner = _Planner(companions, spec, keep)
        self._teller = teller
        self._waits = Waits(companions.client, teller, timeout)
        self._changer = Changer(companions, teller, self._waits)
        self._undoing = Undoing(self._planner.reader, self._planner.observe, self._changer, teller)
        self._done: list[Change] = []

    async def run(self) -> Deployment:
        refused: SdkError | None = None
        for _ in range(ROUNDS):
            look = await self._planner.look()
            if in_progress(look.observed):
                await self._waits.settled(look.observed)
                continue
            if not look.plan.writes:
                return self._ended(look)
            _refuse(look.plan)
            try:
                await self._make(look.plan)
            except ResourceBusy as busy:
                refused = busy
                self._teller.tell("waiting", f"somebody else is changing it: {busy.message}")
                await self._waits.settled(await self._planner.observe())
            except AlreadyExists as taken:
                # Made meanwhile, by another run of the same; or it is somebody else's, and will be there again.
                if refused is not None and str(refused) == str(taken):
                    raise
                refused = taken
            except WaiterFailed as failed:
                await self._failed(look, failed)
            except ServiceError as error:
                await self._refused(look, error)
                raise
        raise refused or WaiterFailed(f"endpoint {self._spec.endpoint_name} does not come to rest")

    async def _make(self, plan: Plan) -> None:
        for change in plan.writes:
            await self._changer.make(change)
            self._done.append(change)

    def _ended(self, look: _Look) -> Deployment:
        assert look.observed.endpoint is not None, "what needs no change is there"
        deployment = Deployment(
            endpoint=look.observed.endpoint.described,
            endpoint_config_name=look.observed.in_force_name,
            instance_type=look.goal.fallback,
            changes=tuple(self._done),
            elapsed=self._teller.elapsed,
        )
        self._teller.tell("done", str(deployment))
        return deployment

    async def _failed(self, look: _Look, failed: WaiterFailed) -> None:
        """Undo, then return to try the next instance type, or raise what became of it."""
        failure = await find_failure(self._companions, self._spec.endpoint_name, error=failed)
        self._teller.tell("failed", f"{failure.kind}: {failure.reason}")
        left = await self._undoing.undo(look.observed, look.goal.version)
        if failure.kind is FailureKind.CAPACITY and self._fall_back(look, failure):
            return
        kind = DeploymentRolledBack if isinstance(failed, RolledBack) else DeploymentFailed
        raise kind(failure, left, last_response=failed.last_response) from failed

    async def _refused(self, look: _Look, error: ServiceError) -> None:
        if error.retryable:
            return  # it may pass by itself, and the next run goes on from here
        try:
            error.add_note(await self._undoing.undo(look.observed, look.goal.version))
        except SdkError as another:
            error.add_note(f"what was made for {look.goal.version.name} is still there: {another}")

    def _fall_back(self, look: _Look, failure: Failure) -> bool:
        if look.goal.in_force or failure.component or self._planner.choice >= len(self._spec.instance_types):
            return False
        self._planner.choice += 1
        chosen = self._spec.instance_types[self._planner.choice - 1]
        self._teller.tell("falling back", f"no capacity; trying {chosen}")
        return True


def _refuse(plan: Plan) -> None:
    if plan.findings:
        violations = [Violation(each.path, "documented", None, each.message) for each in plan.findings]
        raise ParamValidationError(f"endpoint {plan.endpoint_name}", violations)
