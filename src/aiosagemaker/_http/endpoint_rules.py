"""Where a call goes: botocore's endpoint rules, as data, by botocore's own engine."""

from __future__ import annotations

import functools
import ipaddress
import re
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import attrs

from .._botocore import botocore
from .._config.config import ConfigSource
from .._errors import EndpointResolutionError, NoRegionError
from .._hints import region_hint
from .._model.installed import model_loader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._config.config import Config

_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
"""RFC 1123, section 2.1; RFC 1034, section 3.5."""

_warned: set[str] = set()


class InsecureEndpointWarning(UserWarning):
    """Requests go in the clear to another machine."""


@attrs.frozen(kw_only=True)
class Endpoint:
    """Where the requests of a client go, and what they are signed for."""

    url: str
    """The base of every request's URL; it has no slash at its end."""
    region: str
    """The region that requests are signed for."""
    signing_name: str
    """The service name that requests are signed for."""
    source: ConfigSource
    """Where `url` was set; `default` if it follows from the rules."""


def resolve_endpoint(
    config: Config, rules_service: str, signing_name: str, parameters: Mapping[str, Any] | None = None
) -> Endpoint:
    """The endpoint that follows from a resolved configuration.

    Args:
        config: its `region`, `endpoint_url`, `use_fips` and `use_dualstack` count.
        rules_service: the service, as botocore names its data.
        signing_name: what requests are signed for unless the rules say otherwise (`signingName` of the model).
        parameters: what the rules are told of one request beside the configuration.

    Raises:
        NoRegionError: there is no region; even a request to `endpoint_url` is signed for one.
        EndpointResolutionError: the rules give no endpoint, or the region is no part of a host name.
    """
    if config.region is None:
        raise NoRegionError(
            "no region is configured: pass region=, set AWS_REGION (or AWS_DEFAULT_REGION), or give the profile "
            f"{config.profile or 'default'!r} a region"
        )
    if not _HOST_LABEL.fullmatch(config.region):
        raise EndpointResolutionError(
            f"{config.region!r} is not a region: it cannot be part of a host name; {unknown_region(config.region)}"
        )
    if config.endpoint_url and not (config.use_fips or config.use_dualstack or parameters):
        # The rules would give it back as it is; asking them takes botocore's import.
        url, scheme = config.endpoint_url, dict[str, Any]()
    else:
        url, scheme = apply_rules(
            rules_service,
            region=config.region,
            use_fips=bool(config.use_fips),
            use_dualstack=bool(config.use_dualstack),
            endpoint_url=config.endpoint_url,
            parameters=parameters,
        )
    _warn_if_in_the_clear(url)
    return Endpoint(
        url=url.rstrip("/"),
        region=scheme.get("signingRegion") or config.region,
        signing_name=scheme.get("signingName") or signing_name,
        source=config.source_of("endpoint_url") if config.endpoint_url else ConfigSource("default"),
    )


def apply_rules(
    rules_service: str,
    *,
    region: str | None,
    use_fips: bool,
    use_dualstack: bool,
    endpoint_url: str | None,
    parameters: Mapping[str, Any] | None = None,
) -> tuple[str, dict[str, Any]]:
    """The URL that the service's rules give, and the scope they want SigV4 to sign for (empty if they leave it).

    Raises:
        EndpointResolutionError: with the rule's own message, or because they want another signature.
    """
    errors = botocore("exceptions")
    settings = {"Region": region, "UseFIPS": use_fips, "UseDualStack": use_dualstack, "Endpoint": endpoint_url}
    given = {name: value for name, value in {**settings, **(parameters or {})}.items() if value is not None}
    try:
        # The mode is boto3's default: an account that an ARN names may be part of the host.
        found = _rules(rules_service).resolve_endpoint(AccountIdEndpointMode="preferred", **given)
    except errors.EndpointProviderError as error:
        raise EndpointResolutionError(f"no endpoint for {_describe(rules_service, given)}: {error}") from error
    except errors.UnknownServiceError as error:
        raise EndpointResolutionError(f"the installed botocore has no rules for {rules_service}: {error}") from error
    schemes: list[dict[str, Any]] = found.properties.get("authSchemes", [])
    signed = [scheme for scheme in schemes if scheme.get("name") == "sigv4"]
    if schemes and not signed:
        wanted = ", ".join(str(scheme.get("name")) for scheme in schemes)
        raise EndpointResolutionError(f"{_describe(rules_service, given)} wants {wanted}, and there is only sigv4 here")
    return str(found.url), signed[0] if signed else {}


@functools.lru_cache(maxsize=8)
def _rules(service: str) -> Any:
    # Loading the rules does not load the service's model, which is far larger.
    rules = model_loader().load_service_model(service, "endpoint-rule-set-1")
    return botocore("endpoint_provider").EndpointProvider(rules, _partitions())


@functools.cache
def _partitions() -> Any:
    return model_loader().load_data("partitions")


def unknown_region(region: str) -> str:
    """What is said of a region that botocore does not know; empty of one that it knows.

    The rules give an endpoint in any region, so that a new one can be used before botocore knows it.
    """
    return region_hint(region, (name for partition in _partitions()["partitions"] for name in partition["regions"]))


def _describe(service: str, parameters: dict[str, Any]) -> str:
    named = ", ".join(f"{name}={value}" for name, value in parameters.items() if value is not False)
    return f"{service} ({named})" if named else service


def _warn_if_in_the_clear(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "http" or url in _warned or _is_loopback(parts.hostname or ""):
        return
    _warned.add(url)
    warnings.warn(
        f"{url} is not encrypted: requests, answers and the session token of temporary credentials can be read, and "
        "answers changed, by whoever is on the way. Use https://.",
        InsecureEndpointWarning,
        stacklevel=3,
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
