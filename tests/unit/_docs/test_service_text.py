"""The service's own words, from the installed botocore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import UnknownServiceError

from aiosagemaker._docs import service_text as _service_text
from aiosagemaker._docs.service_text import service_text

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    service_text.cache_clear()
    yield
    service_text.cache_clear()


def test_the_words_are_found() -> None:
    """Operations, shapes and members have the words of botocore's model."""
    text = service_text("sagemaker")
    assert "Creates an endpoint" in text.operations["CreateEndpoint"]
    assert "Identifies a model" in text.shapes["ProductionVariant"]
    assert "name of the endpoint" in text.members["CreateEndpointInput", "EndpointName"]


def test_the_model_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second question is answered without botocore."""
    first = service_text("sagemaker-runtime")
    monkeypatch.setattr(_service_text, "botocore", None)
    assert service_text("sagemaker-runtime") is first


@pytest.mark.parametrize("service", ["", "no-such-service"])
def test_an_unknown_service_has_no_words(service: str) -> None:
    """A service that botocore does not have is without words, and no error."""
    assert service_text(service).operations == {}


@pytest.mark.parametrize("error", [ImportError("gone"), OSError("unreadable"), ValueError("not JSON")])
def test_an_unreadable_botocore_has_no_words(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """A docstring never raises: a botocore that is gone or broken leaves the words out."""
    real = _service_text.botocore

    class BrokenLoader:
        BUILTIN_DATA_PATH = ""

        def __init__(self, **options: Any) -> None:
            pass

        def load_service_model(self, *names: str) -> Any:
            raise error

    def broken(module: str) -> Any:
        if isinstance(error, ImportError):
            raise error
        return type("loaders", (), {"Loader": BrokenLoader}) if module == "loaders" else real(module)

    monkeypatch.setattr(_service_text, "botocore", broken)
    assert service_text("sagemaker").shapes == {}


def test_what_botocore_raises_is_expected() -> None:
    """botocore's own errors share the class that is caught."""
    from botocore.exceptions import BotoCoreError

    assert issubclass(UnknownServiceError, BotoCoreError)
