"""The AWS CLI and this command line, side by side; a server writes down what each of them sends."""

from __future__ import annotations

import contextlib
import http.server
import importlib.util
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from aiosagemaker.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pytest

TOKENS = ("ClientToken", "ClientRequestToken")
"""Members that each side fills with its own random value."""

_OWN = frozenset({"amz-sdk-invocation-id", "authorization", "connection", "host", "user-agent", "x-amz-date"})
"""Headers that are another's each time."""


class Recorded(NamedTuple):
    """What a request says, without what differs from sender to sender: time, user agent, ids, the signature itself."""

    method: str
    path: str
    target: str
    signed: bool
    """Whether it has an Authorization header."""
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
        self.headers: list[dict[str, str]] = []
        """Of each request, all of them, by their names in lower case."""
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.pause = 0.0
        """Seconds between the quarters of a body, read or written."""
        owner = self

        class Recorder(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = b"".join(self.rfile.read(end - start) for start, end in owner.parts(length))
                owner.headers.append({name.lower(): value for name, value in self.headers.items()})
                owner.requests.append(_recorded(self.command, self.path, dict(self.headers), body))
                status, headers, answer = owner.answers.pop(0) if len(owner.answers) > 1 else owner.answers[0]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                for start, end in owner.parts(len(answer)):
                    self.wfile.write(answer[start:end])

            def __getattr__(self, name: str) -> Any:
                # Every method is answered alike.
                if not name.startswith("do_"):
                    raise AttributeError(name)
                return self.do_POST

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
        self._http.daemon_threads = True
        # A body that waits to be read then waits at the sender's, not in the system.
        self._http.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def parts(self, length: int) -> Iterator[tuple[int, int]]:
        """Where each part of a body begins and ends: of one part, or with a pause quarters."""
        step = max(1, -(-length // 4) if self.pause else length)
        for start in range(0, length, step):
            if start:
                time.sleep(self.pause)
            yield start, min(start + step, length)

    def reset(self, *answers: object, status: int = 200) -> None:
        """Forget the requests; answer with these objects as JSON."""
        self.requests, self.headers = [], []
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "r-1"}
        self.answers = [(status, headers, json.dumps(answer).encode()) for answer in answers or ({},)]

    def close(self) -> None:
        """Stop listening."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _recorded(method: str, path: str, headers: dict[str, str], body: bytes) -> Recorded:
    kept = {name.lower(): value for name, value in headers.items()}
    content = _content(kept.get("content-type", ""), body)
    # Whether JSON has blanks after its commas says nothing, and neither does a length of nothing.
    counted = content is body and body
    told = {name: value for name, value in kept.items() if name not in _OWN and (name != "content-length" or counted)}
    # How many attempts there may be the AWS CLI says from the second one on, and this library from the first.
    told["amz-sdk-request"] = told.get("amz-sdk-request", "").partition(";")[0]
    return Recorded(
        method, path, kept.get("x-amz-target", ""), "authorization" in kept, tuple(sorted(told.items())), content
    )


def _content(kind: str, body: bytes) -> Any:
    if not kind.startswith(("application/x-amz-json", "application/json")):
        return body
    try:
        content = json.loads(body)
    except ValueError:
        return body
    for token in TOKENS if isinstance(content, dict) else ():
        if len(str(content.get(token, ""))) == 36:
            content[token] = "random"
    return content


def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials and a region for both, and nothing of the developer's own."""
    for name in (
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_OUTPUT",
        "AWS_ENDPOINT_URL",
        "AWS_PAGER",
    ):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        "AWS_EC2_METADATA_DISABLED": "true",
        # Both sides then say how often they would send.
        "AWS_RETRY_MODE": "standard",
        "AWS_MAX_ATTEMPTS": "3",
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
