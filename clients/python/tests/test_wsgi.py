"""The WSGI middleware under wsgiref: the same refusals as `/forward-auth`, and a report of each admitted request."""

from __future__ import annotations

import http.client
import json
import threading
import unittest
from collections.abc import Iterable, Iterator
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from urllib.error import HTTPError
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from pictify_keys import Keys, Verification
from pictify_keys.wsgi import KeysMiddleware

from .support import HANG, URL, Front, eventually, new_key, new_keys, new_management


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass

    def get_stderr(self) -> Any:
        import io

        return io.StringIO()


class Recorder(Keys):
    """Real, but that it says what it was asked to report."""

    reports: list[tuple[int, float | None]]

    def report(self, verification: Verification, status: int, latency_ms: float | None = None, **more: Any) -> None:
        self.reports.append((status, latency_ms))
        super().report(verification, status, latency_ms, **more)


Asked = tuple[int, dict[str, str], bytes]


def ask(url: str, headers: dict[str, str], method: str = "GET") -> Asked:
    request = Request(url, headers=headers, method=method)
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except HTTPError as error:
        with error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


class Wsgi(unittest.TestCase):
    def setUp(self) -> None:
        from .support import SERVICE_TOKEN

        self.management = new_management()
        self.addCleanup(self.management.close)
        self.keys = Recorder(URL, SERVICE_TOKEN, timeout=20, report_interval=0.05)
        self.keys.reports = []
        self.addCleanup(self.keys.close)
        self.server: WSGIServer | None = None

    def serve(self, app: Any = None, keys: Keys | None = None, **options: Any) -> str:
        middleware = KeysMiddleware(app or hello, keys or self.keys, **options)
        server = make_server("127.0.0.1", 0, middleware, handler_class=QuietHandler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def reported(self) -> list[int]:
        return [status for status, _ in eventually(lambda: self.keys.reports, lambda reports: len(reports) > 0)]

    def test_an_admitted_request_has_its_key_and_the_limits(self) -> None:
        created = new_key(self.management, name="World")
        url = self.serve(permission="renders:write", units=2)
        status, headers, body = ask(f"{url}/image?secret=1", {"X-API-Key": created.secret.reveal()})
        self.assertEqual((status, body), (200, b"Hello, World!"))
        self.assertEqual(headers["content-length"], "13")
        self.assertEqual(headers["x-usage-requests-today"], "1")
        self.assertRegex(headers["ratelimit"], '"month-renders";r=4998')
        self.assertRegex(headers["x-request-id"], "^req_")
        self.assertEqual(self.reported(), [200])
        eventually(
            lambda: self.management.get_api_key_usage(created.resource["id"])["windows"]["24h"],
            lambda window: window["requests"] == 1 and window["latencyMs"]["p50"] is not None,
        )
        (point,) = cast("list[dict[str, Any]]", self.management.get_usage(group_by="endpoint")["series"])
        self.assertEqual((point["endpoint"], point["method"], point["requests"]), ("/image", "GET", 1))
        self.assertIsNotNone(point["latencyMs"]["mean"])

    def test_refusals_are_those_of_forward_auth(self) -> None:
        reader = new_key(self.management, access="read_only").secret.reveal()
        tester = new_key(self.management, type="test").secret.reveal()
        local = new_key(self.management, allowedIps=["203.0.113.7"]).secret.reveal()
        revoked = new_key(self.management)
        self.management.revoke_api_key(revoked.resource["id"])
        url = self.serve(permission="renders:write", units=units_of)
        for name, headers, units in (
            ("nothing", {}, ""),
            ("another scheme", {"Authorization": "Basic eDp5"}, ""),
            ("an empty key", {"Authorization": "Bearer "}, ""),
            ("nonsense", {"Authorization": "Bearer nonsense"}, ""),
            ("unknown", {"Authorization": f"bearer {reader[:-1]}0"}, ""),
            ("two that differ", {"Authorization": f"Bearer {reader}", "X-API-Key": tester}, ""),
            ("revoked", {"X-API-Key": revoked.secret.reveal()}, ""),
            ("forbidden", {"X-API-Key": reader}, ""),
            ("quota", {"X-API-Key": tester}, "101"),
            ("address", {"X-API-Key": local}, ""),
        ):
            with self.subTest(name):
                ours = ask(f"{url}/forward-auth?{units}", headers)
                query = f"permission=renders:write&units={units or 1}"
                theirs = ask(f"{URL}/forward-auth?{query}", headers)
                self.assertEqual(comparable(ours), comparable(theirs))
                self.assertNotEqual(ours[0], 200)
        self.assertEqual(self.keys.reports, [])

    def test_refusals_by_limits_are_those_of_forward_auth(self) -> None:
        limits: Any = {"rendersPerMonth": 1, "rendersHard": True}
        self.management.for_account(None).update_account(self.management.account_id or "", {"limits": limits})
        key = new_key(self.management).secret.reveal()
        url = self.serve(permission="renders:write", units=2)
        headers = {"X-API-Key": key}
        ours = ask(f"{url}/forward-auth", headers)
        theirs = ask(f"{URL}/forward-auth?permission=renders:write&units=2", headers)
        self.assertEqual(comparable(ours), comparable(theirs))
        self.assertEqual(ours[0], 429)

    def test_nothing_passes_while_nothing_can_be_decided(self) -> None:
        with Front(rule=lambda _: HANG) as front, new_keys(front.url, timeout=0.2) as keys:
            url = self.serve(keys=keys)
            status, headers, body = ask(url, {"X-API-Key": "pk_live_any"})
        problem = json.loads(body)
        self.assertEqual((status, problem["type"]), (503, "https://docs.pictify.io/errors/service-unavailable"))
        self.assertEqual((headers["retry-after"], headers["content-type"]), ("1", "application/problem+json"))

    def test_an_option_that_fails_lets_nothing_pass(self) -> None:
        errors: list[Exception] = []
        with new_keys(on_error=errors.append) as keys:
            url = self.serve(keys=keys, client_ip=nowhere)
            status, _, body = ask(url, {"X-API-Key": new_key(self.management).secret.reveal()})
        self.assertEqual((status, json.loads(body)["title"]), (500, "Internal error"))
        self.assertIn("ip", str(errors[0]))

    def test_an_error_of_the_application_is_reported_as_500(self) -> None:
        def fail(environ: Any, start_response: Any) -> Iterable[bytes]:
            raise RuntimeError("the application's own")

        def fail_late(environ: Any, start_response: Any) -> Iterator[bytes]:
            start_response("200 OK", [])
            yield b"x"
            raise RuntimeError("the application's own")

        key = new_key(self.management).secret.reveal()
        for app in (fail, fail_late):
            self.keys.reports = []
            try:
                ask(self.serve(app), {"X-API-Key": key})
            except (OSError, http.client.HTTPException):
                pass
            self.assertEqual(self.reported(), [500])

    def test_a_client_that_leaves_is_reported_as_499(self) -> None:
        left = threading.Event()

        def endless(environ: Any, start_response: Any) -> Iterator[bytes]:
            start_response("200 OK", [])
            while True:
                yield b"x" * 65_536

        parts = urlsplit(self.serve(endless))
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        connection.request("GET", "/", headers={"X-API-Key": new_key(self.management).secret.reveal()})
        answer = connection.getresponse()
        answer.read(10)
        answer.close()
        connection.close()
        left.set()
        self.assertEqual(self.reported(), [499])

    def test_head_and_an_answer_from_a_generator_are_reported_with_their_status(self) -> None:
        def lazy(environ: Any, start_response: Any) -> Iterator[bytes]:
            start_response("201 Created", [("X-Request-Id", "the application's")])
            yield b"made"

        key = new_key(self.management).secret.reveal()
        status, headers, body = ask(self.serve(lazy), {"X-API-Key": key})
        self.assertEqual((status, body, headers["x-request-id"]), (201, b"made", "the application's"))
        self.assertEqual(self.reported(), [201])
        self.keys.reports = []
        self.assertEqual(ask(self.serve(), {"X-API-Key": key}, "HEAD")[0], 200)
        self.assertEqual(self.reported(), [200])


def units_of(environ: Any) -> int:
    return int(environ["QUERY_STRING"] or 1)


def nowhere(environ: Any) -> str:
    return "nowhere"


def hello(environ: Any, start_response: Any) -> Iterable[bytes]:
    key: Verification = environ["pictify.key"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"Hello, {key.name}!".encode()]


_OURS = {"date", "server", "connection", "keep-alive", "content-length", "x-request-id"}


def comparable(asked: Asked) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Without what differs from one answer to the next: IDs, and what is left of limits."""
    status, headers, body = asked
    problem = {name: value for name, value in json.loads(body).items() if name != "requestId"}
    kept = {name: value for name, value in headers.items() if name not in _OURS}
    for counted in ("ratelimit", "x-ratelimit-remaining", "x-usage-requests-today", "retry-after", "x-ratelimit-reset"):
        if counted in kept:
            kept[counted] = "…"
    for counted in ("retryAfter",):
        if counted in problem:
            problem[counted] = "…"
    if status == 429:
        problem["detail"] = problem["detail"].rstrip("0123456789 s.")
    return status, kept, problem
