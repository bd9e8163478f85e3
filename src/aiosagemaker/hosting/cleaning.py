"""Old versions: which are no longer needed, and who else uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..sagemaker.models import NAMESPACE
from .plans import Action, Change
from .versions import components, models_named, models_of_component

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .observed import Found, Observed
    from .spec_members import SpecMembers
    from .versions import Version

CONFIG, MODEL = "endpoint configuration", "model"


def stale(
    spec: SpecMembers, observed: Observed, version: Version, keep: int
) -> tuple[dict[str, Found], dict[str, Found]]:
    """The configurations and models that were made for the endpoint and are not needed once it has a version.

    Of the versions the latest `keep` stay, that one among them.
    """
    others = [name for name in observed.own(observed.configs) if name != version.name]
    old = {name: observed.configs[name] for name in others[max(0, keep - 1) :]}
    kept = [found.described for name, found in observed.configs.items() if name not in old]
    needed = {*version.models, *models_named(version.config)}
    needed |= {name for config in kept for name in models_named(config) if config is not None}
    needed |= {name for component in components(spec) for name in models_of_component(component)}
    needed |= {
        name
        for found in observed.components.values()
        if not found.is_of(spec.endpoint_name)
        for name in models_of_component(found.described)
    }
    models = {name: found for name, found in observed.own(observed.models).items() if name not in needed}
    return old, models


def removals(
    spec: SpecMembers, observed: Observed, *, version: Version, keep: int, users: Mapping[str, str]
) -> Iterator[Change]:
    """Remove what is stale, unless something else uses it."""
    old, models = stale(spec, observed, version, keep)
    why = f"the latest {keep} versions are kept" if keep > 1 else "it is no longer used"
    yield from remove(old, models, users, why, "no version needs it")


def remove(
    configs: Mapping[str, Found], models: Mapping[str, Found], users: Mapping[str, str], why: str, why_models: str = ""
) -> Iterator[Change]:
    """The removal of configurations and models, but those that something uses, and what those name."""
    used = dict(users)
    for name in configs.keys() & users.keys():
        for model in models_named(configs[name].described):
            used.setdefault(model, f"endpoint configuration {name}, which is kept")
    for name in configs:
        request = NAMESPACE["DeleteEndpointConfigRequest"](endpoint_config_name=name)
        yield _removal(CONFIG, name, used, why, request)
    for name in models:
        yield _removal(MODEL, name, used, why_models or why, NAMESPACE["DeleteModelRequest"](model_name=name))


def _removal(kind: str, name: str, users: Mapping[str, str], why: str, request: object) -> Change:
    if name in users:
        return Change(action=Action.KEEP, kind=kind, name=name, why=f"used by {users[name]}")
    return Change(action=Action.REMOVE, kind=kind, name=name, why=why, request=request)
