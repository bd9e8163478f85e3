"""Calls of a model server: what a target is asked, its answer, and what ends both."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import attrs

from ..sagemaker_runtime.errors import ModelError, ModelNotReadyException
from ._capture import capture
from ._instances import ModelUnreachable
from ._logs import endpoint_group
from ._multi_model import ModelNotLoaded
from ._runtime_refusals import refused

if TYPE_CHECKING:
    from ._endpoints import Endpoint
    from ._instances import ModelRequest, ModelResponse
    from ._pools import Lease
    from ._routing import Router, Target
    from ._world import World


@attrs.frozen
class Answer:
    """A model's answer under way. It must be closed: until then the model server is not stopped."""

    target: Target
    request: ModelRequest
    response: ModelResponse
    lease: Lease

    def close(self) -> None:
        """The call has ended."""
        self.lease.release()


class ModelCalls:
    """Asks model servers, captures what the endpoint says is to be, and shows requests to shadows."""

    def __init__(self, world: World, router: Router) -> None:
        self._world = world
        self._pace = world.pace
        self._router = router

    async def read(self, answer: Answer, seconds: float) -> bytes:
        """An answer's whole body, which is captured where the endpoint says so. Closes the answer."""
        try:
            async with asyncio.timeout(self._pace.limit(seconds)):
                body = await answer.response.read()
        except (ModelUnreachable, TimeoutError) as error:
            raise self._model_error(answer.target.endpoint, 0, str(error) or timed_out(), "primary") from error
        finally:
            answer.close()
        self._capture(answer, body)
        return body

    def _capture(self, answer: Answer, body: bytes) -> None:
        target = answer.target
        config = target.endpoint.fleet.config.data_capture_config if target.endpoint.fleet else None
        if config is None or config.enable_capture is False:
            return
        if self._pace.clock.random() * 100 < config.initial_sampling_percentage:
            self._world.begin(
                capture(
                    config,
                    self._world,
                    endpoint=target.endpoint.name,
                    variant=target.variant_name,
                    request=answer.request,
                    answer=body,
                    answer_type=answer.response.content_type,
                )
            )

    async def ask(self, target: Target, asked: ModelRequest, seconds: float) -> Answer:
        """A model's answer, whose head says that it is a success. Raises ModelError for any other.

        From the choice of the target to here nothing was waited for, so that its copy cannot have been retired.
        """
        lease = target.pool.take(target.copy)
        for shadow in target.shadows:
            self._world.begin(self._mirror(shadow, asked))
        try:
            return Answer(target, asked, await self._answer(target, lease, asked, seconds), lease)
        except BaseException:
            lease.release()
            raise

    async def _answer(self, target: Target, lease: Lease, asked: ModelRequest, seconds: float) -> ModelResponse:
        try:
            async with asyncio.timeout(self._pace.limit(seconds)):
                response = await lease.ask(asked)
                if not 200 <= response.status < 300:
                    text = (await response.read()).decode(errors="replace")
                    raise self._model_error(target.endpoint, response.status, text, response.container)
        except TimeoutError as error:
            if target.multi_model and asked.target_model not in getattr(lease.copy.instance, "loaded", {}):
                raise ModelNotReadyException(
                    f"Model {asked.target_model} is not ready for inference: it is still downloading or loading.",
                    code="ModelNotReadyException",
                ) from error
            raise self._model_error(target.endpoint, 0, timed_out(), "primary") from error
        except ModelUnreachable as error:
            raise self._model_error(target.endpoint, 0, str(error), "primary") from error
        except ModelNotLoaded as error:
            raise refused(str(error)) from error
        self._router.remember(target, response)
        return response

    async def _mirror(self, shadow: Target, asked: ModelRequest) -> None:
        """Show a request to a shadow, whose answer nobody sees."""
        lease = shadow.pool.take(shadow.copy)
        try:
            await (await lease.ask(asked)).read()
        except (ModelUnreachable, ModelNotLoaded):
            return  # a shadow's failure is its own
        finally:
            lease.release()

    def _model_error(self, endpoint: Endpoint, status: int, message: str, container: str) -> ModelError:
        side = "client" if 400 <= status < 500 else "server"
        account, group = self._world.account, endpoint_group(endpoint.name)
        error = ModelError(
            f'Received {side} error ({status}) from {container} with message "{message}". See '
            f"https://{account.region}.console.aws.amazon.com/cloudwatch/home?region={account.region}"
            f"#logEventViewer:group={group} in account {account.number} for more information.",
            code="ModelError",
        )
        error.original_status_code = status
        error.original_message = message
        error.log_stream_arn = account.arn(f"log-group:{group}", "logs")
        return error


def timed_out() -> str:
    """The service's words for a model that took too long."""
    return "Your invocation timed out while waiting for a response from container primary."
