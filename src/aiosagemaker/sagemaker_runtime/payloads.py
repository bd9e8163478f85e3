"""Calls of an endpoint with values in the forms that models most often take: JSON, CSV, NumPy arrays.

NumPy's arrays and scalars, and the frames of pandas and polars, are known by what they can do; neither is imported but
where a NumPy array is asked for.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn, TypedDict, cast

from .._errors import REDACTED, ConfigError, ParamValidationError, ResponseParseError, Violation
from .._shapes.convert import LOAD_ERRORS
from .models import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Unpack

    from .._session import Session
    from .._shapes.body import BodyLike
    from .models import InvokeEndpointResponse

NPY = "application/x-npy"


class InvocationOptions(TypedDict, total=False):
    """The members of InvokeEndpointRequest beside the endpoint's name and the body."""

    content_type: str | None
    accept: str | None
    custom_attributes: str | None
    target_model: str | None
    target_variant: str | None
    target_container_hostname: str | None
    inference_id: str | None
    enable_explanations: str | None
    inference_component_name: str | None
    session_id: str | None
    prefix_aware_id: str | None


class Payloads:
    """Calls with values, and answers as values."""

    if TYPE_CHECKING:
        _session: Session

    async def invoke_json(
        self,
        *,
        endpoint_name: str,
        payload: Any,
        default: Callable[[Any], Any] | None = None,
        **options: Unpack[InvocationOptions],
    ) -> Any:
        """Send a value as JSON, and return the JSON of the answer as a value.

        NumPy's arrays and scalars are sent as the lists and numbers that they hold. `default` makes what JSON can say
        of any other value that it cannot, as that of `json.dumps` does. `content_type` and `accept` are
        `application/json` unless given. What is sent is strict JSON; NaN and Infinity in the answer, which some model
        servers write, are read as floats.

        Raises:
            ParamValidationError: `payload` has no form in JSON; nothing was sent.
            ResponseParseError: the answer is not JSON.
            SdkError: as `invoke_endpoint` does.
        """
        try:
            body = _encoder(default).encode(payload).encode()
        except (RecursionError, TypeError, ValueError) as error:
            raise _unwritable("payload", f"expected what JSON can say ({error})") from None
        response = await self._invoke_as("application/json", endpoint_name, body, options)
        try:
            return json.loads(response.body)
        except LOAD_ERRORS as error:
            raise _unreadable(response, "JSON", error) from error

    async def invoke_csv(
        self, *, endpoint_name: str, rows: Any, header: bool = False, **options: Unpack[InvocationOptions]
    ) -> list[list[str]]:
        """Send rows as CSV (RFC 4180, lines ended by a newline), and return the answer's rows, as text.

        `rows` is a frame of pandas or polars, whose index is left out, a NumPy array, or an iterable of iterables; None
        is an empty field. `header` sends the names of a frame's columns first; SageMaker's own algorithms want none
        (https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html). `content_type` and `accept` are `text/csv`
        unless given.

        Raises:
            ParamValidationError: `rows` are no rows, or `header` was asked of rows without names; nothing was sent.
            ResponseParseError: the answer is not CSV.
            SdkError: as `invoke_endpoint` does.
        """
        response = await self._invoke_as("text/csv", endpoint_name, _csv(rows, header=header).encode(), options)
        try:
            return list(csv.reader(io.StringIO(response.body.decode(), newline=""), strict=True))
        except (csv.Error, UnicodeDecodeError) as error:
            raise _unreadable(response, "CSV", error) from error

    async def invoke_npy(self, *, endpoint_name: str, array: Any, **options: Unpack[InvocationOptions]) -> Any:
        """Send a NumPy array in NumPy's `.npy` format, and return the answer's array. `invoke_numpy` is the same.

        `array` may be whatever `numpy.asarray` takes, frames included, but for objects: no pickles are written, and
        none are read. `content_type` and `accept` are `application/x-npy` unless given. NumPy has to be installed.

        Raises:
            ConfigError: NumPy is not installed; nothing was sent.
            ParamValidationError: `array` cannot be written so; nothing was sent.
            ResponseParseError: the answer is not an array in this format.
            SdkError: as `invoke_endpoint` does.
        """
        try:
            import numpy as np
        except ImportError as error:
            raise ConfigError("invoke_npy needs NumPy: pip install numpy") from error
        buffer = io.BytesIO()
        try:
            np.save(buffer, np.asarray(array), allow_pickle=False)
        except (TypeError, ValueError) as error:
            raise _unwritable("array", f"expected what .npy can hold ({error})") from None
        response = await self._invoke_as(NPY, endpoint_name, buffer.getbuffer(), options)
        try:
            return np.lib.format.read_array(io.BytesIO(response.body), allow_pickle=False)
        except (*LOAD_ERRORS, EOFError, OSError, SyntaxError) as error:
            raise _unreadable(response, ".npy", error) from error

    invoke_numpy = invoke_npy

    async def _invoke_as(
        self, content_type: str, endpoint_name: str, body: BodyLike, options: InvocationOptions
    ) -> InvokeEndpointResponse:
        given = {name: value for name, value in options.items() if value is not None}
        return await self._call(endpoint_name, body, {"content_type": content_type, "accept": content_type, **given})

    async def _call(self, endpoint_name: str, body: BodyLike, options: Mapping[str, Any]) -> InvokeEndpointResponse:
        request = NAMESPACE["InvokeEndpointRequest"](endpoint_name=endpoint_name, body=body, **options)
        return cast("InvokeEndpointResponse", await self._session.invoke("InvokeEndpoint", request))


def _encoder(default: Callable[[Any], Any] | None) -> json.JSONEncoder:
    def plain(value: Any) -> Any:
        # NumPy's arrays and scalars; what they become holds none again, but for arrays of objects.
        if callable(listed := getattr(value, "tolist", None)):
            return listed()
        return _refuse(value) if default is None else default(value)

    return json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=plain)


def _refuse(value: Any) -> NoReturn:
    raise TypeError(f"{type(value).__name__} is nothing that JSON can say")


def _csv(rows: Any, *, header: bool) -> str:
    if callable(pandas := getattr(rows, "to_csv", None)):
        return str(pandas(index=False, header=header, lineterminator="\n"))
    if callable(polars := getattr(rows, "write_csv", None)):
        return str(polars(include_header=header))
    if header:
        raise _unwritable("header", "expected a frame, whose columns have names")
    listed = rows.tolist() if callable(getattr(rows, "tolist", None)) else rows
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    try:
        for row in listed:
            if not _is_row(row):
                raise _unwritable("rows", "expected an iterable of rows, each an iterable of values")
            writer.writerow(row)
    except (TypeError, csv.Error) as error:
        raise _unwritable("rows", f"expected rows of values ({error})") from None
    return text.getvalue()


def _is_row(row: object) -> bool:
    return isinstance(row, Iterable) and not isinstance(row, (str, bytes))


def _unwritable(member: str, expected: str) -> ParamValidationError:
    return ParamValidationError("InvokeEndpointRequest", [Violation(member, "type", REDACTED, expected)])


def _unreadable(response: InvokeEndpointResponse, form: str, error: Exception) -> ResponseParseError:
    return ResponseParseError(
        f"the answer is not {form}: {error}",
        status=response.http_status,
        headers=response.response_metadata.headers,
        body=response.body,
    )
