"""What OpenAI's clients need to call an endpoint: its OpenAI-compatible path, and tokens for it.

https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-openai-compatible.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._clock import Duration
    from .._session import Session


class OpenAIRoute:
    """What OpenAI's clients need to call an endpoint."""

    if TYPE_CHECKING:
        _session: Session

    async def bearer_token(self, expires: Duration = 43_200.0) -> str:
        """A token for the OpenAI-compatible route, made of the client's own credentials, which asks no service.

        It may do what they may (`sagemaker:CallWithBearerToken` and `sagemaker:InvokeEndpoint`), until it or they end.
        The same one is returned until shortly before that, so a client may ask for it at each request::

            openai.AsyncOpenAI(base_url=runtime.openai_base_url("churn"), api_key=runtime.bearer_token)

        Args:
            expires: how long a new one holds, in seconds or as a timedelta, from 1 s to 12 h. Default 12 h.

        Raises:
            ArgumentError: `expires` is out of range.
            ConfigError: there are no credentials, or no region.
        """
        from .bearer import checked_expires, tokens_of

        seconds = checked_expires(expires)
        identity = await self._session.identity()
        return tokens_of(self).get(identity.credentials, identity.region, expires=seconds, now=identity.time)

    def openai_base_url(self, endpoint_name: str, inference_component_name: str | None = None) -> str:
        """What OpenAI's clients take as `base_url`, for an endpoint or one of its inference components.

        Reads configuration files if the client has not been used yet.

        Raises:
            ConfigError: there is no region, or no endpoint for it.
        """
        from .._protocols.http_values import percent_encode

        names = [("endpoints", endpoint_name), ("inference-components", inference_component_name)]
        path = "".join(f"/{kind}/{percent_encode(name)}" for kind, name in names if name)
        return f"{self._session.resolve_endpoint().url.rstrip('/')}{path}/openai/v1"
