"""Requests and answers of HTTP/1.1, as both clients have them."""

from __future__ import annotations

import json
import math
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

from ._secret import Secret
from ._version import VERSION
from .errors import KeysError, KeysUnavailable, Problem

MAX_HEAD = 64 * 1024
MAX_BODY = 64 * 1024 * 1024
"""An answer beyond this is not of the service."""

IDLE_SECONDS = 50.0
"""Less than the 75 s of the service and the 60 s of common load balancers: they never close under a request."""


class ConnectionClosed(OSError):
    """A kept connection that the other side closed before it answered anything."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the service is. `prefix` is the path of its URL, without a trailing slash."""

    host: str
    port: int
    prefix: str
    context: ssl.SSLContext | None

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.context else 80) else f"{host}:{self.port}"


def address_of(url: str, context: ssl.SSLContext | None) -> Address:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("url must be the service's, such as https://keys.example.com")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("url must have no credentials, query or fragment")
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    tls = (context or ssl.create_default_context()) if is_tls else None
    return Address(parts.hostname, port, parts.path.rstrip("/"), tls)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    """Path and query, below the URL of the service."""
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes = field(repr=False)

    @property
    def retry_after(self) -> float | None:
        """Seconds; None where there is none, or none that is a number of seconds."""
        try:
            seconds = float(self.headers.get("retry-after", ""))
        except ValueError:
            return None
        return max(0.0, seconds) if math.isfinite(seconds) else None


def json_request(
    method: str,
    path: str,
    body: object = None,
    query: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """`path` is quoted already. What is None in `query` is left out; a list is joined by commas."""
    given = {name: _query_text(value) for name, value in (query or {}).items() if value is not None}
    target = f"{path}?{urlencode(given)}" if given else path
    data = None if body is None else json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
    return Request(method, target, data, headers or {})


def _query_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(str(one) for one in cast("Sequence[object]", value))
    return str(value)


def segment(text: str) -> str:
    """A part of a path, which may be any text."""
    if text in ("", ".", ".."):
        raise ValueError("an ID must not be empty or a path")
    return quote(text, safe="")


def write_request(address: Address, token: Secret, request: Request) -> bytes:
    headers = {
        "Host": address.authority,
        "Authorization": f"Bearer {token.reveal()}",
        "Accept": "application/json",
        "User-Agent": f"pictify-keys-python/{VERSION}",
        **request.headers,
    }
    if request.body is not None:
        headers.setdefault("Content-Type", "application/json")
    if request.body is not None or request.method not in ("GET", "HEAD"):
        headers["Content-Length"] = str(len(request.body or b""))
    target = address.prefix + request.target
    lines = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if any(not line.isascii() or not line.isprintable() for line in lines):
        # Never the line itself, which may be the token's.
        raise ValueError("a method, path or header has characters that HTTP does not allow")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + (request.body or b"")


def lower_headers(message: Message) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in message.items():
        known = headers.get(name.lower())
        headers[name.lower()] = value if known is None else f"{known}, {value}"
    return headers


def read_json(response: Response) -> Any:
    """Raises KeysUnavailable for what no service of ours answers, such as a page of a proxy."""
    try:
        return json.loads(response.body)
    except ValueError:
        raise KeysUnavailable(f"the answer ({response.status}) is not JSON") from None


def error_of(response: Response) -> KeysError:
    """The problem that a response of 400 or above is; KeysUnavailable for 5xx."""
    try:
        body: object = json.loads(response.body)
    except ValueError:
        body = None
    facts = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    if response.status >= 500 or response.status < 400:
        detail = str(facts.get("detail", "the service cannot answer"))
        request_id = facts.get("requestId")
        text = f"{response.status}: {detail}" + (f" ({request_id})" if request_id else "")
        return KeysUnavailable(text, retry_after=response.retry_after)
    return Problem(response.status, facts, response.retry_after)
