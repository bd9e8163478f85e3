"""Asynchronous inference: from an object in S3 through a model into another, and a notification.

https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html has the notifications' form.
"""

from __future__ import annotations

import base64
import json
import uuid
from typing import TYPE_CHECKING, Any

import attrs

from ..errors import ServiceError
from ._instances import ModelRequest
from ._objects import ObjectsUnreachable, Place
from ._runtime_refusals import refused

if TYPE_CHECKING:
    from datetime import datetime

    from ..sagemaker import AsyncInferenceConfig
    from ._model_calls import ModelCalls
    from ._routing import Router, Target
    from ._world import World

DEFAULT_CONCURRENCY = 4
"""The calls that an instance is given at a time where the configuration does not say. Ours: AWS chooses its own."""
DEFAULT_TTL, DEFAULT_TIMEOUT = 6 * 3600, 15 * 60
"""InvokeEndpointAsync: the seconds that a request waits, and that a model has, where the request does not say."""
LEAST_LOOK = 0.005
"""The real seconds between two looks for a copy with room."""
LONGEST_INCLUDED = 128 * 1024
"""The bytes of an answer that a notification includes: "less than or equal to 128 KB"."""


@attrs.frozen(kw_only=True)
class AsyncCall:
    """One request, and where its answer goes."""

    request: Any
    config: AsyncInferenceConfig
    inference_id: str
    received: datetime
    output: str
    failure: str | None

    @classmethod
    def of(cls, request: Any, config: AsyncInferenceConfig, now: datetime, own: str) -> AsyncCall:
        """Raises the refusal of a request whose input is nowhere."""
        source = request.input_location
        if source is None:
            raise refused("InputLocation must be specified.")
        try:
            Place.of(source)
        except ValueError as error:
            raise refused(f"InputLocation is not an Amazon S3 URI: {source}") from error
        output = config.output_config
        name = getattr(request, "filename", None) or own
        extension = getattr(request, "s3_output_path_extension", None)
        tail = f"/{extension.strip('/')}" if extension else ""
        failing = output.s3_failure_path
        return cls(
            request=request,
            config=config,
            inference_id=request.inference_id or str(uuid.uuid4()),
            received=now,
            output=f"{(output.s3_output_path or '').rstrip('/')}{tail}/{name}.out",
            failure=f"{failing.rstrip('/')}{tail}/{name}-error.out" if failing else None,
        )

    async def carry_out(self, calls: ModelCalls, router: Router, world: World) -> None:
        """Wait for a copy with room, ask it, and keep what it answers."""
        content_type: str | None = None
        try:
            body = await world.objects.get(self.request.input_location)
            if body is None:
                raise refused(f"Failed to download the input object at {self.request.input_location}.")
            target = await self._target(router, world)
            limit = self.request.invocation_timeout_seconds or DEFAULT_TIMEOUT
            asked = ModelRequest(
                body=body,
                content_type=self.request.content_type,
                accept=self.request.accept,
                custom_attributes=self.request.custom_attributes,
                inference_id=self.inference_id,
            )
            answer = await calls.ask(target, asked, limit)
            content_type = answer.response.content_type
            result = await calls.read(answer, limit)
            await world.objects.put(self.output, result)
        except (ServiceError, ObjectsUnreachable, OSError) as error:
            reason = error.message if isinstance(error, ServiceError) else str(error)
            await self._failed(world, reason)
        else:
            await self._tell(world, None, content_type, result)

    async def _target(self, router: Router, world: World) -> Target:
        client = self.config.client_config
        most = (client.max_concurrent_invocations_per_instance if client else None) or DEFAULT_CONCURRENCY
        ttl = self.request.request_ttl_seconds or DEFAULT_TTL
        while True:
            age = (world.pace.now() - self.received).total_seconds() * world.pace.speed
            if age > ttl:
                raise refused(f"The request waited for longer than its {ttl} seconds to live.")
            endpoint = router.endpoint(self.request.endpoint_name)
            rooms = [
                copy
                for fleet in endpoint.fleets
                for variant in fleet.variants
                if variant.pool is not None
                for copy in variant.pool.serving
                if copy.under_way < most
            ]
            if rooms and (target := router.route(self.request, asynchronous=True)).copy in rooms:
                return target
            await world.pace.wait(1, LEAST_LOOK)

    async def _failed(self, world: World, reason: str) -> None:
        if self.failure is not None:
            await world.objects.put(self.failure, reason.encode())
        await self._tell(world, reason, None, b"")

    async def _tell(self, world: World, reason: str | None, content_type: str | None, result: bytes) -> None:
        """Write the notification, as a file of the topic's folder."""
        notify = self.config.output_config.notification_config
        topic = None if notify is None else notify.success_topic if reason is None else notify.error_topic
        if notify is None or topic is None:
            return
        kind = "SUCCESS_NOTIFICATION_TOPIC" if reason is None else "ERROR_NOTIFICATION_TOPIC"
        included = kind in (notify.include_inference_response_in or ()) and len(result) <= LONGEST_INCLUDED
        message: dict[str, Any] = {
            "awsRegion": world.account.region,
            "eventTime": _stamp(world.pace.now()),
            "receivedTime": _stamp(self.received),
            "invocationStatus": "Completed" if reason is None else "Failed",
            "requestParameters": {
                "contentType": self.request.content_type,
                "accept": self.request.accept,
                "customAttributes": self.request.custom_attributes,
                "endpointName": self.request.endpoint_name,
                "inputLocation": self.request.input_location,
            },
            "inferenceId": self.inference_id,
            "eventVersion": "1.0",
            "eventSource": "aws:sagemaker",
            "eventName": "InferenceResult",
        }
        if reason is None:
            message["responseParameters"] = {"contentType": content_type, "outputLocation": self.output}
        else:
            message["failureReason"] = reason
            message["failureLocation"] = self.failure
        if included:
            message["responseBody"] = {"content": base64.b64encode(result).decode(), "encoding": "BASE64"}
        folder = world.folder / "notifications" / topic.rpartition(":")[2]
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{self.inference_id}"
        part.write_text(json.dumps(message), encoding="utf-8")
        part.rename(folder / f"{self.inference_id}.json")


def _stamp(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
