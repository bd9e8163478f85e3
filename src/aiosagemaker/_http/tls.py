"""What a connection must prove: the TLS settings of a client."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from .._errors import ConfigError

if TYPE_CHECKING:
    from .._config.config import HttpConfig


def tls_settings(http: HttpConfig) -> ssl.SSLContext | bool:
    """What aiohttp's `ssl` takes: True for its own context, which checks against the system's authorities.

    Raises:
        ConfigError: the CA bundle or the client certificate cannot be used.
    """
    if http.client_cert is None and (http.ca_bundle is None or not http.verify):
        return http.verify
    try:
        # TLS 1.2 is the least that Python's default context speaks.
        context = ssl.create_default_context(cafile=http.ca_bundle if http.verify else None)
        if http.client_cert is not None:
            pair = http.client_cert if isinstance(http.client_cert, tuple) else (http.client_cert, None)
            context.load_cert_chain(pair[0], pair[1])
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"the CA bundle or the client certificate cannot be used: {error}") from error
    context.set_alpn_protocols(["http/1.1"])
    if not http.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
