"""Which proxy a request goes through."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.request import getproxies_environment, proxy_bypass

from yarl import URL

from .._errors import ConfigError
from .._values import is_proxy, show_url

if TYPE_CHECKING:
    from .._config.config import HttpConfig


class ProxyHeaders(dict[str, str]):
    """What a proxy is told. A traceback may be shown with its locals, so it does not print."""

    def __repr__(self) -> str:
        return f"<{', '.join(self) or 'none'}>"


Proxy = tuple[URL | None, ProxyHeaders]
"""The proxy's address without credentials, and the header that has them, if there are any."""
NO_PROXY: Proxy = (None, ProxyHeaders())


class Proxies:
    """The proxies of one client. The environment is read once for each host.

    aiohttp's own `trust_env` is not used: it reads ~/.netrc too, and then refuses a request that is signed.
    """

    def __init__(self, http: HttpConfig) -> None:
        self._configured = _split(http.proxy)
        self._trust_env = http.trust_env and http.proxy is None
        self._found: dict[tuple[str, str | None], Proxy] = {}

    def find(self, url: URL) -> Proxy:
        """The proxy for a request's address.

        Raises:
            ConfigError: the environment names one that cannot be used.
        """
        if not self._trust_env:
            return self._configured
        key = url.scheme, url.host
        if key not in self._found:
            self._found[key] = _from_environment(url)
        return self._found[key]


def _from_environment(url: URL) -> Proxy:
    proxies = getproxies_environment()
    address = proxies.get(url.scheme)
    if not address and is_proxy(proxies.get("all")):
        # boto3 does not look at this one: what it cannot be used for, it was not set for.
        address = proxies["all"]
    if not address or proxy_bypass(f"{url.host}:{url.port}"):
        return NO_PROXY
    if "://" not in address:
        address = f"http://{address.removeprefix('//')}"  # as boto3 reads it
    if not is_proxy(address):
        raise ConfigError(f"{url.scheme}_proxy of the environment is not a usable URL: {show_url(address)}")
    return _split(address)


def _split(address: str | None) -> Proxy:
    if address is None:
        return NO_PROXY
    url = URL(address)
    if url.user is None:
        return url, ProxyHeaders()
    # In the URL they would stand in the text of aiohttp's errors.
    credentials = base64.b64encode(f"{url.user}:{url.password or ''}".encode()).decode()
    return url.with_user(None), ProxyHeaders({"Proxy-Authorization": f"Basic {credentials}"})
