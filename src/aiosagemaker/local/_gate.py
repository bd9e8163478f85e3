"""Who may ask at all: judged by a request's head, before its body is read.

A web page can make a browser send requests to loopback, from another origin or, by DNS rebinding, under a name of its
own. No AWS client sends what gives these away.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import attrs

if TYPE_CHECKING:
    from aiohttp import web

OWN_PAGE = frozenset({"same-origin", "none"})
"""Sec-Fetch-Site of what the service's own page asks for, and of an address that a person typed."""


@attrs.frozen(kw_only=True)
class Gate:
    """The names under which the service is asked."""

    names: frozenset[str]
    """Host names, in lower case, beside those of this machine's loopback."""
    remote: bool = False
    """Whether any address and port will do: a name is what rebinding takes, and ports are mapped by others."""

    def refusal(self, request: web.BaseRequest, *, page: bool) -> str | None:
        """Why the request is refused, or None. `page` says whether it is for the page, which browsers may ask for."""
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or not self._knows(hosts[0], _port(request)):
            return f"the Host header does not name this service: {', '.join(hosts) or 'it is missing'}"
        origin = request.headers.get("Origin")
        if origin is not None and not (page and origin == f"http://{hosts[0]}"):
            return f"requests from web pages are refused: this one is of {origin}"
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None and not (page and site in OWN_PAGE):
            return "requests from browsers are refused"
        return None

    def _knows(self, host: str, port: int | None) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, given = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        if parts.netloc != host or parts.username is not None:
            return False
        if self.remote:
            return name in self.names or is_loopback(name) or _is_address(name)
        return (given or 80) == port and (name in self.names or is_loopback(name))


def _port(request: web.BaseRequest) -> int | None:
    address = request.transport.get_extra_info("sockname") if request.transport else None
    return address[1] if address else None


def is_loopback(name: str) -> bool:
    """Whether a host's name or address is this machine's own, and no other machine's."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
