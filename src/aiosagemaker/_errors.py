"""Every error this library raises, as one tree.

::

    SdkError
    ├── ParamValidationError (ValueError)    the request is wrong; nothing was sent
    │   └── ArgumentError (TypeError)        the call itself is wrong: unknown or missing keywords
    ├── ConfigError                          the client is not set up; nothing was sent
    │   ├── InvalidConfigError (ValueError)  a value that a configuration cannot take
    │   ├── NoRegionError
    │   ├── NoCredentialsError
    │   ├── CredentialsError                 a source of credentials failed
    │   ├── ProfileNotFoundError
    │   └── EndpointResolutionError
    ├── ClientClosedError (RuntimeError)     the client was closed; nothing was sent
    ├── TransportError                       no complete answer; `maybe_sent` says if the service may have acted
    │   ├── ConnectError (ConnectionError)   no connection; nothing was sent
    │   │   ├── ConnectTimeout (TimeoutError)
    │   │   ├── NameResolutionError
    │   │   └── TlsError
    │   ├── ReadTimeout (TimeoutError)
    │   ├── ConnectionClosed
    │   ├── EventStreamError                 the stream of an answer is damaged or ends too early
    │   ├── BodyReadError                    the stream of the request's own body failed
    │   ├── AttemptTimeout (TimeoutError)    one attempt took too long; it may have been received
    │   └── OperationTimeout (TimeoutError)  the whole call took too long; it may have been received
    │       └── CredentialsTimeout           ... before its credentials came: a CredentialsError too
    ├── ChatError                            a container's answer to a chat is an error, or no answer
    │   └── ChatIncompleteError              it ended before the answer did
    ├── ResponseParseError                   a complete 2xx answer that is not what the model says
    ├── ServiceError                         the service refused
    │   ├── (every error a service model names, importable from here and from the service's module)
    │   ├── ValidationException
    │   │   ├── NotFound
    │   │   ├── AlreadyExists
    │   │   └── ResourceBusy
    │   ├── AccessDeniedException
    │   ├── AuthenticationError              the signature or the credentials were refused
    │   │   ├── ExpiredTokenException
    │   │   ├── IncompleteSignature
    │   │   ├── InvalidClientTokenId
    │   │   ├── InvalidSignatureException
    │   │   ├── MissingAuthenticationToken
    │   │   ├── RequestExpired
    │   │   ├── RequestTimeTooSkewed
    │   │   └── UnrecognizedClientException
    │   ├── ThrottlingException
    │   ├── InternalFailure
    │   └── ServiceUnavailable
    ├── PaginationError                      the service's pages never end
    └── WaiterError
        ├── WaiterFailed
        │   ├── RolledBack                   in service again, and not as was asked for
        │   └── AsyncInferenceFailed         a model failed at an asynchronous invocation
        └── WaiterTimeout

The service's own codes keep the service's own names; the codes that no model names are those
that https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html lists.
"""

from __future__ import annotations

import re
import reprlib
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Self

from ._error_names import OWNERS
from ._failure_kinds import FailureKind, failure_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from typing_extensions import TypeVar  # which type checkers have, and running needs not

    LastT_co = TypeVar("LastT_co", covariant=True, default=Any)
else:
    from typing import TypeVar

    LastT_co = TypeVar("LastT_co", covariant=True)

__all__ = [
    "AccessDeniedException",
    "AlreadyExists",
    "ArgumentError",
    "AsyncInferenceFailed",
    "AttemptTimeout",
    "AuthenticationError",
    "BodyReadError",
    "ChatError",
    "ChatIncompleteError",
    "ClientClosedError",
    "ConfigError",
    "ConnectError",
    "ConnectTimeout",
    "ConnectionClosed",
    "CredentialsError",
    "CredentialsTimeout",
    "EndpointResolutionError",
    "EventStreamError",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InternalFailure",
    "InvalidClientTokenId",
    "InvalidConfigError",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "NameResolutionError",
    "NoCredentialsError",
    "NoRegionError",
    "NotFound",
    "OperationTimeout",
    "PaginationError",
    "ParamValidationError",
    "ProfileNotFoundError",
    "ReadTimeout",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "ResourceBusy",
    "ResponseParseError",
    "RolledBack",
    "SdkError",
    "ServiceError",
    "ServiceUnavailable",
    "ThrottlingException",
    "TlsError",
    "TransportError",
    "UnrecognizedClientException",
    "ValidationException",
    "Violation",
    "WaiterError",
    "WaiterFailed",
    "WaiterTimeout",
]

REDACTED = "<redacted>"
BODY_LIMIT = 1024
"""How much of an answer's body an error keeps, in bytes."""

THROTTLING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Codes that mean "slower, please", as AWS's SDKs agree on them (botocore/retries/standard.py)."""

TRANSIENT_CODES = frozenset({"RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"})
"""Codes that mean "the same request may succeed", as AWS's SDKs agree on them."""

TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})


class SdkError(Exception):
    """The root of every error of this library.

    The class attributes are what the retry strategy asks; an error class or instance answers for itself.
    """

    retryable: bool = False
    """Whether the same request, sent again, may succeed."""
    throttling: bool = False
    """Whether the service asked for fewer requests."""
    maybe_sent: bool = False
    """Whether the service may have received the request, and so acted on it."""
    retry_after: float | None = None
    """The wait that the service asked for, in seconds, or None."""
    items: Sequence[Any] = ()
    """What a paginator's `collect` had, when this ended it."""
    next_token: str | None = None
    """Where a paginator that this ended can go on: its `starting_token`. None is the beginning."""
    partial: Any = None
    """What had come before, where a stream broke off: of a chat its ChatCompletion; else None."""


class _Violation(NamedTuple):
    path: str
    rule: str
    value: object


class Violation(_Violation):
    """One broken rule: `(path, rule, value)`, and `expected` in words.

    `path` uses Python's member names (`production_variants[0].initial_instance_count`); `rule` is one of
    `required`, `type`, `length`, `range`, `pattern`, `union`, `unknown`; `value` is what was given, or
    `<redacted>` for a sensitive member.
    """

    expected: str

    def __new__(cls, path: str, rule: str, value: object, expected: str = "") -> Self:
        self = super().__new__(cls, path, rule, value)
        self.expected = expected
        return self

    def __str__(self) -> str:
        text = f"{self.path}{': ' if self.path else ''}{self.expected or self.rule}"
        if self.rule in ("required", "unknown"):
            return text
        return f"{text}, got {self.value if self.value is REDACTED else reprlib.repr(self.value)}"


class ParamValidationError(SdkError, ValueError):
    """The request breaks the model's rules; nothing was sent.

    `violations` lists every one of them, in the order of the members.
    """

    violations: tuple[Violation, ...]

    def __init__(self, subject: str, violations: Iterable[Violation] = ()) -> None:
        self.violations = tuple(violations)
        super().__init__(subject, self.violations)

    def __str__(self) -> str:
        subject, violations = self.args
        count = f"{len(violations)} violation{'' if len(violations) == 1 else 's'}"
        return "\n  ".join((f"{subject}: {count}", *map(str, violations))) if violations else str(subject)


class ArgumentError(ParamValidationError, TypeError):
    """The call itself is wrong: unknown or missing keywords, or a request and keywords at once."""


class ConfigError(SdkError):
    """The client cannot work with the configuration it has; nothing was sent."""


class InvalidConfigError(ConfigError, ValueError):
    """A value that a configuration, a retry policy or credentials cannot take."""


class NoRegionError(ConfigError):
    """No region is configured."""


class NoCredentialsError(ConfigError):
    """No source gave credentials."""


class CredentialsError(ConfigError):
    """A source of credentials was found, and failed."""


class ProfileNotFoundError(ConfigError):
    """The profile asked for is in none of the configuration files."""


class EndpointResolutionError(ConfigError):
    """No endpoint follows from the configuration, or the one configured is not a usable URL."""


class ClientClosedError(SdkError, RuntimeError):
    """The client was closed; nothing was sent."""


class TransportError(SdkError):
    """No complete answer came back."""

    retryable = True

    setting: ClassVar[str] = ""
    """Which setting ended it, such as `TimeoutConfig.read`; empty if none did."""
    operation: str = ""
    """The operation's name, such as `CreateEndpoint`; empty until the call that it ends knows it."""
    attempts: int = 0
    """How many times the request was tried."""
    hint: str = ""
    """What may be amiss, where that can be told: a region that botocore does not know. Empty elsewhere."""

    def __init__(self, message: str = "", *, maybe_sent: bool | None = None) -> None:
        super().__init__(message)
        if maybe_sent is not None:
            self.maybe_sent = maybe_sent

    def __str__(self) -> str:
        message = str(self.args[0]) if self.args else ""
        setting = f" ({self.setting})" if self.setting else ""
        message = f"{message}{setting}{'; ' if self.hint else ''}{self.hint}"
        tried = f", {self.attempts} {'attempt' if self.attempts == 1 else 'attempts'}" if self.attempts else ""
        return f"{self.operation}{tried}: {message}" if self.operation else message


class ConnectError(TransportError, ConnectionError):
    """No connection could be made; nothing was sent. It is a builtin ConnectionError too."""


class ConnectTimeout(ConnectError, TimeoutError):
    """The connection was not made in time; nothing was sent. It is a builtin TimeoutError too."""

    setting = "TimeoutConfig.connect"


class NameResolutionError(ConnectError):
    """The host name does not resolve; trying again would not help."""

    retryable = False


class TlsError(ConnectError):
    """The server's certificate or the TLS handshake was refused; trying again would not help."""

    retryable = False


class ReadTimeout(TransportError, TimeoutError):
    """The server fell silent. The request may have been received and acted on."""

    setting = "TimeoutConfig.read"

    maybe_sent = True


class ConnectionClosed(TransportError):
    """The connection ended before the answer did. The request may have been received and acted on."""

    maybe_sent = True


class EventStreamError(TransportError):
    """The stream of an answer is damaged, ends too early, or is not what its encoding allows.

    Part of the answer has been delivered, so the request is not sent again by itself.
    """

    retryable = False
    maybe_sent = True


class BodyReadError(TransportError):
    """The stream of the request's own body failed, or is not of the length it should be. Its cause is the reason."""

    retryable = False
    maybe_sent = True


class AttemptTimeout(TransportError, TimeoutError):
    """One attempt took longer than `TimeoutConfig.attempt`. It may have been received and acted on."""

    maybe_sent = True
    setting = "TimeoutConfig.attempt"


class OperationTimeout(TransportError, TimeoutError):
    """The call, with all that it waited for, took longer than `TimeoutConfig.operation`. It may have been received."""

    retryable = False
    maybe_sent = True
    setting = "TimeoutConfig.operation"


class CredentialsTimeout(CredentialsError, OperationTimeout):
    """The call's time was up before its credentials came; nothing was sent. It names their source."""


class ResponseParseError(SdkError):
    """A complete 2xx answer that is not what the model says. The service has acted."""

    maybe_sent = True

    status: int
    """The HTTP status."""
    headers: Mapping[str, str]
    """The answer's headers."""
    body: bytes
    """The start of the body, at most 1,024 bytes."""

    def __init__(
        self, message: str = "", *, status: int = 0, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body = bytes(body[:BODY_LIMIT])


class ChatError(SdkError):
    """A container answered a chat with an error, or with what is no answer. `partial` is what had come before."""

    maybe_sent = True

    error: Mapping[str, Any] | None
    """The container's own error object, or None if it sent none."""

    def __init__(self, message: str = "", *, error: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.error = error


class ChatIncompleteError(ChatError):
    """The stream of a chat ended before the answer did. `partial` is what had come."""


_MAYBE_OURS = "an earlier attempt of this call, whose answer was lost, may have been carried out"


class ServiceError(SdkError):
    """The service answered, and refused.

    A code that neither the model nor this module names is raised as this class itself.
    """

    message: str
    """The service's own words."""
    code: str
    """The service's error code, such as `ValidationException`."""
    http_status: int
    """The HTTP status."""
    request_id: str | None
    """The service's id of the request, for AWS Support."""
    operation: str
    """The operation's name, such as `CreateEndpoint`."""
    attempts: int
    """How many times the request was sent."""
    headers: Mapping[str, str]
    """The answer's headers."""
    body: bytes
    """The start of the answer's body, at most 1,024 bytes."""
    maybe_ours: bool = False
    """Whether it may be refused because an earlier attempt of the same call, whose answer was lost, was carried out."""

    def __init__(
        self,
        message: str = "",
        *,
        code: str = "",
        http_status: int = 0,
        request_id: str | None = None,
        operation: str = "",
        attempts: int = 1,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        retry_after: float | None = None,
        retryable: bool = False,
        throttling: bool = False,
    ) -> None:
        """`retryable` and `throttling` are what the model says of the error; code and status add to them."""
        super().__init__(message)
        self.message = message
        self.code = code or type(self).__name__
        self.http_status = http_status
        self.request_id = request_id
        self.operation = operation
        self.attempts = attempts
        self.headers = headers or {}
        self.body = bytes(body[:BODY_LIMIT])
        self.retry_after = retry_after
        # A refusal was not acted on; after a failure of its own the service may have.
        self.maybe_sent: bool = http_status >= 500
        self.throttling: bool = throttling or self.code in THROTTLING_CODES or http_status == 429
        self.retryable: bool = (
            retryable or self.throttling or self.code in TRANSIENT_CODES or http_status in TRANSIENT_STATUSES
        )

    def __str__(self) -> str:
        text = f"An error occurred ({self.code}) when calling the {self.operation} operation: {self.message}"
        tried = f" (after {self.attempts} attempts)" if self.attempts > 1 else ""
        return f"{text}{tried} ({_MAYBE_OURS})" if self.maybe_ours else f"{text}{tried}"


class ValidationException(ServiceError):
    """The service found the request invalid."""


class NotFound(ValidationException):
    """A ValidationException whose message says that the resource does not exist ("Could not find ...")."""


class AlreadyExists(ValidationException):
    """A ValidationException whose message says that the name is taken ("Cannot create already existing ...")."""


class ResourceBusy(ValidationException):
    """A ValidationException whose message says that the resource is on its way to another state ("Cannot update
    in-progress endpoint ..."): the same request may pass once that is over."""


class AccessDeniedException(ServiceError):
    """The caller may not do this."""


class AuthenticationError(ServiceError):
    """The signature or the credentials were refused."""


class ExpiredTokenException(AuthenticationError):
    """The session token is past its time."""


class IncompleteSignature(AuthenticationError):
    """The signature lacks a part."""


class InvalidClientTokenId(AuthenticationError):
    """The access key does not exist."""


class InvalidSignatureException(AuthenticationError):
    """The signature does not match, or its time is too far from the service's clock."""


class MissingAuthenticationToken(AuthenticationError):
    """The request was not signed."""


class RequestExpired(AuthenticationError):
    """The request's time is too far from the service's clock."""


class RequestTimeTooSkewed(AuthenticationError):
    """The request's time is too far from the service's clock."""


class UnrecognizedClientException(AuthenticationError):
    """The access key or the session token is not valid."""


class ThrottlingException(ServiceError):
    """The service asked for fewer requests."""


class InternalFailure(ServiceError):
    """The service failed."""


class ServiceUnavailable(ServiceError):
    """The service is unavailable for now."""


class PaginationError(SdkError):
    """The service sent a page's token for the second time."""


class WaiterError(SdkError, Generic[LastT_co]):
    """A wait did not end as hoped.

    `except` takes the class without its parameter; a type checker is told what was waited for by an annotation, such
    as `failed: WaiterFailed[DescribeEndpointResponse] = error`.
    """

    last_response: LastT_co | None
    """What the last poll returned; None if none did."""

    def __init__(self, message: str = "", *, last_response: LastT_co | None = None) -> None:
        super().__init__(message)
        self.last_response = last_response


class WaiterFailed(WaiterError[LastT_co]):
    """The resource reached a state from which the wanted one does not come. `reason` is the service's own, or None."""

    reason: str | None

    def __init__(self, message: str = "", *, reason: str | None = None, last_response: LastT_co | None = None) -> None:
        super().__init__(message, last_response=last_response)
        self.reason = reason

    @property
    def kind(self) -> FailureKind:
        """The kind of failure that the reason tells, such as `capacity` or `health check`; `unknown` without one."""
        return failure_kind(self.reason)


class RolledBack(WaiterFailed[LastT_co]):
    """The endpoint is in service again, and not as was asked for: the update was rolled back, or another came."""


class AsyncInferenceFailed(WaiterFailed[LastT_co]):
    """An asynchronous invocation failed. `reason` is the failure document as text, cut; `last_response` the response
    of `invoke_endpoint_async`."""

    document: bytes
    """What the service left at the failure location."""

    def __init__(self, message: str = "", *, document: bytes = b"", last_response: LastT_co | None = None) -> None:
        reason = document[:BODY_LIMIT].decode(errors="replace")
        text = f"{message}: {reason}" if message and reason else message or reason
        super().__init__(text, reason=reason, last_response=last_response)
        self.document = document


class WaiterTimeout(WaiterError[LastT_co]):
    """The wanted state did not come in time."""


UNMODELLED: Mapping[str, type[ServiceError]] = {
    "AccessDenied": AccessDeniedException,
    "ExpiredToken": ExpiredTokenException,
    "InternalServerError": InternalFailure,
    "MissingAuthenticationTokenException": MissingAuthenticationToken,
    "ServiceUnavailableException": ServiceUnavailable,
    "SignatureDoesNotMatch": InvalidSignatureException,
    "Throttling": ThrottlingException,
    **{
        cls.__name__: cls
        for cls in (
            AccessDeniedException,
            ExpiredTokenException,
            IncompleteSignature,
            InternalFailure,
            InvalidClientTokenId,
            InvalidSignatureException,
            MissingAuthenticationToken,
            RequestExpired,
            RequestTimeTooSkewed,
            ServiceUnavailable,
            ThrottlingException,
            UnrecognizedClientException,
            ValidationException,
        )
    },
}
"""What the service sends and no model names, by code."""


# The control plane's words for a resource that is not there: endpoints and models, jobs, notebook instances; then the
# runtime's.
_TOLD_APART: tuple[tuple[re.Pattern[str], type[ValidationException]], ...] = (
    (re.compile("Could not find|Requested resource not found|RecordNotFound|Endpoint .+ not found"), NotFound),
    (re.compile("Cannot create already existing"), AlreadyExists),
    (re.compile("in[- ]progress", re.IGNORECASE), ResourceBusy),
)


def error_class(code: str, message: str, modelled: type[ServiceError] | None = None) -> type[ServiceError]:
    """The class for a refusal; `modelled` is the class that the model has for its code, if it names it."""
    cls = modelled or known_shared_error(code) or UNMODELLED.get(code, ServiceError)
    if code not in ("ValidationException", "ValidationError"):
        return cls
    kind = next((kind for words, kind in _TOLD_APART if words.search(message)), None)
    if kind is None or cls is ServiceError:
        return cls
    return kind if cls is ValidationException else _both(cls, kind)


_made: dict[tuple[type[ServiceError], type[ServiceError]], type[ServiceError]] = {}


def _both(modelled: type[ServiceError], kind: type[ServiceError]) -> type[ServiceError]:
    """A class that is what the model names, and what the message says."""
    if (modelled, kind) not in _made:
        members = {"__module__": kind.__module__, "__doc__": kind.__doc__, "__reduce__": _reduce_both}
        _made.setdefault((modelled, kind), type(kind.__name__, (modelled, kind), members))
    return _made[modelled, kind]


def _reduce_both(self: ServiceError) -> tuple[Any, ...]:
    return _make_both, (*type(self).__bases__, self.args), self.__dict__


def _make_both(modelled: type[ServiceError], kind: type[ServiceError], args: tuple[Any, ...]) -> ServiceError:
    return _both(modelled, kind)(*args)


_shared: dict[str, type[ServiceError]] = {}


def shared_error(name: str) -> type[ServiceError]:
    """The base of every service's error of that name: one class, made when it is first asked for."""
    if name not in _shared:
        if name in __all__:  # which has its own meaning; what is no refusal of a service cannot be its base
            own = globals()[name]
            return _shared.setdefault(name, own if issubclass(own, ServiceError) else ServiceError)
        known = UNMODELLED.get(name, ServiceError)
        doc = f"An error that several services name {name}; each service's own class derives from it."
        made = type(name, (known,), {"__doc__": doc, "__module__": f"{__package__}.errors"})
        # Two threads may both have made one; only one of them is kept.
        return _shared.setdefault(name, made)
    return _shared[name]


def error_base(name: str, owners: Mapping[str, Sequence[str]] = OWNERS) -> type[ServiceError]:
    """What a shipped service's class for an error derives from; `owners` are the packages that name it."""
    return UNMODELLED.get(name, ServiceError) if len(owners.get(name, ())) == 1 else shared_error(name)


def known_shared_error(name: str) -> type[ServiceError] | None:
    """The base of that name, if there is one: several shipped services name it, or a class was derived from it."""
    return shared_error(name) if len(OWNERS.get(name, ())) > 1 else _shared.get(name)


for _cls in list(globals().values()):
    # Where a user finds them is where they say that they are.
    if isinstance(_cls, type) and issubclass(_cls, SdkError | Violation):
        _cls.__module__ = f"{__package__}.errors"
