"""The tree of errors: what each one says of itself."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import pytest

from aiosagemaker import errors
from aiosagemaker._errors import error_class
from aiosagemaker.errors import (
    AlreadyExists,
    ArgumentError,
    ConfigError,
    ConnectError,
    NotFound,
    ParamValidationError,
    ReadTimeout,
    ResponseParseError,
    SdkError,
    ServiceError,
    TransportError,
    ValidationException,
    Violation,
    WaiterError,
    WaiterFailed,
    WaiterTimeout,
)
from aiosagemaker.sagemaker import DescribeEndpointResponse, ResourceInUse
from aiosagemaker.sagemaker import errors as sagemaker_errors

CLASSES = [cls for cls in vars(errors).values() if inspect.isclass(cls) and issubclass(cls, Exception)]


@pytest.mark.parametrize("cls", CLASSES)
def test_one_root(cls: type[Exception]) -> None:
    """Every error is an SdkError, says of itself what a caller may conclude, and has a docstring."""
    assert issubclass(cls, SdkError)
    assert isinstance(cls.retryable, bool)
    assert isinstance(cls.maybe_sent, bool)
    assert cls.__doc__


def test_the_tree_is_drawn() -> None:
    """The module's docstring draws every class of the tree."""
    drawn = errors.__doc__ or ""
    assert [cls.__name__ for cls in CLASSES if cls.__name__ not in drawn] == []


@pytest.mark.parametrize(
    ("cls", "bases"),
    [
        (ParamValidationError, (SdkError, ValueError)),
        (ArgumentError, (ParamValidationError, TypeError)),
        (errors.ClientClosedError, (SdkError, RuntimeError)),
        (errors.NoRegionError, (ConfigError,)),
        (errors.NoCredentialsError, (ConfigError,)),
        (errors.EndpointResolutionError, (ConfigError,)),
        (errors.ConnectTimeout, (ConnectError,)),
        (errors.TlsError, (ConnectError,)),
        (ConnectError, (TransportError,)),
        (ReadTimeout, (TransportError,)),
        (errors.ConnectionClosed, (TransportError,)),
        (NotFound, (ValidationException, ServiceError)),
        (AlreadyExists, (ValidationException, ServiceError)),
        (ResourceInUse, (ServiceError,)),
        (WaiterFailed, (WaiterError,)),
        (WaiterTimeout, (WaiterError,)),
    ],
)
def test_bases(cls: type[Exception], bases: tuple[type[Exception], ...]) -> None:
    """The tree is the one that the contract fixes."""
    assert all(issubclass(cls, base) for base in bases)


@pytest.mark.parametrize(
    ("code", "message", "cls"),
    [
        ("ValidationException", 'Could not find endpoint "x".', NotFound),
        ("ValidationException", "Requested resource not found.", NotFound),
        ("ValidationException", "RecordNotFound", NotFound),
        ("ValidationException", 'Cannot create already existing endpoint "x".', AlreadyExists),
        ("ValidationException", "1 validation error detected", ValidationException),
        ("AccessDeniedException", "", errors.AccessDeniedException),
        ("ThrottlingException", "", errors.ThrottlingException),
        ("Throttling", "", errors.ThrottlingException),
        ("ExpiredTokenException", "", errors.ExpiredTokenException),
        ("ExpiredToken", "", errors.ExpiredTokenException),
        ("UnrecognizedClientException", "", errors.UnrecognizedClientException),
        ("InternalFailure", "", errors.InternalFailure),
        ("NeverHeardOf", "Could not find", ServiceError),
    ],
)
def test_unmodelled(code: str, message: str, cls: type[ServiceError]) -> None:
    """What the model does not name is told apart by code, and a validation error by its words."""
    assert error_class(code, message) is cls


@pytest.mark.parametrize(
    ("code", "status", "retryable", "throttling"),
    [
        ("ThrottlingException", 400, True, True),
        ("Anything", 429, True, True),
        ("Anything", 503, True, False),
        ("Anything", 500, True, False),
        ("Anything", 501, False, False),
        ("RequestTimeout", 400, True, False),
        ("ValidationException", 400, False, False),
    ],
)
def test_classification(code: str, status: int, retryable: bool, throttling: bool) -> None:
    """Code and status say whether to try again, and whether to slow down."""
    error = ServiceError("m", code=code, http_status=status)
    assert (error.retryable, error.throttling) == (retryable, throttling)


def test_text_is_as_boto3s() -> None:
    """A refusal reads as boto3's does."""
    error = ServiceError("words", code="Code", operation="CreateEndpoint")
    assert str(error) == "An error occurred (Code) when calling the CreateEndpoint operation: words"


def test_a_refusal_says_how_often_it_was_tried() -> None:
    """After more than one attempt the text says how many there were."""
    error = errors.ThrottlingException("Rate exceeded", operation="ListEndpoints", attempts=3)
    said = "An error occurred (ThrottlingException) when calling the ListEndpoints operation: Rate exceeded"
    assert str(error) == f"{said} (after 3 attempts)"


RESPONSE = DescribeEndpointResponse.from_dict({"EndpointName": "n"})
RAISED: list[Any] = [
    ServiceError("m", code="C", http_status=400, request_id="r", operation="O", attempts=2, headers={"a": "b"}),
    NotFound("m", code="ValidationException", http_status=400, operation="O"),
    ResourceInUse("m", code="ResourceInUse", operation="O", retry_after=1.5),
    ParamValidationError("subject", [Violation("a.b", "type", 5, "expected str")]),
    ArgumentError("create_endpoint", [Violation("x", "unknown", 1)]),
    ResponseParseError("m", status=200, headers={"a": "b"}, body=b"body"),
    TransportError("m", maybe_sent=True),
    ConnectError("m"),
    WaiterFailed("m", reason="r", last_response=RESPONSE),
    WaiterFailed[DescribeEndpointResponse]("m", reason="r", last_response=RESPONSE),
    WaiterTimeout("m", last_response=RESPONSE),
    errors.NoRegionError("m"),
    errors.PaginationError("m"),
]


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_survives(error: Any) -> None:
    """An error survives pickle and copy with everything that it says."""
    for made in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(made) is type(error)
        assert str(made) == str(error)
        assert {k: v for k, v in vars(made).items() if k != "headers"} == {
            k: v for k, v in vars(error).items() if k != "headers"
        }


def test_violation() -> None:
    """A violation is path, rule and value; its words are beside them."""
    violation = Violation("tags[0].key", "length", "", "expected at least 1 characters")
    path, rule, value = violation
    assert (path, rule, value) == ("tags[0].key", "length", "")
    assert violation == ("tags[0].key", "length", "")
    assert str(violation) == "tags[0].key: expected at least 1 characters, got ''"
    assert str(Violation("a", "required", None, "required")) == "a: required"
    assert str(Violation("", "type", 5, "expected a dict")) == "expected a dict, got 5"


def test_body_is_cut() -> None:
    """A malformed answer keeps the start of its body."""
    assert len(ResponseParseError(body=b"x" * 5000).body) == 1024


def test_the_models_errors_are_here() -> None:
    """Every error that one model names is here as the class of its service, and what several name is their base."""
    assert errors.ResourceInUse is ResourceInUse
    for name in ("ResourceAlreadyExists", "ResourceInUse", "ResourceLimitExceeded"):
        assert getattr(errors, name).__module__ == "aiosagemaker.sagemaker.errors"
    for name in ("ConflictException", "ModelError", "ResourceNotFound", "ServiceUnavailableException"):
        shared = getattr(errors, name)
        assert (shared.__module__, shared.__qualname__) == ("aiosagemaker.errors", name)
        assert pickle.loads(pickle.dumps(shared)) is shared
    assert issubclass(sagemaker_errors.ResourceNotFound, errors.ResourceNotFound)
    assert issubclass(errors.ServiceUnavailableException, errors.ServiceUnavailable)


def test_a_code_that_others_name() -> None:
    """A code that this service's model lacks and others have is raised as the base that is caught for all of them."""
    assert error_class("ResourceNotFoundException", "") is errors.ResourceNotFoundException
    assert error_class("ServiceUnavailableException", "") is errors.ServiceUnavailableException
    assert error_class("NoSuchCode", "") is ServiceError


@pytest.mark.parametrize(
    "cls", [WaiterError, WaiterFailed, WaiterTimeout, errors.RolledBack, errors.AsyncInferenceFailed]
)
def test_a_failed_wait_names_its_response(cls: Any) -> None:
    """An error of a wait takes the type of the last response in brackets, at run time too, and is still caught."""
    with pytest.raises(cls) as caught:
        raise cls[DescribeEndpointResponse]("m", last_response=RESPONSE)
    assert type(caught.value) is cls
    assert caught.value.last_response is RESPONSE


def test_a_failed_wait_has_a_kind() -> None:
    """The service's reason tells what kind of failure it was; without one it is unknown."""
    failed = WaiterFailed("m", reason="The container did not pass the ping health check.")
    assert failed.kind == "health check"
    assert WaiterFailed("m").kind == "unknown"
