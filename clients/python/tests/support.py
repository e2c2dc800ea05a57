"""What tests share: the real service, and a front before it that loses, holds back or writes answers."""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from pictify_keys import ApiKey, Created, Keys, Management

URL = os.environ["KEYS_URL"]
SLOW_URL = os.environ["KEYS_SLOW_URL"]
"""An api that answers 202 to each change."""
SERVICE_TOKEN = os.environ["KEYS_SERVICE_TOKEN"]
OPERATOR_TOKEN = os.environ["KEYS_OPERATOR_TOKEN"]

Value = TypeVar("Value")


def eventually(look: Callable[[], Value], done: Callable[[Value], bool], bound: float = 60) -> Value:
    until = time.monotonic() + bound
    while True:
        value = look()
        if done(value):
            return value
        if time.monotonic() > until:
            raise AssertionError(f"not within {bound} s; last seen: {value!r}")
        time.sleep(0.05)


def new_management(url: str = URL, plan: str = "pro") -> Management:
    """A client of an account of its own."""
    operator = Management(url, OPERATOR_TOKEN)
    account = operator.create_account({"name": "Python", "plan": plan}).account
    return operator.for_account(account["id"])


def new_key(management: Management, **fields: Any) -> Created[ApiKey]:
    return management.create_api_key(cast(Any, {"name": "A key", "type": "live", **fields}))


def admitted(management: Management, key_id: str) -> int:
    return management.get_api_key_usage(key_id)["windows"]["24h"]["requests"]


def new_keys(url: str = URL, **options: Any) -> Keys:
    given: dict[str, Any] = {"report_interval": 0.05, "timeout": 20.0, "on_error": ignore, **options}
    return Keys(url, SERVICE_TOKEN, **given)


def ignore(_: Exception) -> None:
    pass


@dataclass
class Seen:
    """One request that came to the front."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


FORWARD = "forward"
LOSE = "lose"
"""The service gets the request, and its answer is lost."""
HANG = "hang"

Written = tuple[int, dict[str, str], bytes]
Rule = Callable[[Seen], "str | Written"]


@dataclass
class Front:
    """A real server on a port of its own. `rule` decides about each request."""

    rule: Rule = lambda _: FORWARD
    seen: list[Seen] = field(default_factory=lambda: [])
    connections: int = 0

    def __enter__(self) -> Front:
        front = self
        self._released = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                front.connections += 1

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                one = Seen(self.command, self.path, dict(self.headers.items()), body)
                front.seen.append(one)
                verdict = front.rule(one)
                if verdict == HANG:
                    front._released.wait(30)
                    self.close_connection = True
                    return
                written = _forward(one) if isinstance(verdict, str) else verdict
                if verdict == LOSE:
                    self.close_connection = True
                    return
                self.send_response(written[0])
                for name, value in written[1].items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(written[2])

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        # Clients that leave are what some tests are about.
        self._server.handle_error = lambda request, client_address: None
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()


_DROPPED = {"connection", "keep-alive", "transfer-encoding", "content-length"}


def _forward(seen: Seen) -> Written:
    parts = urlsplit(URL)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        connection.request(seen.method, seen.path, seen.body or None, dict(seen.headers))
        answer = connection.getresponse()
        body = answer.read()
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in _DROPPED}
        return answer.status, {**headers, "Content-Length": str(len(body))}, body
    finally:
        connection.close()


def once(first: str | Written, path: str = "") -> Rule:
    """The first request to this path gets `first`, everything else is forwarded."""
    left = [first]
    return lambda seen: left.pop() if left and path in seen.path else FORWARD


def json_answer(status: int, body: bytes, **headers: str) -> Written:
    return status, {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}, body
