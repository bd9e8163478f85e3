"""Signatures against AWS's own test suite, and against stock botocore."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import botocore.auth
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from aiosagemaker._http.signing import sign
from aiosagemaker._http.sigv4 import CachingSigV4Auth, SignableRequest
from aiosagemaker.credentials import Credentials

VECTORS = Path(__file__).parents[4] / "shared/vectors/sigv4"
ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TIME = datetime(2015, 8, 30, 12, 36, tzinfo=UTC).timestamp()
REQUESTS = 34


def cases() -> list[Any]:
    """The files of each case, without their suffix."""
    if not VECTORS.is_dir():
        return [pytest.param(None, marks=pytest.mark.skip("the shared vectors are not beside this checkout"))]
    found = sorted(path.with_suffix("") for path in VECTORS.rglob("*.req"))
    return [pytest.param(path, id=path.name) for path in found]


def read_request(path: Path) -> tuple[str, str, dict[str, str], bytes]:
    """Method, target, headers and body. A header given twice has its values joined, one folded has them spaced."""
    head, _, body = path.with_suffix(".req").read_text(encoding="utf-8").partition("\n\n")
    first, *lines = head.splitlines()
    method, rest = first.split(" ", 1)
    headers: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith((" ", "\t")):
            headers[name] += f" {line.strip()}"
            continue
        name, _, value = line.partition(":")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return method, rest.removesuffix(" HTTP/1.1"), headers, body.encode()


@pytest.mark.parametrize("path", cases())
def test_vector(path: Path) -> None:
    """Canonical request, string to sign and authorization are those of AWS's test suite."""

    def expected(suffix: str) -> str:
        return path.with_suffix(suffix).read_text(encoding="utf-8")

    method, target, headers, body = read_request(path)
    path_sent, mark, query = target.partition("?")
    host = headers.pop("Host")
    del headers["X-Amz-Date"]
    headers.pop("X-Amz-Security-Token", None)
    # Not every case names the token in its request, and one sends it unsigned, as SageMaker does not have it.
    token = re.search(r"^x-amz-security-token:(.*)$", expected(".creq"), re.MULTILINE)
    credentials = Credentials(ACCESS_KEY, SECRET_KEY, token[1] if token else None)
    # Each case has its path as sent, unencoded too, and its query as it is to be encoded.
    url = f"https://{host}{path_sent}{mark}{quote(query, safe=string.printable)}"
    request = SignableRequest(method, url, headers, body, "20150830T123600Z")
    signer = CachingSigV4Auth(credentials, "service", "us-east-1")
    assert signer.sign(request) == expected(".sts")
    assert signer.canonical_request(request) == expected(".creq")
    assert request.headers["Authorization"] == expected(".authz")
    assert request.headers["X-Amz-Date"] == "20150830T123600Z"


def test_every_vector_is_read() -> None:
    """All cases of the suite are there, so none is passed over unseen."""
    if not VECTORS.is_dir():
        pytest.skip("the shared vectors are not beside this checkout")
    assert len(cases()) == REQUESTS


SAFE = st.text("abcXYZ019-._~!$'()*+,;:@", max_size=8)
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
HEADER_VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
ENCODED = st.builds(lambda text: quote(text, safe=""), st.text(max_size=6))


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    host=st.sampled_from(["api.sagemaker.us-east-1.amazonaws.com", "localhost:8080", "localhost:443", "[::1]:5000"]),
    path=st.lists(st.one_of(SAFE, ENCODED, st.just("."), st.just("..")), max_size=4).map("/".join),
    query=st.lists(st.tuples(ENCODED, ENCODED).map("=".join), max_size=4).map("&".join),
    headers=st.dictionaries(
        st.sampled_from(
            ["Content-Type", "X-Amz-Target", "User-Agent", "X-Amzn-Trace-Id", "amz-sdk-request", "Accept", "x-custom"]
        ),
        HEADER_VALUES,
    ),
    body=st.binary(max_size=64),
    token=st.one_of(st.none(), WORDS),
    time=st.integers(0, 4_000_000_000),
)
def test_equals_stock_botocore(
    method: str,
    host: str,
    path: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    token: str | None,
    time: int,
) -> None:
    """For any request the headers added are those that botocore's SigV4Auth adds."""
    url = f"https://{host}/{path}{'?' if query else ''}{query}"
    request = AWSRequest(method=method, url=url, headers=dict(headers), data=body)
    with pytest.MonkeyPatch.context() as patch:
        moment = datetime.fromtimestamp(time, UTC)
        naive = moment.replace(tzinfo=None)
        if hasattr(botocore.auth, "get_current_datetime"):
            patch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: naive)
        else:  # an older one asks the standard library itself
            patch.setattr(botocore.auth, "datetime", SimpleNamespace(datetime=SimpleNamespace(utcnow=lambda: naive)))
        SigV4Auth(ReadOnlyCredentials(ACCESS_KEY, SECRET_KEY, token), "sagemaker", "eu-west-1").add_auth(request)
    signed = sign(
        method,
        url,
        headers,
        body,
        credentials=Credentials(ACCESS_KEY, SECRET_KEY, token),
        region="eu-west-1",
        signing_name="sagemaker",
        time=time,
    )
    assert signed == dict(request.headers.items())


def test_what_is_kept_is_kept_apart() -> None:
    """Two sets of credentials, regions, services and days in turn each have their own signature, every time."""
    seen: dict[tuple[str, str, str, int], str] = {}
    for _ in range(2):
        for secret in ("a" * 40, "b" * 40):
            for region in ("us-east-1", "eu-west-1"):
                for service in ("sagemaker", "logs"):
                    for day in (0, 86_400):
                        signed = sign(
                            "POST",
                            "https://host/",
                            {},
                            b"",
                            credentials=Credentials(ACCESS_KEY, secret),
                            region=region,
                            signing_name=service,
                            time=TIME + day,
                        )
                        key = secret, region, service, day
                        assert seen.setdefault(key, signed["Authorization"]) == signed["Authorization"]
    assert len(set(seen.values())) == 16
