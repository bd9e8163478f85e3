"""A make-believe Amazon SageMaker in this process, for trying things out: moto's server on a free port of loopback."""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

REGION = "us-east-1"


@contextmanager
def serve(polls: int = 3) -> Iterator[str]:
    """The address of the service while it runs.

    An endpoint says `Creating` until it has been described `polls` times.

    Raises:
        ImportError: moto's server is not installed; the extra `local` brings it.
    """
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logger = logging.getLogger("werkzeug")
    level = logger.level
    logger.setLevel(logging.ERROR)  # each request would be a line between those of the caller
    application = _Gradual(DomainDispatcherApplication(create_backend_app), polls)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="moto", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        logger.setLevel(level)


class _Gradual:
    """Moto's endpoints are in service at once; the service's take minutes, and that is what a wait is for."""

    def __init__(self, application: WSGIApplication, polls: int) -> None:
        self._application = application
        self._polls = polls
        self._seen: Counter[str] = Counter()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_X_AMZ_TARGET") != "SageMaker.DescribeEndpoint":
            return self._application(environ, start_response)
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            started[:] = [status, headers]

        body = b"".join(self._application(environ, start))
        status, headers = started
        if status.startswith("200"):
            description = json.loads(body)
            arn = description["EndpointArn"]
            self._seen[arn] += 1
            if self._seen[arn] < self._polls:
                description["EndpointStatus"] = "Creating"
            body = json.dumps(description).encode()
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, [*kept, ("Content-Length", str(len(body)))])
        return [body]
