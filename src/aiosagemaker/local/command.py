"""`python -m aiosagemaker local`: the local service until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import shlex
import signal
from typing import TYPE_CHECKING

from .service import LocalSageMaker, LocalServiceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._instances import Image


def main(arguments: Sequence[str]) -> int:
    """Serve. Returns the exit status: 0 after Ctrl-C or SIGTERM, 1 if it could not start."""
    parser = argparse.ArgumentParser(prog="python -m aiosagemaker local", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to bind to (default %(default)s)")
    parser.add_argument("--port", type=int, default=4600, help="the port to bind to (default %(default)s)")
    parser.add_argument("--allow-remote", action="store_true", help="allow a host that other machines can reach")
    parser.add_argument("--region", default="us-east-1", help="the region to play (default %(default)s)")
    parser.add_argument("--speed", type=float, default=1000.0, help="its seconds in a real one (default %(default)s)")
    parser.add_argument(
        "--image", action="append", default=[], metavar="IMAGE=COMMAND", help="the command for a container image"
    )
    given = parser.parse_args(arguments)
    images: dict[str, Image] = {}
    for text in given.image:
        image, separator, command = text.partition("=")
        if not separator or not command:
            parser.error(f"--image takes IMAGE=COMMAND, not {text!r}")
        images[image] = shlex.split(command)
    try:
        local = LocalSageMaker(
            images=images,
            host=given.host,
            port=given.port,
            allow_remote=given.allow_remote,
            region=given.region,
            speed=given.speed,
        )
        asyncio.run(_serve(local))
    except LocalServiceError as error:
        parser.exit(1, f"{error}\n")
    except KeyboardInterrupt:
        return 0
    return 0


async def _serve(local: LocalSageMaker) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
    except NotImplementedError:
        pass  # Windows: Ctrl-C is a KeyboardInterrupt there, and there is no SIGTERM to handle
    async with local:
        print(f"SageMaker hosting at {local.endpoint_url} ({local.region})")
        print(f"AWS_ENDPOINT_URL_SAGEMAKER={local.endpoint_url}")
        print(f"AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME={local.endpoint_url}")
        print(f"AWS_ACCESS_KEY_ID={local.credentials.access_key}")
        print(f"AWS_SECRET_ACCESS_KEY={local.credentials.secret_key}", flush=True)
        await ended.wait()
