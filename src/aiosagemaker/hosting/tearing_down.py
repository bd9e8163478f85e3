"""Removing an endpoint, and all that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from .._errors import ResourceBusy, WaiterFailed
from .._hooks import Workflow
from ..sagemaker.models import NAMESPACE
from .alarm_planning import plan_alarm_removals
from .changing import Changer
from .cleaning import remove
from .companions import Companions
from .component_planning import removal
from .deploying import ROUNDS
from .events import Event, Teller, telling
from .observed import Found, Observed, Reader
from .planning import in_progress
from .plans import Action, Change, Plan
from .scaling_planning import release
from .waiting import Waits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .._clock import Duration
    from ..application_autoscaling.client import ApplicationAutoScalingClient
    from ..sagemaker.client import SageMakerClient


@attrs.frozen(kw_only=True)
class Teardown:
    """What was removed."""

    endpoint_name: str
    changes: tuple[Change, ...]
    """What was removed, in order; nothing where there was nothing."""
    kept: tuple[Change, ...]
    """What was kept, and why."""
    elapsed: float
    """The seconds it took."""

    def __str__(self) -> str:
        kept = (
            f"; kept: {', '.join(f'{each.kind} {each.name} ({each.why})' for each in self.kept)}" if self.kept else ""
        )
        return f"endpoint {self.endpoint_name}: {len(self.changes) or 'nothing'} removed{kept}"


async def plan_teardown(
    client: SageMakerClient, endpoint_name: str, *, scaling: ApplicationAutoScalingClient | None = None
) -> Plan:
    """What `teardown` would remove now, and what it would keep and why; nothing is changed.

    To an endpoint belong: the inference components on it, what scales it and them, the configurations and models that
    `deploy` made for it, and, if it was not `deploy` that made it, its configuration and the models which that names.
    What another endpoint, configuration or component uses is kept.

    Args:
        client: the client.
        endpoint_name: the endpoint; it may be gone already.
        scaling: the client of Application Auto Scaling. Default: one with the configuration of `client`.

    Raises:
        SdkError: something could not be read.
    """
    async with Companions(client, given_scaling=scaling) as companions:
        return await _plan(Reader(companions, endpoint_name))


async def teardown(
    client: SageMakerClient,
    endpoint_name: str,
    *,
    timeout: Duration | None = None,
    on_event: Callable[[Event], object] | None = None,
    scaling: ApplicationAutoScalingClient | None = None,
) -> Teardown:
    """Remove what `plan_teardown` lists, in the order that the service needs, and wait until it is gone.

    Killed at any point and run again it comes to the same end.

    Args:
        client: the client.
        endpoint_name: the endpoint; it may be gone already.
        timeout: the longest that all of it may take, in seconds or as a timedelta. Default two hours.
        on_event: is called with each Event, in between; it must not block.
        scaling: the client of Application Auto Scaling. Default: one with the configuration of `client`.

    Raises:
        WaiterTimeout: the time is up; run it again to go on.
        SdkError: the service refused something, or could not be reached.
    """
    workflow = Workflow(name="teardown", endpoint_name=endpoint_name)
    async with Companions(client, given_scaling=scaling) as companions:
        with telling(client, workflow, on_event) as teller:
            return await _teardown(companions, endpoint_name, teller, Waits(client, teller, timeout))


async def _teardown(companions: Companions, endpoint_name: str, teller: Teller, waits: Waits) -> Teardown:
    changer, reader = Changer(companions, teller, waits), Reader(companions, endpoint_name)
    done: list[Change] = []
    kept: dict[tuple[str, str], Change] = {}
    refused: ResourceBusy | None = None
    for _ in range(ROUNDS):
        observed = await reader.observe()
        if in_progress(observed):
            await waits.settled(observed)
            continue
        plan = await _plan(reader, observed)
        kept |= {(each.kind, each.name): each for each in plan.changes if each.action is Action.KEEP}
        if not plan.writes:
            ended = Teardown(
                endpoint_name=endpoint_name, changes=tuple(done), kept=tuple(kept.values()), elapsed=teller.elapsed
            )
            teller.tell("done", str(ended))
            return ended
        try:
            for change in plan.writes:
                await changer.make(change)
                done.append(change)
        except ResourceBusy as busy:
            refused = busy
            await waits.settled(await reader.observe())
    raise refused or WaiterFailed(f"endpoint {endpoint_name} does not come to rest")


async def _plan(reader: Reader, observed: Observed | None = None) -> Plan:
    seen = await reader.observe() if observed is None else observed
    configs, models, foreign = _parts(seen)
    users = await reader.users(seen, configs, models)
    return Plan(
        endpoint_name=seen.endpoint_name,
        changes=tuple(_changes(seen, configs, models, {**foreign, **users})),
        waits_for=in_progress(seen),
    )


def _parts(observed: Observed) -> tuple[dict[str, Found], dict[str, Found], dict[str, str]]:
    """The configurations and models that may go with the endpoint, and why some of them may not."""
    ours = observed.endpoint is None or observed.endpoint.is_of(observed.endpoint_name)
    configs, models, foreign = dict[str, Found](), dict[str, Found](), dict[str, str]()
    for every, chosen in ((observed.configs, configs), (observed.models, models)):
        for name, found in every.items():
            chosen[name] = found
            if ours and not found.is_of(observed.endpoint_name):
                foreign[name] = "whoever made it: it was not made by deploy"
    return configs, models, foreign


def _changes(
    observed: Observed, configs: Mapping[str, Found], models: Mapping[str, Found], users: Mapping[str, str]
) -> Iterator[Change]:
    name, why = observed.endpoint_name, "it belongs to the endpoint"
    yield from plan_alarm_removals(observed, set(), why)
    for key in observed.targets:
        yield release(key, why)
    for component, found in observed.components.items():
        by = "" if found.is_of(name) else ", though deploy did not make it"
        yield removal(component, f"it is on the endpoint{by}")
    if observed.endpoint is not None:
        request = NAMESPACE["DeleteEndpointRequest"](endpoint_name=name)
        yield Change(action=Action.REMOVE, kind="endpoint", name=name, why="it is asked for", request=request)
    yield from remove(configs, models, users, why)
