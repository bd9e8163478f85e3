"""What a constructor says of wrong keywords."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from aiosagemaker import sagemaker
from aiosagemaker._shapes.convert import BOTO, WIRE, Dialect
from aiosagemaker.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

Variant: Any = sagemaker.ProductionVariant


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("ProductionVariant", {"VariantName": "a"}, "that is boto3's name, here it is variant_name"),
        ("ProductionVariant", {"variant_nam": "a"}, "did you mean variant_name?"),
        ("CreateEndpointRequest", {"EndpointName": "a"}, "that is boto3's name, here it is endpoint_name"),
        ("DescribeEndpointResponse", {"endpoint_statu": "a"}, "did you mean endpoint_status?"),
    ],
)
def test_unknown(name: str, given: dict[str, Any], said: str) -> None:
    """A constructor of any kind of structure tells an unknown keyword with what to write in its place."""
    with pytest.raises(ArgumentError) as caught:
        getattr(sagemaker, name)(**given)
    assert str(caught.value).startswith(f"{name}: ")
    assert str(caught.value.violations[0]) == f"{next(iter(given))}: unknown keyword; {said}"


def test_all_at_once() -> None:
    """Every unknown and every missing keyword is told, and the error is a TypeError that survives pickle."""
    with pytest.raises(TypeError) as caught:
        Variant(colour="red", ModelName="m")
    assert [(violation.path, violation.rule) for violation in caught.value.violations] == [  # type: ignore[attr-defined]  # an ArgumentError's
        ("colour", "unknown"),
        ("ModelName", "unknown"),
        ("variant_name", "required"),
    ]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_changed_copy() -> None:
    """A copy with an unknown member tells it in the same way."""
    with pytest.raises(ArgumentError, match="here it is model_name"):
        attrs.evolve(Variant(variant_name="a"), ModelName="m")


def test_positional() -> None:
    """What is not named is told, a dict with what reads it."""
    with pytest.raises(ArgumentError, match=r"^ProductionVariant takes its members as keywords$"):
        Variant("a")
    with pytest.raises(ArgumentError, match=r"as keywords: use ProductionVariant\.from_dict\(\.\.\.\)"):
        Variant({"VariantName": "a"})


def test_metadata_is_no_unknown_keyword() -> None:
    """A response takes its metadata, and wrong keywords beside it do not make that one of them."""
    made: Any = sagemaker.CreateEndpointResponse
    metadata = made(endpoint_arn="a").response_metadata
    assert made(endpoint_arn="a", response_metadata=metadata).response_metadata is metadata
    with pytest.raises(ArgumentError) as caught:
        made(EndpointArn="a", response_metadata=metadata)
    assert [violation.path for violation in caught.value.violations] == ["EndpointArn", "endpoint_arn"]


def test_an_error_of_the_callers_own() -> None:
    """What a value that is iterated raises is told as it is, also where that is another constructor's error."""

    def failing() -> Iterator[Any]:
        yield Variant(variant_name="a")
        raise TypeError("mine")

    with pytest.raises(TypeError, match=r"^mine$"):
        sagemaker.CreateEndpointConfigRequest(endpoint_config_name="a", production_variants=failing())
    with pytest.raises(ArgumentError, match=r"^ProductionVariant: "):
        sagemaker.CreateEndpointConfigRequest(
            endpoint_config_name="a", production_variants=(Variant(VariantName=name) for name in "a")
        )


def test_secrets_are_not_kept() -> None:
    """Of a structure that holds secrets the values of unknown keywords are not in the error."""
    shape: Any = sagemaker.OidcConfig
    with pytest.raises(ArgumentError) as caught:
        shape(ClientSecret="hunter2")
    assert caught.value.violations[0].path == "ClientSecret"
    assert "hunter2" not in repr(caught.value)


@pytest.mark.parametrize("dialect", [WIRE, BOTO])
def test_nothing_is_loaded_by_constructors(dialect: Dialect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Explaining costs nothing where structures are made in thousands: what loads plain data calls no constructor."""

    def called(*_: object, **__: object) -> None:
        raise AssertionError("a constructor was called")

    page = {"Endpoints": [{"EndpointName": "a", "EndpointArn": "b", "CreationTime": 1, "EndpointStatus": "InService"}]}
    for name in ("ListEndpointsResponse", "EndpointSummary"):
        monkeypatch.setattr(getattr(sagemaker, name), "__init__", called)
    loaded = dialect.load(sagemaker.ListEndpointsResponse, page)
    assert loaded.endpoints[0].endpoint_name == "a"
