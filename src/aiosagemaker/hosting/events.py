"""What is told while a deployment or a teardown goes on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from .._hooks import told_workflow
from ..sagemaker.variants import Fleets, VariantSnapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from .._clock import Clock
    from .._hooks import Workflow
    from ..sagemaker.client import SageMakerClient
    from .plans import Change


@attrs.frozen(kw_only=True)
class Event:
    """One thing that happened, or one look at the endpoint while it is waited for."""

    stage: str
    """`changing` before a change, `waiting` at each look, `failed` and `falling back` when a version does not come up,
    `cleaning` before what it left is removed, `done` at the end."""
    text: str
    """In words, on one line."""
    elapsed: float
    """The seconds since the call."""
    change: Change | None = None
    """What is being done, if it is a change of a plan."""
    status: str = ""
    """The endpoint's status, where it was looked at."""
    variants: tuple[VariantSnapshot, ...] = ()
    """The variants that serve, with instances and weights, where they were looked at."""
    pending: tuple[VariantSnapshot, ...] = ()
    """Those that an update is bringing up."""
    traffic: Mapping[str, float] = attrs.field(factory=dict[str, float])
    """The part of the traffic, from 0 to 1, of each variant that serves; what is left has the new fleet."""


@contextmanager
def telling(
    client: SageMakerClient, workflow: Workflow, on_event: Callable[[Event], object] | None
) -> Generator[Teller]:
    """What tells the events of a deployment or a teardown to who asked for them, and to the client's hooks."""
    hooks = client._session.given.hooks
    with told_workflow(hooks, workflow) as advanced:

        def both(event: Event) -> None:
            advanced(event)
            if on_event is not None:
                on_event(event)

        yield Teller(client._session.clock, both if hooks else on_event)


class Teller:
    """Makes events, and hands them on."""

    def __init__(self, clock: Clock, on_event: Callable[[Event], object] | None) -> None:
        self._clock = clock
        self._on_event = on_event
        self._started = clock.monotonic()

    @property
    def elapsed(self) -> float:
        """The seconds since this was made."""
        return self._clock.monotonic() - self._started

    def tell(self, stage: str, text: str, **facts: Any) -> None:
        """Hand on an event."""
        if self._on_event is not None:
            self._on_event(Event(stage=stage, text=text, elapsed=self.elapsed, **facts))

    def change(self, change: Change) -> None:
        """A change is about to be made."""
        self.tell("changing", str(change)[2:], change=change)

    def looked(self, described: Any) -> None:
        """An endpoint or a component as it is while it is waited for."""
        component = getattr(described, "inference_component_name", None)
        if component is not None:
            copies = described.runtime_config
            count = f", {copies.current_copy_count} of {copies.desired_copy_count} copies" if copies else ""
            self.tell("waiting", f"inference component {component}: {described.inference_component_status}{count}")
            return
        fleets = Fleets.of(described)
        self.tell(
            "waiting",
            ", ".join(filter(None, (f"endpoint {described.endpoint_name}: {described.endpoint_status}", str(fleets)))),
            status=str(described.endpoint_status),
            variants=fleets.serving,
            pending=fleets.pending,
            traffic=fleets.traffic,
        )
