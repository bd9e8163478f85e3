"""Where calls go."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from aiosagemaker._http import endpoint_rules as endpoints
from aiosagemaker._http.endpoint_rules import (
    Endpoint,
    InsecureEndpointWarning,
    apply_rules,
    resolve_endpoint,
    unknown_region,
)
from aiosagemaker.config import Config
from aiosagemaker.errors import EndpointResolutionError, NoRegionError

VECTORS = Path(__file__).parents[4] / "shared/vectors/endpoint-rules"


def rule_cases() -> list[Any]:
    cases = [
        pytest.param(path.parent.name, case, id=f"{path.parent.name}: {case['documentation']}")
        for path in sorted(VECTORS.glob("*/endpoint-tests-1.json"))
        for case in json.loads(path.read_text())["testCases"]
    ]
    return cases or [pytest.param("", {}, marks=pytest.mark.skip(reason="the vectors are not here"))]


@pytest.mark.parametrize(("service", "case"), rule_cases())
def test_rules_vectors(service: str, case: dict[str, Any]) -> None:
    """The rules give the URL, or the error, that the service's own cases ask for."""
    params, expect = case.get("params", {}), case["expect"]
    given: dict[str, Any] = {
        "region": params.get("Region"),
        "use_fips": params.get("UseFIPS", False),
        "use_dualstack": params.get("UseDualStack", False),
        "endpoint_url": params.get("Endpoint"),
    }
    if "error" in expect:
        with pytest.raises(EndpointResolutionError, match=expect["error"]):
            apply_rules(service, **given)
    else:
        assert apply_rules(service, **given) == (expect["endpoint"]["url"], {})


@pytest.mark.parametrize(("service", "case"), rule_cases())
def test_config_vectors(service: str, case: dict[str, Any]) -> None:
    """A Config with the cases' values leads to the same URL; one without a region leads to no signature, so nowhere."""
    params, expect = case.get("params", {}), case["expect"]
    config = Config(
        region=params.get("Region"),
        use_fips=params.get("UseFIPS"),
        use_dualstack=params.get("UseDualStack"),
        endpoint_url=params.get("Endpoint"),
    )
    if config.region is None:
        with pytest.raises(NoRegionError):
            resolve_endpoint(config, service, "sagemaker")
    elif "error" in expect:
        with pytest.raises(EndpointResolutionError, match=expect["error"]):
            resolve_endpoint(config, service, "sagemaker")
    else:
        endpoint = resolve_endpoint(config, service, "sagemaker")
        assert endpoint.url == expect["endpoint"]["url"]
        assert (endpoint.region, endpoint.signing_name) == (config.region, "sagemaker")


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("us-gov-west-1", "amazonaws.com"),
        ("us-iso-east-1", "c2s.ic.gov"),
        ("us-isob-east-1", "sc2s.sgov.gov"),
        ("us-east-99", "amazonaws.com"),
    ],
)
def test_partitions(region: str, host: str) -> None:
    """A region's partition decides the domain, and a region yet unknown is told by its name."""
    for service, prefix in (("sagemaker", "api.sagemaker"), ("sagemaker-runtime", "runtime.sagemaker")):
        assert resolve_endpoint(Config(region=region), service, "sagemaker").url == f"https://{prefix}.{region}.{host}"


def test_source() -> None:
    """The endpoint tells whether it was set, and by whom, or follows from the rules."""
    assert resolve_endpoint(Config(region="eu-west-1"), "sagemaker", "sagemaker").source == "default"
    config = Config(region="eu-west-1", endpoint_url="https://proxy.example/sagemaker/")
    assert resolve_endpoint(config, "sagemaker", "sagemaker") == Endpoint(
        url="https://proxy.example/sagemaker",
        region="eu-west-1",
        signing_name="sagemaker",
        source=config.source_of("endpoint_url"),
    )


def test_no_region() -> None:
    """Without a region the error says how to set one, also for an endpoint of one's own."""
    for endpoint_url in (None, "https://example.com"):
        with pytest.raises(NoRegionError, match=r"region=.*AWS_REGION.*'dev'"):
            resolve_endpoint(Config(endpoint_url=endpoint_url, profile="dev"), "sagemaker", "sagemaker")


@pytest.mark.parametrize(
    "region", ["us-east-1.evil.example/", "us east 1", "-us", "us-", "us_east_1", "a" * 64, "us-east-1\n", "@evil", "é"]
)
def test_region_is_a_host_label(region: str) -> None:
    """A region that would lead to another host, or to none, is refused."""
    with pytest.raises(EndpointResolutionError, match="is not a region"):
        resolve_endpoint(Config(region=region), "sagemaker", "sagemaker")


def test_what_botocore_knows_of_regions() -> None:
    """Every region of every partition is known, and what none of them has is told with the one that may be meant."""
    assert [unknown_region(name) for name in ("us-east-1", "cn-north-1", "us-gov-west-1")] == ["", "", ""]
    assert unknown_region("cn-nort-1").endswith("no region 'cn-nort-1'; did you mean cn-north-1?")
    with pytest.raises(EndpointResolutionError, match=r"it cannot be .*; .* did you mean us-east-1\?"):
        resolve_endpoint(Config(region="us_east_1"), "sagemaker", "sagemaker")


def test_unknown_service() -> None:
    """A service that the installed botocore does not have is an error of ours."""
    with pytest.raises(EndpointResolutionError, match="has no rules for sagemaker-nonesuch"):
        resolve_endpoint(Config(region="eu-west-1"), "sagemaker-nonesuch", "sagemaker")


def test_rules_may_set_the_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the rules name the region and service to sign for, these are signed for."""
    from botocore.endpoint_provider import EndpointProvider

    scheme = {"name": "sigv4", "signingName": "other", "signingRegion": "us-east-1"}
    other = {"name": "sigv4a", "signingName": "another"}
    endpoint = {"url": "https://global.example", "properties": {"authSchemes": [other, scheme]}, "headers": {}}
    rules = {
        "version": "1.0",
        "parameters": {"Region": {"type": "String", "builtIn": "AWS::Region", "required": False, "documentation": ""}},
        "rules": [{"type": "endpoint", "conditions": [], "endpoint": endpoint}],
    }
    monkeypatch.setattr(endpoints, "_rules", lambda service: EndpointProvider(rules, {}))
    found = resolve_endpoint(Config(region="eu-west-1"), "sagemaker", "sagemaker")
    assert (found.region, found.signing_name) == ("us-east-1", "other")


def test_http_warns_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint in the clear warns once, naming what can be read."""
    monkeypatch.setattr(endpoints, "_warned", set())
    config = Config(region="eu-west-1", endpoint_url="http://internal.example")
    with pytest.warns(
        InsecureEndpointWarning, match=r"http://internal\.example.*requests, answers and the session token"
    ):
        resolve_endpoint(config, "sagemaker", "sagemaker")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        resolve_endpoint(config, "sagemaker", "sagemaker")


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8080", "a.localhost", "127.0.0.1:4566", "127.1.2.3", "[::1]:1"]
)
def test_loopback_does_not_warn(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not leave the machine needs no encryption."""
    monkeypatch.setattr(endpoints, "_warned", set())
    assert resolve_endpoint(Config(region="eu-west-1", endpoint_url=f"http://{host}"), "sagemaker", "sagemaker").url


@pytest.mark.parametrize("service", ["sagemaker", "sagemaker-runtime"])
@pytest.mark.parametrize("url", ["https://host", "http://127.0.0.1:8080", "https://host/path"])
def test_the_rules_give_an_endpoint_back_as_it_is(service: str, url: str) -> None:
    """An endpoint that is set is used without asking the rules, which would answer the same."""
    assert apply_rules(service, region="us-east-1", use_fips=False, use_dualstack=False, endpoint_url=url) == (url, {})
    config = Config(region="us-east-1", endpoint_url=url)
    assert resolve_endpoint(config, service, "sagemaker").url == url
