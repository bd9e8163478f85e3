"""What is done with a version that did not come up: the endpoint stays what it was, and the version goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..sagemaker.models import NAMESPACE
from .cleaning import remove
from .component_planning import removal
from .planning import FAILED
from .plans import Action, Change
from .scaling_planning import restoring
from .versions import models_named

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from .changing import Changer
    from .events import Teller
    from .observed import Observed, Reader
    from .versions import Version


class Undoing:
    """Removes what was made for a version. It goes by what is there, so that it too can be run again."""

    def __init__(
        self, reader: Reader, observe: Callable[[], Awaitable[Observed]], changer: Changer, teller: Teller
    ) -> None:
        self._reader = reader
        self._observe = observe
        self._changer = changer
        self._teller = teller

    async def undo(self, before: Observed, version: Version) -> str:
        """Put back what was there before, and remove the version; what became of it, in words."""
        observed = await self._observe()
        await self._changer.waits.settled(observed)
        observed = await self._observe()
        name = observed.endpoint_name
        self._teller.tell("cleaning", f"removing what was made for {version.name}")
        if observed.status == "UpdateRollbackFailed":
            return f"endpoint {name} is left with both versions: the rollback failed too"
        left = f"endpoint {name} serves {observed.in_force_name}, as before"
        if observed.status == FAILED:
            left = f"endpoint {name}, which never served, was removed"
            request = NAMESPACE["DeleteEndpointRequest"](endpoint_name=name)
            await self._make(
                [Change(action=Action.REMOVE, kind="endpoint", name=name, why="it failed", request=request)]
            )
        elif observed.status == "":
            left = f"there is no endpoint {name}"
        for component, found in observed.components.items():
            if found.is_of(name) and str(found.described.inference_component_status) == FAILED:
                await self._make([removal(component, "it failed")])
        for key, target in before.targets.items():
            if key not in observed.targets and observed.status not in ("", FAILED):
                await self._make(restoring(target, before.policies.get(key, ())))
        observed = await self._observe()
        if version.name == observed.in_force_name:
            return f"endpoint {name} serves {version.name}; what came after it failed"
        await self._make(await self._removals(observed, version))
        return f"{left}; the new version {version.name} was removed"

    async def _removals(self, observed: Observed, version: Version) -> list[Change]:
        ours = observed.own(observed.configs)
        configs = {version.name: ours[version.name]} if version.name in ours else {}
        others = [found.described for name, found in observed.configs.items() if name != version.name]
        needed = {name for config in others for name in models_named(config)}
        models = {
            name: found
            for name, found in observed.own(observed.models).items()
            if name in version.models and name not in needed
        }
        users = await self._reader.users(observed, configs, models)
        return [*remove(configs, models, users, "it did not come up")]

    async def _make(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if change.request is not None:
                await self._changer.make(change)
