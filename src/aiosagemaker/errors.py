"""Every error this library raises: its own tree (`_errors`), and by name what the services name."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import _errors
from ._errors import (
    AccessDeniedException as AccessDeniedException,
)
from ._errors import (
    AlreadyExists as AlreadyExists,
)
from ._errors import (
    ArgumentError as ArgumentError,
)
from ._errors import (
    AsyncInferenceFailed as AsyncInferenceFailed,
)
from ._errors import (
    AttemptTimeout as AttemptTimeout,
)
from ._errors import (
    AuthenticationError as AuthenticationError,
)
from ._errors import (
    BodyReadError as BodyReadError,
)
from ._errors import (
    ChatError as ChatError,
)
from ._errors import (
    ChatIncompleteError as ChatIncompleteError,
)
from ._errors import (
    ClientClosedError as ClientClosedError,
)
from ._errors import (
    ConfigError as ConfigError,
)
from ._errors import (
    ConnectError as ConnectError,
)
from ._errors import (
    ConnectionClosed as ConnectionClosed,
)
from ._errors import (
    ConnectTimeout as ConnectTimeout,
)
from ._errors import (
    CredentialsError as CredentialsError,
)
from ._errors import (
    EndpointResolutionError as EndpointResolutionError,
)
from ._errors import (
    EventStreamError as EventStreamError,
)
from ._errors import (
    ExpiredTokenException as ExpiredTokenException,
)
from ._errors import (
    IncompleteSignature as IncompleteSignature,
)
from ._errors import (
    InternalFailure as InternalFailure,
)
from ._errors import (
    InvalidClientTokenId as InvalidClientTokenId,
)
from ._errors import (
    InvalidConfigError as InvalidConfigError,
)
from ._errors import (
    InvalidSignatureException as InvalidSignatureException,
)
from ._errors import (
    MissingAuthenticationToken as MissingAuthenticationToken,
)
from ._errors import (
    NameResolutionError as NameResolutionError,
)
from ._errors import (
    NoCredentialsError as NoCredentialsError,
)
from ._errors import (
    NoRegionError as NoRegionError,
)
from ._errors import (
    NotFound as NotFound,
)
from ._errors import (
    OperationTimeout as OperationTimeout,
)
from ._errors import (
    PaginationError as PaginationError,
)
from ._errors import (
    ParamValidationError as ParamValidationError,
)
from ._errors import (
    ProfileNotFoundError as ProfileNotFoundError,
)
from ._errors import (
    ReadTimeout as ReadTimeout,
)
from ._errors import (
    RequestExpired as RequestExpired,
)
from ._errors import (
    RequestTimeTooSkewed as RequestTimeTooSkewed,
)
from ._errors import (
    ResponseParseError as ResponseParseError,
)
from ._errors import (
    SdkError as SdkError,
)
from ._errors import (
    ServiceError as ServiceError,
)
from ._errors import (
    ServiceUnavailable as ServiceUnavailable,
)
from ._errors import (
    ThrottlingException as ThrottlingException,
)
from ._errors import (
    TlsError as TlsError,
)
from ._errors import (
    TransportError as TransportError,
)
from ._errors import (
    UnrecognizedClientException as UnrecognizedClientException,
)
from ._errors import (
    ValidationException as ValidationException,
)
from ._errors import (
    Violation as Violation,
)
from ._errors import (
    WaiterError as WaiterError,
)
from ._errors import (
    WaiterFailed as WaiterFailed,
)
from ._errors import (
    WaiterTimeout as WaiterTimeout,
)

if TYPE_CHECKING:
    from .sagemaker.errors import ConflictException as ConflictException
    from .sagemaker.errors import ResourceAlreadyExists as ResourceAlreadyExists
    from .sagemaker.errors import ResourceInUse as ResourceInUse
    from .sagemaker.errors import ResourceLimitExceeded as ResourceLimitExceeded
    from .sagemaker.errors import ResourceNotFound as ResourceNotFound

__doc__ = _errors.__doc__  # the tree is drawn where it stands

_SERVICES = ("sagemaker", "sagemaker_runtime")


def __getattr__(name: str) -> Any:
    if not name.startswith("_"):
        for service in _SERVICES:
            module = importlib.import_module(f".{service}.errors", __package__)
            if module.NAMESPACE.is_error(name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
