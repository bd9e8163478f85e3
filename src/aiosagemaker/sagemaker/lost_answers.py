"""What became of a create, an update or a delete whose answer was lost: the resource itself says it.

An attempt without an answer may have been carried out. The next one is then refused: the name is taken, the update is
in progress, there is nothing to delete. That is misleading where it is about the call's own work, and true where it is
about somebody else's; which of the two, a description of the resource tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from .._errors import AlreadyExists, NotFound, ResourceBusy, SdkError

if TYPE_CHECKING:
    from .._errors import ServiceError
    from .._recovery import Invoke
    from .._shapes.operation import Operation
    from .._shapes.structure import Request, Response

CLOCK_TOLERANCE = 2.0
"""How far, in seconds, the service's clock may be from what its answers let us think: a Date has whole seconds."""

_TAKEN = (AlreadyExists, "ResourceInUse", "ResourceAlreadyExists", "ConflictException")
_BUSY = (ResourceBusy, "ResourceInUse", "ConflictException")
_GONE = (NotFound, "ResourceNotFound")
_ON_ITS_WAY_OUT = ("Delet", "Fail", "Stop")
"""How a status begins that no resource has which was made a moment ago, and is to stay."""

Facts = Mapping[str, Any]
Said = Callable[[Facts, Facts], bool]


async def recover(
    operation: Operation, request: Request[Any], error: ServiceError, since: float, invoke: Invoke
) -> Response | None:
    """The response of the attempt whose answer was lost, if a description shows that it was carried out.

    Where it does not, `error.maybe_ours` says that the refusal may be about the call's own work.
    """
    verb = next((verb for verb in _VERBS if operation.name.startswith(verb)), None)
    if verb is None or not _is(error, _REFUSALS[verb]):
        return None
    error.maybe_ours = True
    describe, said = _DESCRIBED_BY.get(operation.name, ("Describe" + operation.name.removeprefix(verb), None))
    if describe not in operation.namespace.schema.operations:
        return None
    sibling = operation.sibling(describe)
    members = {m["name"] for m in sibling.input_row.get("members", {}).values()}
    given = {name: getattr(request, name) for name in members if getattr(request, name, None) is not None}
    if any(m.get("required") and m["name"] not in given for m in sibling.input_row.get("members", {}).values()):
        return None
    try:
        found = await invoke(describe, sibling.namespace[sibling.row["input"]](**given))
    except SdkError as failure:
        # Not being told more of it, the caller has the refusal that there was.
        return _response(operation, None) if verb == "Delete" and _is(failure, _GONE) else None
    facts = found.to_dict()
    if _DONE[verb](request.to_dict(), facts, since, said or _says_all(sibling)):
        return _response(operation, facts)
    return None


def _made(time: str, asked: Facts, found: Facts, since: float, said: Said) -> bool:
    return _at(found, time) >= since and not _on_its_way_out(found) and said(asked, found)


def _deleted(asked: Facts, found: Facts, since: float, said: Said) -> bool:
    return any(status.startswith("Delet") and "Fail" not in status for status in _statuses(found))


_VERBS = ("Create", "Update", "Delete")
_REFUSALS = {"Create": _TAKEN, "Update": _BUSY, "Delete": (*_GONE, *_BUSY)}
_DONE: dict[str, Callable[[Facts, Facts, float, Said], bool]] = {
    "Create": partial(_made, "CreationTime"),
    "Update": partial(_made, "LastModifiedTime"),
    "Delete": _deleted,
}


def _says_endpoint(asked: Facts, found: Facts) -> bool:
    # While the endpoint is on its way, the configuration asked for is that of the pending deployment.
    names = {found.get("EndpointConfigName"), found.get("PendingDeploymentSummary", {}).get("EndpointConfigName")}
    return asked["EndpointConfigName"] in names


def _says_weights(asked: Facts, found: Facts) -> bool:
    variants = {variant["VariantName"]: variant for variant in found.get("ProductionVariants", ())}
    return all(
        _says({key: value for key, value in wanted.items() if key.startswith("Desired")}, variants.get(name, {}))
        for wanted in asked["DesiredWeightsAndCapacities"]
        for name in (wanted["VariantName"],)
    )


def _says_copies(asked: Facts, found: Facts) -> bool:
    count = asked["DesiredRuntimeConfig"]["CopyCount"]
    return bool(found.get("RuntimeConfig", {}).get("DesiredCopyCount") == count)


_DESCRIBED_BY: dict[str, tuple[str, Said | None]] = {
    "UpdateEndpoint": ("DescribeEndpoint", _says_endpoint),
    "UpdateEndpointWeightsAndCapacities": ("DescribeEndpoint", _says_weights),
    "UpdateInferenceComponentRuntimeConfig": ("DescribeInferenceComponent", _says_copies),
}
"""Where a description tells in its own way what was asked for."""


def _says_all(describe: Operation) -> Said:
    described = describe.output_row.get("members", {}).keys()

    def said(asked: Facts, found: Facts) -> bool:
        # What a description never has, such as tags, it cannot contradict.
        return _says({key: value for key, value in asked.items() if key in described}, found)

    return said


def _says(asked: Any, found: Any) -> bool:
    """Whether a description says all that was asked for; it may say more, such as defaults."""
    if isinstance(asked, Mapping):
        if not isinstance(found, Mapping):
            return False
        wanted, said = cast("Facts", asked), cast("Facts", found)
        return all(key in said and _says(wanted[key], said[key]) for key in wanted)
    if isinstance(asked, list):
        if not isinstance(found, list):
            return False
        items, others = cast("Sequence[Any]", asked), cast("Sequence[Any]", found)
        return len(items) == len(others) and all(map(_says, items, others))
    return bool(asked == found)


def _at(found: Facts, member: str) -> float:
    time = found.get(member)
    return float("-inf") if time is None else float(time.timestamp()) + CLOCK_TOLERANCE


def _statuses(found: Facts) -> list[str]:
    return [str(value) for name, value in found.items() if name.endswith("Status")]


def _on_its_way_out(found: Facts) -> bool:
    return any(status.startswith(_ON_ITS_WAY_OUT) for status in _statuses(found))


def _is(error: Exception, kinds: tuple[Any, ...]) -> bool:
    return any(
        getattr(error, "code", None) == kind if isinstance(kind, str) else isinstance(error, kind) for kind in kinds
    )


def _response(operation: Operation, facts: Facts | None) -> Response:
    names = operation.output_row.get("members", {})
    response: Response = operation.output.from_dict({name: facts[name] for name in names if facts and name in facts})
    return response
