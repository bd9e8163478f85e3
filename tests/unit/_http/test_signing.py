"""Signers as values: what they add, and what they need."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from aiosagemaker._http.signing import UNSIGNED, sign
from aiosagemaker.credentials import Credentials

ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TIME = datetime(2015, 8, 30, 12, 36, tzinfo=UTC).timestamp()


def test_the_secret_stays() -> None:
    """Neither the secret key nor anything but date, token and signature is added."""
    signed = sign(
        "POST",
        "https://host/",
        {"Content-Type": "a"},
        b"{}",
        credentials=Credentials(ACCESS_KEY, SECRET_KEY),
        region="r",
        signing_name="s",
        time=TIME,
    )
    assert set(signed) == {"Content-Type", "Authorization", "X-Amz-Date"}
    assert SECRET_KEY not in str(signed)


def test_trace_header_is_not_signed() -> None:
    """A trace header, which proxies on the way change, is sent and not part of the signature."""
    arguments: dict[str, Any] = {
        "credentials": Credentials(ACCESS_KEY, SECRET_KEY),
        "region": "r",
        "signing_name": "s",
        "time": TIME,
    }
    traced = sign("POST", "https://host/", {"X-Amzn-Trace-Id": "Root=1"}, b"{}", **arguments)
    plain = sign("POST", "https://host/", {}, b"{}", **arguments)
    assert traced == {"X-Amzn-Trace-Id": "Root=1", **plain}


def test_unsigned() -> None:
    """Unsigned headers are those given, and take no credentials."""
    given = {"Content-Type": "a"}
    assert not UNSIGNED.needs_credentials
    headers = UNSIGNED.sign(
        "POST", "https://host/", given, b"", credentials=None, region="r", signing_name="s", time=TIME
    )
    assert headers == given
    assert headers is not given


def test_models_alone_do_not_import_the_signer() -> None:
    """Importing the clients and a service's shapes does not import botocore's signer; preparing to sign does."""
    program = """
import sys
import aiosagemaker, aiosagemaker.sagemaker
aiosagemaker.SageMakerClient, aiosagemaker.sagemaker.CreateEndpointRequest
from aiosagemaker._http.signing import SIGNED
before = "botocore.auth" in sys.modules
SIGNED.prepare()
print(before, "botocore.auth" in sys.modules)
"""
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert shown.split() == ["False", "True"]
