"""The command line's way to a service, looked at where it arrives."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from tests.integration.cli_side_by_side import run_ours

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def arrived() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server's address, and the headers of what reaches it."""
    headers: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", headers
        server.shutdown()


def test_no_sign_request(arrived: tuple[str, list[dict[str, str]]]) -> None:
    """With `--no-sign-request` nothing of a signature reaches the service, credentials or not."""
    url, headers = arrived
    words = ["list-endpoints", "--no-sign-request", "--endpoint-url", url, "--region", "us-east-1"]
    done = subprocess.run(
        [sys.executable, "-m", "aiosagemaker", *words], capture_output=True, timeout=60, check=False, env={**os.environ}
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert not [name for name in headers[0] if name == "authorization" or name.startswith("x-amz-security")]
    assert "x-amz-date" not in headers[0]


def test_signed(arrived: tuple[str, list[dict[str, str]]]) -> None:
    """Without the option every request is signed with the credentials at hand."""
    url, headers = arrived
    assert run_ours(["list-endpoints", "--endpoint-url", url])[0] == 0
    assert headers[0]["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")


@pytest.mark.parametrize("command", ["", "--dry-run", "--generate-cli-skeleton=output"])
def test_a_bad_request(arrived: tuple[str, list[dict[str, str]]], command: str) -> None:
    """What breaks the model's rules is said in the model's names, whatever the command was to do, and not sent."""
    url, headers = arrived
    words = ["create-endpoint-config", "--endpoint-config-name", "c", "--production-variants", "[]"]
    code, out, err = run_ours([*words, "--endpoint-url", url, *filter(None, [command])])
    assert (code, out, headers) == (252, "", [])
    assert err.startswith(
        "Parameter validation failed: Invalid length for parameter ProductionVariants: expected at least 1 item"
    )
