"""A deployment as an iteration of its events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .._event_loop import running_loop
from .deploying import deploy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ..sagemaker.client import SageMakerClient
    from .events import Event
    from .spec_members import SpecMembers


async def deploying(client: SageMakerClient, spec: SpecMembers, **settings: Any) -> AsyncGenerator[Event, None]:
    """The events of a deployment, one by one; it ends when the endpoint is what the spec says.

        async for event in deploying(client, spec):
            print(event.text)

    Args:
        client: the client.
        spec: what the endpoint should be.
        settings: the other arguments of `deploy`, but `on_event`.

    Raises:
        SdkError: what `deploy` raises, after the last event. Left early, the deployment is cancelled; run it again to
            go on.
    """
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    work = running_loop().create_task(deploy(client, spec, on_event=events.put_nowait, **settings))
    work.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        await work
    finally:
        work.cancel()
        await asyncio.wait([work])
