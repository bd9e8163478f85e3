"""Who is to answer: from what a request names to one copy of one model server."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import attrs

from ._endpoints import SERVING
from ._runtime_refusals import refused, throttled, unavailable

if TYPE_CHECKING:
    from ._endpoints import Endpoint
    from ._fleets import Fleet, Variant
    from ._instances import ModelResponse
    from ._pools import Copy, Pool
    from ._world import World

SERVERLESS_BYTES = 4 * 1024 * 1024
"""What the body of a serverless invocation may hold (service quotas: "Serverless endpoint payload size", 4 MB)."""
_EXPIRES = re.compile(r"Expires=([^;]+)", re.IGNORECASE)


@attrs.frozen(kw_only=True)
class Target:
    """One copy that is to answer, and what there is to know of it."""

    endpoint: Endpoint
    variant_name: str
    pool: Pool
    copy: Copy
    multi_model: bool = False
    longest: int | None = None
    """What a request's body may hold, in bytes, where it is less than the service takes."""
    shadows: tuple[Target, ...] = ()
    """Who is to see the request too."""


class Router:
    """Finds who is to answer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._expiry: dict[str, datetime] = {}

    def endpoint(self, name: str) -> Endpoint:
        """An endpoint that answers. Raises the refusal of one that does not."""
        endpoint = self._world.endpoint_named(name)
        if endpoint is None or endpoint.status not in SERVING:
            raise refused(f"Endpoint {name} of account {self._world.account.number} not found.")
        return endpoint

    def route(self, request: Any, *, asynchronous: bool = False) -> Target:
        """The copy that is to answer a request. Raises the service's refusals."""
        endpoint = self.endpoint(request.endpoint_name)
        config = endpoint.fleet.config if endpoint.fleet else None
        if config is not None and config.async_inference_config is not None and not asynchronous:
            # Ours: what AWS says is told nowhere that could be found; its code is ValidationError.
            raise refused(f"Endpoint {endpoint.name} is an asynchronous endpoint: invoke it with InvokeEndpointAsync.")
        component = getattr(request, "inference_component_name", None)
        if endpoint.by_component or component is not None:
            return self._component(endpoint, component, request)
        target = self._variant(endpoint, request)
        self._check_model(endpoint, target, request)
        return target

    def _component(self, endpoint: Endpoint, name: str | None, request: Any) -> Target:
        if name is None:
            raise refused(
                "Inference Component Name header is required for endpoints to which you plan to deploy inference "
                "components. Please include Inference Component Name header or consider using SageMaker models."
            )
        found = next((each for each in self._world.components_of(endpoint.name) if each.name == name), None)
        if found is None or found.status not in ("InService", "Updating"):
            raise refused(f"Inference component {name} of endpoint {endpoint.name} not found.")
        copy = self._copy(found.pool, request)
        if copy is None:
            found.pool.refused += 1
            raise refused(
                "Inference Component has no capacity to process this request. ApplicationAutoScaling may be "
                "in-progress (if configured) or try to increase the capacity by invoking "
                "UpdateInferenceComponentRuntimeConfig API."
            )
        return Target(endpoint=endpoint, variant_name=found.variant_name, pool=found.pool, copy=copy)

    def _variant(self, endpoint: Endpoint, request: Any) -> Target:
        wanted = getattr(request, "target_variant", None)
        holder = self._session_holder(endpoint, request)
        fleet, variant = holder or endpoint.route(wanted) or (None, None)
        if fleet is None or variant is None or variant.pool is None:
            if wanted is not None:
                raise refused(f"Variant {wanted} of endpoint {endpoint.name} not found.")
            raise unavailable(f"Endpoint {endpoint.name} has no instance that is in service.")
        serverless = variant.spec.serverless_config
        in_flight = sum(copy.under_way for copy in variant.pool.serving)
        if serverless is not None and in_flight >= serverless.max_concurrency:
            # "ThrottlingException" is what the developer guide names for calls beyond MaxConcurrency.
            raise throttled("Maximum concurrency of the serverless endpoint exceeded.")
        copy = self._copy(variant.pool, request)
        if copy is None:
            raise unavailable(f"Endpoint {endpoint.name} has no instance that is in service.")
        return Target(
            endpoint=endpoint,
            variant_name=variant.name,
            pool=variant.pool,
            copy=copy,
            multi_model=variant.server is not None and variant.server.multi_model,
            longest=SERVERLESS_BYTES if serverless is not None else None,
            shadows=tuple(self._shadows(endpoint, fleet, variant)),
        )

    def _shadows(self, endpoint: Endpoint, fleet: Fleet, variant: Variant) -> list[Target]:
        """The shadows that see this request: of all, the part that their weight is of the production variant's.

        https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-create.html: the sampling percentage.
        """
        found: list[Target] = []
        for shadow in fleet.shadows:
            shadow.shadow_credit += min(1.0, shadow.weight / variant.weight) if variant.weight else 1.0
            copy = shadow.pool.next() if shadow.pool is not None else None
            if shadow.shadow_credit >= 1 - 1e-9:
                shadow.shadow_credit -= 1
                if copy is not None and shadow.pool is not None:
                    found.append(Target(endpoint=endpoint, variant_name=shadow.name, pool=shadow.pool, copy=copy))
        return found

    def _check_model(self, endpoint: Endpoint, target: Target, request: Any) -> None:
        model = getattr(request, "target_model", None)
        if model is not None and not target.multi_model:
            raise refused(
                f"Endpoint {endpoint.name} is not a multi-model endpoint and does not support target model header."
            )
        if model is None and target.multi_model:
            raise refused("The request is missing a target model header.")

    def _session_holder(self, endpoint: Endpoint, request: Any) -> tuple[Fleet, Variant] | None:
        session = getattr(request, "session_id", None)
        if session in (None, "NEW_SESSION"):
            return None
        for fleet in endpoint.fleets:
            for variant in fleet.variants:
                if variant.pool is not None and session in variant.pool.sessions:
                    return fleet, variant
        raise _unknown_session(session)

    def _copy(self, pool: Pool, request: Any) -> Copy | None:
        session = getattr(request, "session_id", None)
        if session in (None, "NEW_SESSION"):
            return pool.next()
        copy = pool.sessions.get(session)
        if copy is None or copy not in pool.serving or self._expired(session):
            pool.sessions.pop(session, None)
            raise _unknown_session(session)
        return copy

    def _expired(self, session: str) -> bool:
        return self._expiry.get(session, datetime.max.replace(tzinfo=UTC)) <= self._world.pace.now()

    def remember(self, target: Target, response: ModelResponse) -> None:
        """Keep which copy holds the session that it opened; forget one that it closed."""
        if response.new_session_id is not None:
            session, _, rest = response.new_session_id.partition(";")
            target.pool.sessions[session.strip()] = target.copy
            found = _EXPIRES.search(rest)
            if found and (when := _time(found[1].strip())) is not None:
                self._expiry[session.strip()] = when
        if response.closed_session_id is not None:
            target.pool.sessions.pop(response.closed_session_id, None)
            self._expiry.pop(response.closed_session_id, None)


def _unknown_session(session: object) -> Exception:
    """Ours: no words of AWS's could be found."""
    return refused(f"Session {session} was not found: it was never created, was closed, or has expired.")


def _time(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = read(text)
        except ValueError:
            continue
        return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    return None
