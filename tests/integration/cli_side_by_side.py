"""The AWS CLI and this command line, side by side; a server writes down what each of them sends."""

from __future__ import annotations

import contextlib
import http.server
import importlib.util
import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from aiosagemaker.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pytest

TOKENS = ("ClientToken", "ClientRequestToken")
"""Members that each side fills with its own random value."""

_HEADERS = ("accept", "content-type")


class Recorded(NamedTuple):
    """What a request says, without what differs from sender to sender."""

    method: str
    path: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: Any


class Outcome(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str
    requests: list[Recorded]

    @property
    def ending(self) -> str:
        """The kind of ending, whatever number each side has for it."""
        if self.code == 0:
            return "done"
        return "refused by the service" if self.requests else "refused before anything was sent"


class Server:
    """Answers every request with `answers`, in turn, the last one for ever."""

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                owner.requests.append(_recorded(self.command, self.path, dict(self.headers), body))
                status, headers, answer = owner.answers.pop(0) if len(owner.answers) > 1 else owner.answers[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def reset(self, *answers: object, status: int = 200) -> None:
        """Forget the requests; answer with these objects as JSON."""
        self.requests = []
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "r-1"}
        self.answers = [(status, headers, json.dumps(answer).encode()) for answer in answers or ({},)]

    def close(self) -> None:
        """Stop listening."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _recorded(method: str, path: str, headers: dict[str, str], body: bytes) -> Recorded:
    kept = {name.lower(): value for name, value in headers.items()}
    told = tuple(sorted((name, kept[name]) for name in kept if name.startswith("x-amzn-sagemaker") or name in _HEADERS))
    target = kept.get("x-amz-target", "")
    content: Any = body
    if target:
        content = json.loads(body)
        for token in TOKENS:
            if len(str(content.get(token, ""))) == 36:
                content[token] = "random"
    return Recorded(method, path, target, told if not target else (), content)


def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials and a region for both, and nothing of the developer's own."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_OUTPUT", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)


def run_ours(words: Sequence[str]) -> tuple[int, str, str]:
    """This command line; code, standard output, standard error."""
    return _captured(lambda: main(list(words)))


class AwsCli:
    """The AWS CLI, in a process of its own. `AWSCLI_PYTHON` names an interpreter that has it, if this one has not."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [interpreter(), str(Path(__file__).with_name("awscli_worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, words: Sequence[str], service: str = "sagemaker") -> tuple[int, str, str]:
        """`aws <service> <words>`; code, standard output, standard error."""
        code, out, err = self.ask("run", [service, *words])
        return code, out, err

    def ask(self, what: str, argument: Any) -> Any:
        """What the worker's method of that name returns, in this process's environment."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, "with": argument, "environ": dict(os.environ)}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(10)


def interpreter() -> str:
    """A Python that has the AWS CLI; empty if none is known."""
    named = os.environ.get("AWSCLI_PYTHON", "")
    return named or (sys.executable if importlib.util.find_spec("awscli") else "")


def _captured(run: Callable[[], int]) -> tuple[int, str, str]:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = run()
        except SystemExit as error:
            code = int(error.code or 0)
    out.flush()
    return code, out.buffer.getvalue().decode(), err.getvalue()  # type: ignore[attr-defined]  # it is a BytesIO


@contextlib.contextmanager
def recording() -> Iterator[Server]:
    """A server for as long as the block runs."""
    server = Server()
    try:
        yield server
    finally:
        server.close()
