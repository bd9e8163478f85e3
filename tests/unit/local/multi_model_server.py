"""A container of the multi-model contract that holds two models at a time, and loads the one called slow slowly."""

from __future__ import annotations

import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOM = 2
loaded: dict[str, str] = {}
loads = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(200)

    def do_DELETE(self) -> None:
        del loaded[self.path.split("/")[2]]
        self._answer(200)

    def do_POST(self) -> None:
        global loads
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/models":
            weights = loaded[self.path.split("/")[2]]
            self._answer(200, f"{weights}:{body.decode()} loaded {loads}".encode())
            return
        asked = json.loads(body)
        if len(loaded) == ROOM:
            self._answer(507)
            return
        weights = Path(asked["url"], "weights").read_text()
        time.sleep(0.8 if weights == "slow" else 0)
        loaded[asked["model_name"]] = weights
        loads += 1
        self._answer(200)

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
