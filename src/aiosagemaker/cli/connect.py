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
from .._errors import ConnectError, ParamValidationError, ReadTimeout
from .._http.signing import UNSIGNED
from .failures import Unreachable, UsageError, invalid_request, sent_note
from .received import Received
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from .._client import BaseClient
    from .._services import Service
    from .._shapes.structure import Response
    from .arguments import Globals

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def make_client(service: Service, options: Globals) -> BaseClient:
    """A client as the options of the tool want it, whose answers `plain_answer` knows. Nothing is sent or opened yet.

    Raises:
        UsageError: an option's value is none.
    """
    client = client_class(service)(**client_settings(options))
    session = client._session
    received = Received(session.protocol, wire_times=setting("timestamp_format", options) == "wire")
    return client._over(session.having(signer=None if options.sign_request else UNSIGNED, protocol=received))


def client_class(service: Service) -> type[BaseClient]:
    """The class of a service's clients, imported only now."""
    module = importlib.import_module(f"..{service.package}.client", __package__)
    cls: type[BaseClient] = getattr(module, service.client)
    return cls


def plain_answer(client: BaseClient, response: Response) -> dict[str, Any]:
    """The answer that came last to a client made here, as plain data."""
    protocol = client._session.protocol
    assert isinstance(protocol, Received)
    return protocol.plain(response)


@contextlib.asynccontextmanager
async def connection(service: Service, options: Globals) -> AsyncGenerator[BaseClient]:
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
            raise invalid_request(error, client._namespace, str(error.args[0])) from error
        except (ConnectError, ReadTimeout) as error:
            if error.operation not in client._namespace.schema.operations:
                raise  # it was another service that was not reached
            endpoint = await client._session.endpoint()
            what = "Read timeout on" if isinstance(error, ReadTimeout) else "Could not connect to the"
            text = f'{what} endpoint URL: "{endpoint.url}" ({error}){sent_note(error)}'
            raise Unreachable(text) from error


def client_settings(options: Globals) -> dict[str, Any]:
    """The options of the tool as the fields of a Config. Raises UsageError."""
    url = options.endpoint_url
    # In localhost:8080 the host would be taken for a scheme.
    if url is not None and urlsplit(url).scheme not in ("http", "https"):
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
        # An answer is printed or written as it comes, so no coding of it is asked for.
        "headers": {"Accept-Encoding": "identity"},
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
