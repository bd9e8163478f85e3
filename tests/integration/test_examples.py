"""The programs of `tests/examples`, run as a user would run them."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import aiohttp
import pytest
from tests.deployed import ROOT, deployed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES = ROOT / "tests" / "examples"


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables for a process that finds a service with the endpoints `churn` and `chat`, and the examples."""
    with deployed(tmp_path) as variables:
        yield {**variables, "PYTHONPATH": f"{variables['PYTHONPATH']}:{EXAMPLES}", "HOME": str(tmp_path)}


def run(*words: str, environ: dict[str, str], cwd: Path) -> str:
    """What a process prints, which must end well."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environ, cwd=cwd, timeout=120)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_they_are_short() -> None:
    """An example is shorter than 80 lines."""
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in EXAMPLES.rglob("*.py")}
    assert len(lengths) >= 9
    assert [name for name, lines in lengths.items() if lines >= 80] == []


def test_each_is_run() -> None:
    """An example is a test itself, or a test imports, reads or serves it."""
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "integration").glob("test_*examples.py"))
    tests += "".join(path.read_text("utf-8") for path in EXAMPLES.glob("test_*.py"))
    for path in (path for path in EXAMPLES.iterdir() if path.is_file() and not path.name.startswith("test_")):
        used = rf"import .*\b{path.stem}\b|\b{path.stem}(:app| import)|{re.escape(path.name)}"
        assert re.search(used, tests), path.name


async def test_a_web_service_streams_a_chat(environ: dict[str, str], tmp_path: Path) -> None:
    """A browser is sent the pieces as server-sent events, and told before the first whether the model is there."""
    pytest.importorskip("fastapi")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "uvicorn", "chat_service:app", "--port", str(port), "--log-level", "warning"]
    process = await asyncio.create_subprocess_exec(*words, env=environ, cwd=tmp_path)
    url = f"http://127.0.0.1:{port}/chat"
    try:
        async with aiohttp.ClientSession() as browser:
            for _ in range(600):
                try:
                    async with browser.post(url, json={"text": "Say hello."}) as answer:
                        assert answer.content_type == "text/event-stream"
                        text = await answer.text()
                    break
                except aiohttp.ClientConnectionError:
                    assert process.returncode is None
                    await asyncio.sleep(0.05)
    finally:
        process.terminate()
        await process.wait()
    events = [part.splitlines() for part in text.strip().split("\n\n")]
    assert [lines[0] for lines in events] == ["event: text", "event: text", "event: done"]
    assert json.loads(events[0][1].removeprefix("data: ")) == {"text": "Hel"}
    assert json.loads(events[2][1].removeprefix("data: ")) == {"finish_reason": "stop"}


def test_a_lambda_function_serves_one_invocation_after_another(environ: dict[str, str], tmp_path: Path) -> None:
    """Each invocation has its own event loop, the client is the module's, and nothing is left open."""
    program = """
import json, lambda_handler
event = {"body": json.dumps({"customers": [{"months": 3}, {"months": 63}]})}
for _ in range(3):
    answer = lambda_handler.handler(event, None)
lambda_handler.ENDPOINT = "gone"
print(json.dumps([answer, lambda_handler.handler(event, None)]))
"""
    printed = run(sys.executable, "-W", "error::ResourceWarning", "-c", program, environ=environ, cwd=tmp_path)
    good, bad = json.loads(printed)
    assert (good["statusCode"], json.loads(good["body"])["scores"][1]) == (200, {"score": {"months": 63}})
    assert bad["statusCode"] == 207
    assert json.loads(bad["body"])["scores"][0]["error"] == "ValidationError"


def test_an_inventory_is_a_table(environ: dict[str, str], tmp_path: Path) -> None:
    """Each endpoint's variants are rows of a Parquet file, and progress is shown."""
    parquet = pytest.importorskip("pyarrow.parquet")
    pytest.importorskip("tqdm")
    printed = run(sys.executable, str(EXAMPLES / "inventory.py"), "endpoints.parquet", environ=environ, cwd=tmp_path)
    assert printed == "2 rows\n"
    rows = parquet.read_table(tmp_path / "endpoints.parquet").to_pylist()
    assert [(row["endpoint"], row["status"], row["instances"]) for row in rows] == [
        ("chat", "InService", 1),
        ("churn", "InService", 1),
    ]


NOTEBOOK = """
import json, sys
import nbclient, nbformat
book = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(book, timeout=60).execute()
outputs = [output for cell in book.cells for output in cell.get("outputs", ())]
drawn = [output["text"] if "text" in output else output["data"]["text/plain"] for output in outputs]
shown = [output["data"] for output in outputs if output["output_type"] == "execute_result"]
print(json.dumps(["".join(drawn), *shown]))
"""


def test_a_notebook_runs_from_top_to_bottom(environ: dict[str, str], tmp_path: Path) -> None:
    """Every cell runs, in a kernel as notebooks have, and shows what it should."""
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    pytest.importorskip("tqdm")
    notebook = str(EXAMPLES / "endpoint.ipynb")
    printed = run(sys.executable, "-c", NOTEBOOK, notebook, environ=environ, cwd=tmp_path)
    drawn, listed, described, *others = json.loads(printed)
    assert re.search(r"invoke_many churn: .*/50 \[", drawn)  # as text, or as a widget, which has its own way on
    for form in ("text/html", "text/plain"):
        assert all(text in listed[form] for text in ("EndpointSummary: 2", "endpoint_name", "churn", "InService"))
        assert all(text in described[form] for text in ("variants: 1", "traffic", "100%", "InService"))
    assert [output["text/plain"] for output in others] == ["'63,basic'", "50"]
