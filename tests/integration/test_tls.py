"""A server that does not prove who it is gets no request, and is not asked twice."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path  # noqa: TC003 - pytest reads the annotations
from typing import Any

import pytest
import pytest_asyncio
import trustme
from tests.integration.fault_server import GOOD, FaultServer, Peer, Script, answer, is_silent, resets, sends, serves

from aiosagemaker import SageMakerClient, errors
from aiosagemaker.config import HttpConfig, TimeoutConfig
from aiosagemaker.credentials import Credentials

CREDENTIALS = Credentials("AKIDEXAMPLE", "a-secret-key", "a-session-token")

Start = Callable[..., Awaitable[FaultServer]]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """The authority that the client trusts."""
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its certificate in a file."""
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def context(authority: trustme.CA, host: str = "127.0.0.1", **options: Any) -> ssl.SSLContext:
    """A server's side, with a certificate for a host."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, **options).configure_cert(made)
    return made


@pytest_asyncio.fixture
async def start() -> AsyncIterator[Start]:
    """Starts TLS servers, stopped at the end."""
    servers: list[FaultServer] = []

    async def start(tls: ssl.SSLContext, *plan: Script) -> FaultServer:
        server = FaultServer()
        server.plan = list(plan or [serves()])
        await server.start(tls)
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.stop()


async def call(server: FaultServer, clock: Any, *, times: int = 1, **http: Any) -> Any:
    """Calls with a client of their own; the last response."""
    timeouts = TimeoutConfig(connect=0.5, read=0.2, attempt=1, operation=5)
    settings: dict[str, Any] = {"region": "us-east-1", "endpoint_url": server.url, "credentials": CREDENTIALS}
    async with SageMakerClient(**settings, clock=clock, timeouts=timeouts, http=HttpConfig(**http)) as client:
        for _ in range(times):
            response = await client.update_endpoint(endpoint_name="churn", endpoint_config_name="churn-v2")
        return response


async def refused(server: FaultServer, clock: Any, **http: Any) -> errors.TlsError:
    """The TlsError of a call that reached nobody, after one attempt."""
    with pytest.raises(errors.TlsError) as caught:
        await call(server, clock, **http)
    assert not caught.value.maybe_sent
    assert server.requests == []
    assert clock.slept == []
    return caught.value


async def test_trusted(start: Start, clock: Any, authority: trustme.CA, bundle: Path) -> None:
    """A CA bundle makes its authority's servers trusted, and a connection serves many calls."""
    server = await start(context(authority))
    assert (await call(server, clock, times=3, ca_bundle=bundle)).http_status == 200
    assert len(server.requests) == 3
    assert server.connections == 1


async def test_unknown_authority(start: Start, clock: Any, bundle: Path) -> None:
    """A certificate of an authority that nobody trusts is refused, with the bundle and without."""
    server = await start(context(trustme.CA()))
    assert "certificate verify failed" in str(await refused(server, clock, ca_bundle=bundle))
    await refused(server, clock)


async def test_wrong_host(start: Start, clock: Any, authority: trustme.CA, bundle: Path) -> None:
    """A certificate for another host is refused."""
    server = await start(context(authority, "other.example"))
    assert "127.0.0.1" in str(await refused(server, clock, ca_bundle=bundle))


async def test_expired(start: Start, clock: Any, authority: trustme.CA, bundle: Path) -> None:
    """A certificate past its time is refused."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    tls = context(authority, not_before=yesterday - timedelta(days=1), not_after=yesterday)
    server = await start(tls)
    assert "expired" in str(await refused(server, clock, ca_bundle=bundle))


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.filterwarnings("ignore:.*TLSv1_1 is deprecated:DeprecationWarning")
async def test_old_tls(clock: Any, authority: trustme.CA, bundle: Path, verify: bool) -> None:
    """A server that speaks no more than TLS 1.1 is refused."""
    tls = context(authority)
    tls.set_ciphers("ALL:@SECLEVEL=0")
    tls.minimum_version = ssl.TLSVersion.TLSv1_1
    tls.maximum_version = ssl.TLSVersion.TLSv1_1
    accepted: list[object] = []

    def serve(listener: socket.socket) -> None:
        # Not asyncio's server, which ends a failed handshake without the alert that says why.
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            accepted.append(connection)
            with contextlib.closing(connection), contextlib.suppress(OSError):
                tls.wrap_socket(connection, server_side=True).close()

    server = FaultServer()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        serving = asyncio.get_running_loop().run_in_executor(None, serve, listener)
        await refused(server, clock, ca_bundle=bundle, verify=verify)
        listener.shutdown(socket.SHUT_RDWR)
        await serving
    assert len(accepted) == 1


async def test_not_verified(start: Start, clock: Any) -> None:
    """With verify off any certificate does."""
    server = await start(context(trustme.CA(), "other.example"))
    assert (await call(server, clock, verify=False)).http_status == 200


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("one_file", [True, False])
async def test_client_certificate(
    start: Start, clock: Any, authority: trustme.CA, bundle: Path, tmp_path: Path, verify: bool, one_file: bool
) -> None:
    """A server that asks for the client's certificate gets it, from one file or two, also with verify off."""
    tls = context(authority)
    tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(tls)
    server = await start(tls)
    mine = authority.issue_cert("me@example.com")
    mine.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    mine.private_key_pem.write_to_path(tmp_path / "key.pem")
    mine.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    given = tmp_path / "both.pem" if one_file else (tmp_path / "cert.pem", tmp_path / "key.pem")
    assert (await call(server, clock, ca_bundle=bundle, client_cert=given, verify=verify)).http_status == 200


async def test_missing_client_certificate(start: Start, clock: Any, authority: trustme.CA, bundle: Path) -> None:
    """A server that asks for the client's certificate in vain gets no more than the error it makes."""
    tls = context(authority)
    tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(tls)
    server = await start(tls)
    with pytest.raises(errors.TransportError):
        await call(server, clock, ca_bundle=bundle)
    assert server.requests == []


async def test_missing_files(start: Start, clock: Any, authority: trustme.CA, tmp_path: Path) -> None:
    """A CA bundle or client certificate that cannot be read is a ConfigError."""
    server = await start(context(authority))
    (tmp_path / "empty.pem").write_text("nothing")
    for http in ({"ca_bundle": tmp_path / "none.pem"}, {"client_cert": tmp_path / "empty.pem"}):
        with pytest.raises(errors.ConfigError):
            await call(server, clock, **http)
    assert server.connections == 0


async def test_silent_handshake(clock: Any, bundle: Path) -> None:
    """A server that accepts and never shakes hands costs the time to connect; nothing was sent."""
    server = FaultServer()
    server.plan = [is_silent]
    await server.start()
    server.url = server.url.replace("http:", "https:")
    with pytest.raises(errors.ConnectTimeout) as caught:
        await call(server, clock, ca_bundle=bundle)
    await server.stop()
    assert not caught.value.maybe_sent
    assert server.connections == 3


@pytest.mark.parametrize("reset", [False, True])
async def test_closed_handshake(clock: Any, bundle: Path, reset: bool) -> None:
    """A connection that ends in the handshake may do better: it is tried again, and nothing was sent."""

    async def script(peer: Peer) -> None:
        await peer.read_some()
        if reset:
            peer.reset()

    server = FaultServer()
    server.plan = [script]
    await server.start()
    server.url = server.url.replace("http:", "https:")
    with pytest.raises(errors.ConnectError) as caught:
        await call(server, clock, ca_bundle=bundle)
    await server.stop()
    assert isinstance(caught.value, errors.TlsError) is not reset
    assert not caught.value.maybe_sent
    assert server.connections == 3


@pytest.mark.parametrize(
    "script", [sends(answer(GOOD[:20], length=len(GOOD))), resets(answer(GOOD[:20], length=len(GOOD))), sends()]
)
async def test_fault_inside_tls(start: Start, clock: Any, authority: trustme.CA, bundle: Path, script: Script) -> None:
    """What goes wrong once TLS stands is a closed connection, of which the service may have had the request."""
    server = await start(context(authority), script, serves())
    response = await call(server, clock, ca_bundle=bundle)
    assert response.response_metadata.attempts == 2
    server.plan = [script]
    with pytest.raises(errors.ConnectionClosed) as caught:
        await call(server, clock, ca_bundle=bundle)
    assert caught.value.maybe_sent


async def test_stale_connection(start: Start, clock: Any, authority: trustme.CA, bundle: Path) -> None:
    """A TLS connection that the server closed while it was idle is replaced unseen."""
    server = await start(context(authority), sends(answer()))
    timeouts = TimeoutConfig(connect=0.5, read=0.2, attempt=1, operation=5)
    async with SageMakerClient(
        region="us-east-1",
        endpoint_url=server.url,
        credentials=CREDENTIALS,
        clock=clock,
        timeouts=timeouts,
        http=HttpConfig(ca_bundle=bundle),
    ) as client:
        for _ in range(3):
            response = await client.update_endpoint(endpoint_name="churn", endpoint_config_name="churn-v2")
            assert response.response_metadata.attempts == 1
            await asyncio.sleep(0.03)
    assert len(server.requests) == 3
