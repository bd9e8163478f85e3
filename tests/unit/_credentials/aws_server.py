"""What the chain talks to, on loopback: STS, SSO, its OIDC, a container's endpoint; SageMaker too, and a proxy."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

LATER = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

ASSUMED = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>{LATER}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


class AwsServer:
    """Counts what it is asked for. A refresh token and an MFA code work once, as those of AWS do."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.targets: list[str] = []
        self.used: set[str] = set()
        self.lock = threading.Lock()
        self.url = ""

    def once(self, code: str) -> bool:
        with self.lock:
            fresh = code not in self.used
            self.used.add(code)
            return fresh

    def answer(self, path: str, body: bytes) -> tuple[str, int, str, str]:
        """What is asked for, and the answer's status, type and text."""
        if path.startswith("/token"):
            if not self.once(json.loads(body)["refreshToken"]):
                return "CreateToken", 400, "application/json", json.dumps({"error": "invalid_grant"})
            token = {"accessToken": "new", "tokenType": "Bearer", "expiresIn": 3600, "refreshToken": "second"}
            return "CreateToken", 200, "application/json", json.dumps(token)
        if path.startswith("/federation/credentials"):
            end = int((datetime.now(UTC) + timedelta(hours=1)).timestamp() * 1000)
            keys = {"accessKeyId": "SSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": end}
            return "GetRoleCredentials", 200, "application/json", json.dumps({"roleCredentials": keys})
        if path.startswith("/container"):
            keys = {"AccessKeyId": "CONTAINER", "SecretAccessKey": "s", "Token": "t", "Expiration": LATER}
            return "Container", 200, "application/json", json.dumps(keys)
        if not body.startswith(b"Action="):
            return "Call", 200, "application/json", json.dumps({"Endpoints": []})
        code = parse_qs(body.decode()).get("TokenCode")
        if code and not self.once(code[0]):
            return (
                "AssumeRole",
                403,
                "text/xml",
                "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>",
            )
        return "AssumeRole", 200, "text/xml", ASSUMED


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[AwsServer]:
    """The server, for as long as the block runs; with TLS if there is a context."""
    aws = AwsServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.partition("://")[2].partition("/")[2] if "://" in self.path else self.path[1:]
            asked, status, kind, text = aws.answer(f"/{path}", body)
            with aws.lock:
                aws.asked.append(asked)
                aws.targets.append(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    aws.url = f"{'https' if context else 'http'}://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield aws
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
