"""A model server as small as they come: what it does is told by its environment.

`FAIL`: end at once. `HANG`: never answer the ping. `CODE`: the status of invocations. `PIECES`: answer in as many.
"""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(503 if "HANG" in os.environ else 200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if body == b"die":
            sys.stdout.write("dying, as asked\n")
            sys.stdout.flush()
            os._exit(7)
        if "PIECES" in os.environ:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for index in range(int(os.environ["PIECES"])):
                self.wfile.write(b"7\r\npiece %d\r\n" % index)
                self.wfile.flush()
            if body == b"break":
                os._exit(7)
            self.wfile.write(b"0\r\n\r\n")
            return
        text = f"{os.environ.get('NAME', '')}:{os.getpid()}:".encode() + body
        self._answer(int(os.environ.get("CODE", "200")), text)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


if __name__ == "__main__":
    sys.stdout.write("starting\n")
    sys.stdout.flush()
    if "FAIL" in os.environ:
        sys.exit(f"cannot load the model: {os.environ['FAIL']}")
    HTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
