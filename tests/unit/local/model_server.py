"""A model server as small as they come: what it does is told by its environment.

`FAIL`: end at once. `HANG`: never answer the ping. `CODE`: the status of invocations. `PIECES`: answer in as many.
An argument: the seconds that an answer takes. `SICK`: a file; while it is there, the ping is answered with 500.
`REDIRECT`: where an invocation is sent on to. Asked `environment`, it tells its own.
"""

from __future__ import annotations

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        sick = "SICK" in os.environ and os.path.exists(os.environ["SICK"])
        self._answer(503 if "HANG" in os.environ else 500 if sick else 200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 0)
        if "REDIRECT" in os.environ:
            self.send_response(307)
            self.send_header("Location", os.environ["REDIRECT"])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if body == b"die":
            sys.stdout.write("dying, as asked\n")
            sys.stdout.flush()
            os._exit(7)
        if body == b"environment":
            self._answer(200, "\0".join(f"{name}={value}" for name, value in os.environ.items()).encode())
            return
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
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
