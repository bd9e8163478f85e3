"""Operations that botocore's models lack."""

from __future__ import annotations

from typing import Any

from aiosagemaker._botocore import botocore
from aiosagemaker._model.additions import ADDITIONS, with_additions


def test_other_services_are_as_they_are() -> None:
    """A model that lacks nothing is the same object."""
    model: dict[str, Any] = {"operations": {}, "shapes": {}}
    assert with_additions("sagemaker", model) is model


def test_what_is_added_refers_to_what_is_there() -> None:
    """Every shape that an addition names is one of its own or of botocore's model."""
    model = botocore("loaders").Loader().load_service_model("sagemaker-runtime", "service-2")
    made = with_additions("sagemaker-runtime", model)
    assert made["operations"].keys() >= model["operations"].keys() | ADDITIONS["sagemaker-runtime"]["operations"].keys()

    def named(value: Any) -> set[str]:
        if isinstance(value, list):
            return {name for item in value for name in named(item)}
        if not isinstance(value, dict):
            return set()
        own = {value["shape"]} if isinstance(value.get("shape"), str) else set[str]()
        return own.union(*map(named, value.values()))

    assert named(ADDITIONS["sagemaker-runtime"]) <= made["shapes"].keys()


def test_what_botocore_has_is_botocores() -> None:
    """An operation or shape that botocore comes to have is taken from botocore."""
    added = ADDITIONS["sagemaker-runtime"]["operations"]
    model: dict[str, Any] = {"operations": {key: {"name": "its own"} for key in added}, "shapes": {}}
    assert with_additions("sagemaker-runtime", model) is model
    own: dict[str, Any] = {"operations": {}, "shapes": {"RequestPayloadPart": {"type": "string"}}}
    assert with_additions("sagemaker-runtime", own)["shapes"]["RequestPayloadPart"] == {"type": "string"}
    assert own["operations"] == {}
