"""Checks the signatures of a streamed request with nothing but `hmac` and `struct`, as a service would."""

from __future__ import annotations

import hashlib
import hmac
import struct
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlsplit
from zlib import crc32


class SignatureError(Exception):
    """A signature does not match."""


class Frame:
    """One frame of an event stream: its headers by name, and its payload."""

    def __init__(self, data: bytes) -> None:
        total, size, prelude = struct.unpack_from("!III", data)
        if total != len(data) or crc32(data[:8]) != prelude or crc32(data[:-4]) != struct.unpack("!I", data[-4:])[0]:
            raise ValueError("a damaged frame")
        self.headers: dict[str, object] = {}
        self.raw: dict[str, bytes] = {}
        block, at = data[12 : 12 + size], 0
        while at < len(block):
            begin = at
            name = block[at + 1 : at + 1 + block[at]].decode()
            at += 1 + block[at]
            kind, at = block[at], at + 1
            if kind in (6, 7):
                (length,) = struct.unpack_from("!H", block, at)
                value: object = block[at + 2 : at + 2 + length]
                at += 2 + length
                if kind == 7:
                    value = bytes(value).decode()  # type: ignore[arg-type]
            elif kind == 8:
                (milliseconds,) = struct.unpack_from("!q", block, at)
                value = datetime.fromtimestamp(milliseconds / 1000, UTC)
                at += 8
            else:
                raise ValueError(f"a header of type {kind}")
            self.headers[name] = value
            self.raw[name] = block[begin:at]
        self.payload = data[12 + size : -4]


def frames(data: bytes | bytearray) -> tuple[list[bytes], bytes]:
    """The whole frames at the beginning of the data, and what is left."""
    found: list[bytes] = []
    rest = bytes(data)
    while len(rest) >= 4 and len(rest) >= (total := struct.unpack_from("!I", rest)[0]):
        found.append(rest[:total])
        rest = rest[total:]
    return found, rest


class Verifier:
    """Follows one request's chain of signatures."""

    def __init__(self, secret_key: str, headers: dict[str, str]) -> None:
        """`headers` are the request's, with HTTP/2's pseudo-headers. Raises SignatureError."""
        self._secret_key = secret_key
        fields = dict(part.strip().split("=", 1) for part in headers["authorization"].split(" ", 1)[1].split(","))
        _, self._scope = fields["Credential"].split("/", 1)
        names = fields["SignedHeaders"].split(";")
        values = {**headers, "host": headers[":authority"]}
        parts = urlsplit(headers[":path"])
        canonical = "\n".join(
            [
                headers[":method"],
                quote(unquote(parts.path), safe="/~") if "%" not in parts.path else quote(parts.path, safe="/~"),
                parts.query,
                *(f"{name}:{' '.join(values[name].split())}" for name in names),
                "",
                ";".join(names),
                headers["x-amz-content-sha256"],
            ]
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        stamp = headers["x-amz-date"]
        expected = self._sign(stamp, f"AWS4-HMAC-SHA256\n{stamp}\n{self._scope}\n{digest}")
        if expected != fields["Signature"]:
            raise SignatureError("the request's signature does not match")
        self._previous = expected
        self.ended = False

    def open(self, data: bytes) -> Frame | None:
        """The event in a signed frame, or None for the end. Raises SignatureError."""
        if self.ended:
            raise SignatureError("a frame after the end")
        outer = Frame(data)
        date = outer.headers[":date"]
        assert isinstance(date, datetime)
        stamp = date.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{self._scope.split('/', 1)[1]}"
        text = "\n".join(
            [
                "AWS4-HMAC-SHA256-PAYLOAD",
                stamp,
                scope,
                self._previous,
                hashlib.sha256(outer.raw[":date"]).hexdigest(),
                hashlib.sha256(outer.payload).hexdigest(),
            ]
        )
        expected = self._sign(stamp, text)
        if outer.headers[":chunk-signature"] != bytes.fromhex(expected):
            raise SignatureError("an event's signature does not match")
        self._previous = expected
        if not outer.payload:
            self.ended = True
            return None
        return Frame(outer.payload)

    def _sign(self, stamp: str, text: str) -> str:
        key = f"AWS4{self._secret_key}".encode()
        for part in (stamp[:8], *self._scope.split("/")[1:]):
            key = hmac.new(key, part.encode(), "sha256").digest()
        return hmac.new(key, text.encode(), "sha256").hexdigest()
