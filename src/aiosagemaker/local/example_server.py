"""A model server as small as SageMaker's contract allows: VERSION says what it answers, BROKEN that it never can."""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """`GET /ping` and `POST /invocations`."""

    def do_GET(self) -> None:
        """Ready."""
        self._answer(b"")

    def do_POST(self) -> None:
        """A prediction."""
        features = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode().split(",")
        score = sum(map(float, features)) / len(features)
        self._answer(f"{os.environ.get('VERSION', '')} says {score:.2f}".encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


if __name__ == "__main__":
    if "BROKEN" in os.environ:
        sys.exit(f"{os.environ.get('VERSION')}: the weights do not fit the network")
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
