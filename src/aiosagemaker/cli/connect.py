"""A client for one command."""

from __future__ import annotations

import contextlib
import importlib
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import attrs

from .._config.config import HttpConfig, TimeoutConfig
from .._credentials.credentials import Credentials
from .._http.signing import UNSIGNED
from .._protocols.aws_json import AwsJson
from .._protocols.protocol import Protocol
from .._shapes.json_text import loads
from ..errors import ConnectError, ParamValidationError, ReadTimeout
from .commands import SERVICES
from .failures import Unreachable, UsageError, invalid_request
from .plain import is_dict, is_list, plain
from .shapes import RowShape

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from .._client import BaseClient
    from .._protocols.message import HttpRequest, HttpResponse
    from .._shapes.operation import Operation
    from .._shapes.structure import Request, Response
    from ..errors import ServiceError
    from .arguments import Globals

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def make_client(service: str, options: Globals) -> BaseClient:
    """A client as the options of the tool want it. Nothing is read or opened yet.

    Raises:
        UsageError: an option's value is none.
    """
    cls: type[BaseClient] = getattr(importlib.import_module(f"..{service}.client", __package__), SERVICES[service])
    client = cls(**client_settings(options))
    session = client._session
    received = Received(session.protocol) if isinstance(session.protocol, AwsJson) else None
    return client._over(session.having(signer=None if options.sign_request else UNSIGNED, protocol=received))


@contextlib.asynccontextmanager
async def connection(service: str, options: Globals) -> AsyncGenerator[BaseClient]:
    """A client for as long as the block runs.

    Raises:
        UsageError: an option's value is none.
        InvalidRequest: a request breaks the model's rules; nothing was sent.
        Unreachable: the service could not be reached, or fell silent; the message says where it was looked for.
    """
    async with make_client(service, options) as client:
        try:
            yield client
        except ParamValidationError as error:
            if not error.violations:
                raise
            raise invalid_request(error, client._namespace, str(error.args[0])) from error
        except (ConnectError, ReadTimeout) as error:
            endpoint = await client._session.endpoint()
            what = "Read timeout on" if isinstance(error, ReadTimeout) else "Could not connect to the"
            raise Unreachable(f'{what} endpoint URL: "{endpoint.url}" ({error})') from error


def client_settings(options: Globals) -> dict[str, Any]:
    """The options of the tool as the fields of a Config. Raises UsageError."""
    url = options.endpoint_url
    if url is not None and not urlsplit(url).scheme:
        raise UsageError(
            f'Bad value for --endpoint-url "{url}": scheme is missing. Must be of the form http://<hostname>/ or '
            "https://<hostname>/"
        )
    http: dict[str, Any] = {
        "verify": options.verify_ssl,
        "ca_bundle": options.ca_bundle if options.verify_ssl else None,
        "trust_env": any(os.environ.get(name) for name in _PROXIES),
    }
    return {
        "credentials": _credentials(options),
        "region": options.region,
        "profile": options.profile,
        "endpoint_url": url,
        "http": HttpConfig(**{name: value for name, value in http.items() if value is not None}),
        "timeouts": _timeouts(options.cli_read_timeout, options.cli_connect_timeout),
        "user_agent_extra": "md/command-line",
    }


def _credentials(options: Globals) -> Credentials | None:
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if options.profile or not (key and secret) or os.environ.get("AWS_CREDENTIAL_EXPIRATION"):
        return None
    # The environment is where botocore looks first, unless a profile is asked for; its chain takes 0.1 s to import.
    return Credentials(key, secret, os.environ.get("AWS_SESSION_TOKEN") or os.environ.get("AWS_SECURITY_TOKEN"))


def _timeouts(read: int | None, connect: int | None) -> TimeoutConfig:
    for option, value in (("--cli-read-timeout", read), ("--cli-connect-timeout", connect)):
        if value is not None and value < 0:
            raise UsageError(f"Bad value for {option}: {value} is below zero")
    timeouts = TimeoutConfig()
    if connect is not None:
        timeouts = attrs.evolve(timeouts, connect=connect or None)
    if read is not None:
        # Whoever sets how long a silence may last would be surprised by a shorter limit on the whole.
        timeouts = attrs.evolve(timeouts, read=read or None, attempt=None, operation=None)
    return timeouts


def plain_answer(client: BaseClient, response: Response) -> dict[str, Any]:
    """An answer that came last to the client, as plain data."""
    protocol = client._session.protocol
    return (protocol if isinstance(protocol, Received) else Received(protocol)).plain(response)


class Received(Protocol):
    """A protocol that keeps the last answer as it came.

    A client fills in what an answer lacks; a command prints only what the service said.
    """

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._answer: Any = None

    def serialize(self, operation: Operation, request: Request[Any]) -> HttpRequest:
        return self._protocol.serialize(operation, request)

    def parse(self, operation: Operation, response: HttpResponse) -> Response:
        parsed = self._protocol.parse(operation, response)
        self._answer = loads(response.body or b"{}")
        return parsed

    def parse_error(self, operation: Operation, response: HttpResponse) -> ServiceError:
        return self._protocol.parse_error(operation, response)

    def plain(self, response: Response) -> dict[str, Any]:
        """The answer as plain data in the model's order, without what the service did not say."""
        kind = type(response)
        value = plain(response.to_dict())
        said: dict[str, Any] = _said(value, self._answer, RowShape(kind.__namespace__, kind.__shape__))
        return said


def _said(value: Any, answer: Any, shape: RowShape) -> Any:
    kind = shape.kind
    if is_dict(value) and kind in ("structure", "map"):
        inner: Mapping[str, RowShape] = shape.members if kind == "structure" else dict.fromkeys(value, shape.value)
        told: dict[str, Any] = value if answer is None else answer
        return {
            key: _said(value[key], answer and answer[key], inner[key])
            for key in inner
            if key in value and told.get(key) is not None
        }
    if is_list(value) and kind == "list":
        # Nulls in a list are dropped when it is read.
        parts = [None] * len(value) if answer is None else [part for part in answer if part is not None]
        return [_said(item, part, shape.item) for item, part in zip(value, parts, strict=True)]
    return value
