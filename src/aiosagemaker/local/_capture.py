"""Data capture: what an endpoint is asked and answers, as records in S3.

The records' form is https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html's.
"""

from __future__ import annotations

import base64
import json
import logging
import uuid
from typing import TYPE_CHECKING, Any

from ..sagemaker import DataCaptureConfigSummary
from ._objects import ObjectsUnreachable

if TYPE_CHECKING:
    from ..sagemaker import CaptureContentTypeHeader, DataCaptureConfig, EndpointStatus
    from ._instances import ModelRequest
    from ._region import Region

_logger = logging.getLogger("aiosagemaker.local")


def capture_summary(config: DataCaptureConfig | None, status: EndpointStatus) -> DataCaptureConfigSummary | None:
    """What DescribeEndpoint says of an endpoint's data capture."""
    if config is None:
        return None
    enabled = config.enable_capture is not False
    return DataCaptureConfigSummary(
        enable_capture=enabled,
        capture_status="Started" if enabled else "Stopped",
        current_sampling_percentage=config.initial_sampling_percentage,
        destination_s3_uri=config.destination_s3_uri,
        kms_key_id=config.kms_key_id or "",
    )


async def capture(
    config: DataCaptureConfig,
    region: Region,
    *,
    endpoint: str,
    variant: str,
    request: ModelRequest,
    answer: bytes,
    answer_type: str | None,
) -> None:
    """Keep a record of a call: a file of one line under `endpoint/variant/yyyy/mm/dd/hh`."""
    now, event = region.pace.now(), str(uuid.uuid4())
    modes = {str(option.capture_mode) for option in config.capture_options}
    header = config.capture_content_type_header
    data: dict[str, Any] = {}
    if modes & {"Input", "InputAndOutput"}:
        data["endpointInput"] = _part("INPUT", request.body, request.content_type, header)
    if modes & {"Output", "InputAndOutput"}:
        data["endpointOutput"] = _part("OUTPUT", answer, answer_type, header)
    metadata = {
        "eventId": event,
        "customAttributes": [request.custom_attributes] if request.custom_attributes is not None else None,
        "inferenceId": request.inference_id,
        "inferenceTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    record = {
        "captureData": data,
        "eventMetadata": {name: value for name, value in metadata.items() if value is not None},
        "eventVersion": "0",
    }
    place = f"{config.destination_s3_uri.rstrip('/')}/{endpoint}/{variant}/{now:%Y/%m/%d/%H}"
    try:
        await region.objects.put(f"{place}/{now:%M-%S-%f}-{event}.jsonl", json.dumps(record).encode() + b"\n")
    except (ObjectsUnreachable, OSError, ValueError) as error:
        # As with AWS, a call does not fail because it cannot be recorded.
        _logger.warning("data capture of %s failed: %s", endpoint, error)


def _part(mode: str, body: bytes, content_type: str | None, header: CaptureContentTypeHeader | None) -> dict[str, Any]:
    encoding, data = "BASE64", base64.b64encode(body).decode()
    for name, types in (
        ("CSV", header.csv_content_types if header else None),
        ("JSON", header.json_content_types if header else None),
    ):
        if content_type is not None and content_type.partition(";")[0].strip() in (types or ()):
            encoding, data = name, body.decode(errors="replace")
    return {"observedContentType": content_type or "", "mode": mode, "data": data, "encoding": encoding}
