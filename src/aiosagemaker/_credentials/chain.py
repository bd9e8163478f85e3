"""botocore's chain: environment, profile (keys, role, web identity, SSO, process), container, instance."""

from __future__ import annotations

from typing import Any

import attrs

from .._botocore import botocore
from .._errors import NoCredentialsError
from .sources import HELP, Answer, BlockingSource, frozen

_WORDS = {"custom-process": "credential_process"}
"""What a user calls it, where botocore has another name."""


@attrs.frozen(kw_only=True)
class ChainSettings:
    """What a configuration says of the chain."""

    profile: str | None = None
    """The profile, if it was asked for in code."""
    region: str | None = None
    """Where the chain's own calls go, to STS."""
    proxy: str | None = attrs.field(default=None, repr=False)
    """The proxy of the chain's calls to AWS; None leaves it to the environment."""
    trust_env: bool = True
    """Whether the environment's proxies count."""


class ChainSource(BlockingSource):
    """botocore's chain, in a session of its own."""

    def __init__(self, settings: ChainSettings | None = None) -> None:
        self._settings = settings or ChainSettings()
        self._found: Any = None
        self._asked = ""

    def __str__(self) -> str:
        named = ", ".join(filter(None, (self._asked, self._settings.profile and f"profile {self._settings.profile!r}")))
        return f"botocore's chain of credentials{f' ({named})' if named else ''}"

    def fetch(self) -> Answer:
        found = self._found or self._search()
        answer = frozen(found, str(self))
        self._found = found
        return answer

    def reset(self) -> None:
        """Search anew: a file or a variable may have changed."""
        self._found = None

    def _search(self) -> Any:
        session = self._session()
        self._asked = ""
        chain = session.get_component("credential_provider")
        _trust(chain, session.get_config_variable("ca_bundle"))
        for provider in chain.providers:
            # Whoever waits too long for it is told what it was.
            self._asked = _WORDS.get(provider.METHOD, provider.METHOD)
            found = provider.load()
            if found is not None:
                return found
        self._asked = ""
        tried = ", ".join(str(provider.METHOD) for provider in chain.providers)
        raise NoCredentialsError(f"no credentials were found; {self} tried {tried}. {HELP}")

    def _session(self) -> Any:
        settings = self._settings
        # botocore's own order of the two variables is the other way round.
        names = {"profile": (None, ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], None, None)}
        session = botocore("session").Session(profile=settings.profile, session_vars=names)
        if settings.region is not None:
            session.set_config_variable("region", settings.region)
        if settings.proxy is not None or not settings.trust_env:
            proxies = {} if settings.proxy is None else dict.fromkeys(("http", "https"), settings.proxy)
            session.set_default_client_config(botocore("config").Config(proxies=proxies))
        return session


def _trust(chain: Any, ca_bundle: str | None) -> None:
    """Let the container's endpoint be checked against AWS_CA_BUNDLE, as botocore's other calls are."""
    if not ca_bundle:
        return
    utils = botocore("utils")
    http = botocore("httpsession").URLLib3Session(
        timeout=utils.ContainerMetadataFetcher.TIMEOUT_SECONDS, verify=ca_bundle
    )
    for provider in chain.providers:
        if provider.METHOD == "container-role":
            # Not put in its place: the roles with `credential_source = EcsContainer` ask the same one.
            provider._fetcher = utils.ContainerMetadataFetcher(http)
