"""Values as JSON, CSV and NumPy arrays, both ways."""

from __future__ import annotations

import io
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from aiosagemaker.errors import (
    ConfigError,
    ParamValidationError,
    ResponseParseError,
)
from aiosagemaker.sagemaker_runtime import InvokeEndpointAsyncResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerRuntimeClient

    MakeRuntime = Callable[..., SageMakerRuntimeClient]

RESPONSE = InvokeEndpointAsyncResponse(output_location="s3://b/out", failure_location="s3://b/failure")


async def test_invoke_json(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A value leaves as JSON under JSON's content types, and the answer's JSON comes back as a value."""
    server.answer(b'{"score": [1.5, NaN]}')
    result = await runtime.invoke_json(endpoint_name="e", payload={"x": ["é", 1, None]}, target_variant="blue")
    (received,) = server.received
    assert json.loads(received.body) == {"x": ["é", 1, None]}
    assert received.headers["Content-Type"] == received.headers["Accept"] == "application/json"
    assert received.headers["X-Amzn-SageMaker-Target-Variant"] == "blue"
    assert result["score"][0] == 1.5
    assert math.isnan(result["score"][1])


async def test_json_lines_have_their_own_content_type(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The content types are only defaults."""
    await runtime.invoke_json(endpoint_name="e", payload=1, content_type="application/jsonlines", accept=None)
    assert server.received[0].headers["Content-Type"] == "application/jsonlines"
    assert server.received[0].headers["Accept"] == "application/json"


def nested() -> Any:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize("payload", [{1, 2}, b"bytes", math.nan, {"a": math.inf}, {(1, 2): 3}, object(), nested()])
async def test_what_json_cannot_say(runtime: SageMakerRuntimeClient, server: Any, payload: Any) -> None:
    """A payload without a form in JSON is refused before anything is sent."""
    with pytest.raises(ParamValidationError) as caught:
        await runtime.invoke_json(endpoint_name="e", payload=payload)
    assert caught.value.violations[0].path == "payload"
    assert not server.received


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 200_000])
async def test_an_answer_that_is_not_json(runtime: SageMakerRuntimeClient, server: Any, body: bytes) -> None:
    """An answer that is not JSON is a ResponseParseError with its start."""
    server.answer(body)
    with pytest.raises(ResponseParseError) as caught:
        await runtime.invoke_json(endpoint_name="e", payload={})
    assert (caught.value.status, caught.value.body) == (200, body[:1024])


async def test_invoke_npy(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """An array leaves in NumPy's format and the answer's comes back, type and shape kept."""
    np = pytest.importorskip("numpy")

    async def double(received: Any) -> web.Response:
        array = np.load(io.BytesIO(received.body), allow_pickle=False)
        out = io.BytesIO()
        np.save(out, array * 2)
        return web.Response(body=out.getvalue(), content_type="application/x-npy")

    server.handle(double)
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    result = await runtime.invoke_npy(endpoint_name="e", array=array)
    assert (result.dtype, result.shape, result.tolist()) == (np.float32, (2, 3), (array * 2).tolist())
    assert server.received[0].headers["Content-Type"] == server.received[0].headers["Accept"] == "application/x-npy"


async def test_no_pickles_in_arrays(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Objects are neither written nor read: reading them would run an answer's code."""
    np = pytest.importorskip("numpy")
    with pytest.raises(ParamValidationError):
        await runtime.invoke_npy(endpoint_name="e", array=np.array([object()]))
    assert not server.received
    evil = io.BytesIO()
    np.save(evil, np.array([{}]), allow_pickle=True)
    for body in (evil.getvalue(), b"", b"junk", evil.getvalue()[:20]):
        server.answer(body)
        with pytest.raises(ResponseParseError):
            await runtime.invoke_npy(endpoint_name="e", array=[1.0])


async def test_without_numpy(runtime: SageMakerRuntimeClient, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where NumPy is missing, the error says what to install."""
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(ConfigError, match="pip install numpy"):
        await runtime.invoke_npy(endpoint_name="e", array=[1])


async def test_numpy_in_json(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """NumPy's arrays and scalars are sent as what they hold, at any depth."""
    np = pytest.importorskip("numpy")
    server.answer({})
    payload = {"a": np.arange(4, dtype="int32").reshape(2, 2), "b": [np.float64(0.5), np.bool_(True)], "c": np.int64(7)}
    await runtime.invoke_json(endpoint_name="e", payload=payload)
    assert server.received[0].json == {"a": [[0, 1], [2, 3]], "b": [0.5, True], "c": 7}


async def test_a_default_of_the_callers_own(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """What JSON cannot say is made by the caller's function; without one it is refused."""
    await runtime.invoke_json(endpoint_name="e", payload={"at": Path("/tmp")}, default=str)
    assert server.received[0].json == {"at": "/tmp"}
    with pytest.raises(ParamValidationError):
        await runtime.invoke_json(endpoint_name="e", payload={"at": Path("/tmp")})
    assert len(server.received) == 1


async def test_nan_from_numpy(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """NaN in an array is refused as NaN is anywhere: it is no JSON."""
    np = pytest.importorskip("numpy")
    with pytest.raises(ParamValidationError):
        await runtime.invoke_json(endpoint_name="e", payload=np.array([float("nan")]))
    assert server.received == []


ROWS = [[1, 0.5, "a,b"], [2, None, 'say "hi"']]
CSV = '1,0.5,"a,b"\n2,,"say ""hi"""\n'


async def test_csv(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Rows go as CSV, and rows of text come back."""
    server.answer(b"0.25,yes\r\n0.75,no\r\n", headers={"Content-Type": "text/csv"})
    assert await runtime.invoke_csv(endpoint_name="e", rows=ROWS) == [["0.25", "yes"], ["0.75", "no"]]
    (received,) = server.received
    assert received.body.decode() == CSV
    assert (received.headers["Content-Type"], received.headers["Accept"]) == ("text/csv", "text/csv")


async def test_csv_of_an_array(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """An array of NumPy's is rows."""
    np = pytest.importorskip("numpy")
    server.answer(b"1\n")
    await runtime.invoke_csv(endpoint_name="e", rows=np.array([[1, 2], [3, 4]]))
    assert server.received[0].body == b"1,2\n3,4\n"


@pytest.mark.parametrize("library", ["pandas", "polars"])
async def test_csv_of_a_frame(runtime: SageMakerRuntimeClient, server: Any, library: str) -> None:
    """A frame goes without its index, and with its columns' names only if asked for."""
    frame = pytest.importorskip(library).DataFrame({"x": [1, 2], "y": ["a", "b,c"]})
    server.answer(b"1\n")
    await runtime.invoke_csv(endpoint_name="e", rows=frame)
    await runtime.invoke_csv(endpoint_name="e", rows=frame, header=True)
    assert [received.body for received in server.received] == [b'1,a\n2,"b,c"\n', b'x,y\n1,a\n2,"b,c"\n']


@pytest.mark.parametrize("rows", [[1, 2], "1,2", [["a"], 3], 7])
async def test_what_is_no_row(runtime: SageMakerRuntimeClient, server: Any, rows: Any) -> None:
    """What are no rows is refused before anything is sent."""
    with pytest.raises(ParamValidationError, match="rows"):
        await runtime.invoke_csv(endpoint_name="e", rows=rows)
    assert server.received == []


async def test_a_header_without_names(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Rows without names have no header to send."""
    with pytest.raises(ParamValidationError, match="header"):
        await runtime.invoke_csv(endpoint_name="e", rows=ROWS, header=True)
    assert server.received == []


@pytest.mark.parametrize("body", [b"\xff", b'"open'])
async def test_an_answer_that_is_not_csv(runtime: SageMakerRuntimeClient, server: Any, body: bytes) -> None:
    """An answer that cannot be read as CSV is an error that has it."""
    server.answer(body)
    with pytest.raises(ResponseParseError) as caught:
        await runtime.invoke_csv(endpoint_name="e", rows=ROWS)
    assert caught.value.body == body


async def test_numpy_by_its_own_name(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """`invoke_numpy` is `invoke_npy`, and takes a frame too."""
    np = pytest.importorskip("numpy")
    buffer = io.BytesIO()
    np.save(buffer, np.array([1.0]))
    server.answer(buffer.getvalue())
    assert (await runtime.invoke_numpy(endpoint_name="e", array=[[1, 2]])).tolist() == [1.0]
