"""Multi-model endpoints: models are loaded into a container when they are asked for, and unloaded for room.

The container's side is https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING

import attrs

from ._instances import HandlerInstance, ModelResponse, StartFailed
from ._model_data import Source
from ._processes import ProcessInstance

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from ._instances import Instance, ModelRequest
    from ._model_data import ModelData
    from ._pace import Pace

LOADING_SECONDS = 360
"""What a model has to load: "the model continues to download and load ... for up to 360 seconds"."""
NO_ROOM = 507
"""The status of a container that has no memory left for a model."""
CONFLICT = 409
"""The status of a container that has loaded the model already."""


class ModelNotLoaded(Exception):
    """The model that is asked for cannot be loaded; the text says why."""


class MultiModel:
    """A container that holds any of the models behind a prefix."""

    def __init__(
        self,
        instance: Instance,
        source: Source,
        data: ModelData,
        pace: Pace,
        begin: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self.id: str = instance.id
        self.gone: asyncio.Event = instance.gone
        self._instance = instance
        self._source = source
        self._data = data
        self._pace = pace
        self._begin = begin
        self._loading: dict[str, asyncio.Task[None]] = {}
        self.loaded: dict[str, str] = {}
        """Folders by model, the one that was used last at the end."""

    async def start(self, timeout: float) -> None:
        """Start the container, without a model."""
        await self._instance.start(timeout)

    async def ping(self) -> bool:
        """Whether the container is well."""
        return await self._instance.ping()

    async def stop(self, grace: float) -> None:
        """Stop the container."""
        for task in self._loading.values():
            task.cancel()
        await self._instance.stop(grace)

    async def invoke(self, request: ModelRequest) -> ModelResponse:
        """The answer of the model that is named, once it is loaded. Raises ModelNotLoaded."""
        model = request.target_model or ""
        while model not in self.loaded:
            task = self._loading.get(model)
            if task is None:
                task = self._loading[model] = self._begin(self._load(model))
                task.add_done_callback(lambda _: self._loading.pop(model, None))
            # Whoever asks may go away; the model goes on loading for the next.
            await asyncio.shield(task)
            if model not in self.loaded:
                raise ModelNotLoaded(self._failure)
        folder = self.loaded[model] = self.loaded.pop(model)
        if isinstance(self._instance, HandlerInstance):
            return await self._instance.invoke_in(request, {"SM_MODEL_DIR": folder})
        return await self._instance.invoke(attrs.evolve(request, path=f"/models/{_name(model)}/invoke"))

    _failure = ""

    async def _load(self, model: str) -> None:
        uri = f"{self._source.uri.rstrip('/')}/{model.lstrip('/')}"
        try:
            async with asyncio.timeout(self._pace.limit(LOADING_SECONDS)):
                folder = await self._data.folder(Source(uri))
                if isinstance(self._instance, ProcessInstance):
                    await self._ask_to_load(self._instance, model, folder)
        except TimeoutError:
            self._failure = f"Model {model} did not load within {LOADING_SECONDS} seconds."
        except StartFailed as error:
            self._failure = str(error)
        else:
            self.loaded[model] = folder

    async def _ask_to_load(self, instance: ProcessInstance, model: str, folder: str) -> None:
        body = json.dumps({"model_name": _name(model), "url": folder}).encode()
        while True:
            answer = await instance.ask("POST", "/models", body, {"Content-Type": "application/json"})
            text = (await answer.read()).decode(errors="replace")
            if answer.status in (200, CONFLICT):
                return
            if answer.status != NO_ROOM or not self.loaded:
                raise StartFailed(f"The container answered {answer.status} to loading {model}: {text}")
            await self.unload(next(iter(self.loaded)))

    async def unload(self, model: str) -> None:
        """Make room: forget a model."""
        self.loaded.pop(model, None)
        if isinstance(self._instance, ProcessInstance):
            await (await self._instance.ask("DELETE", f"/models/{_name(model)}", b"", {})).read()


def _name(model: str) -> str:
    """The model's name to its container, which is no path."""
    return hashlib.sha256(model.encode()).hexdigest()[:32]
