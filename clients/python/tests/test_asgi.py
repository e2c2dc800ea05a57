"""The ASGI middleware: the same refusals as `/forward-auth`, and a report of each admitted request."""

from __future__ import annotations

import asyncio
import json
import unittest
from typing import Any

from pictify_keys import AsyncKeys, Verification
from pictify_keys.asgi import KeysMiddleware

from .support import HANG, SERVICE_TOKEN, URL, Front, eventually, new_key, new_management
from .test_wsgi import ask, comparable


class Recorder(AsyncKeys):
    """Real, but that it says what it was asked to report."""

    reports: list[int]

    def report(self, verification: Verification, status: int, latency_ms: float | None = None, **more: Any) -> None:
        self.reports.append(status)
        super().report(verification, status, latency_ms, **more)


async def hello(scope: Any, receive: Any, send: Any) -> None:
    key: Verification = scope["state"]["api_key"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"Hello, ", "more_body": True})
    await send({"type": "http.response.body", "body": f"{key.name}!".encode()})


class Asgi(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.management = await asyncio.to_thread(new_management)
        self.keys = Recorder(URL, SERVICE_TOKEN, timeout=20, report_interval=0.05, on_error=lambda _: None)
        self.keys.reports = []

    async def asyncTearDown(self) -> None:
        await self.keys.close()
        self.management.close()

    async def key(self, **fields: Any) -> str:
        return (await asyncio.to_thread(lambda: new_key(self.management, **fields))).secret.reveal()

    async def serve(self, app: Any = hello, keys: AsyncKeys | None = None, **options: Any) -> str:
        """A server that speaks as much HTTP as the tests need, and ASGI."""
        middleware = KeysMiddleware(app, keys or self.keys, **options)

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await _exchange(middleware, reader, writer)
            except Exception:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        self.addAsyncCleanup(server.wait_closed)
        self.addCleanup(server.close)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def reported(self) -> list[int]:
        while not self.keys.reports:
            await asyncio.sleep(0.01)
        return self.keys.reports

    async def test_an_admitted_request_has_its_key_and_the_limits(self) -> None:
        key = await self.key(name="World", type="test")
        url = await self.serve(permission="renders:write", units=2)
        status, headers, body = await asyncio.to_thread(ask, f"{url}/a%20b?x=1", {"Authorization": f"Bearer {key}"})
        self.assertEqual((status, body), (200, b"Hello, World!"))
        self.assertRegex(headers["ratelimit"], '"test-renders";r=98')
        self.assertRegex(headers["x-request-id"], "^req_")
        self.assertEqual(await self.reported(), [200])
        key_id = self.management.list_api_keys()["apiKeys"][0]["id"]
        await asyncio.to_thread(
            eventually,
            lambda: self.management.get_api_key_usage(key_id)["windows"]["24h"],
            lambda window: window["requests"] == 1 and window["latencyMs"]["p50"] is not None,
        )

    async def test_refusals_are_those_of_forward_auth(self) -> None:
        reader, tester = await self.key(access="read_only"), await self.key(type="test")
        url = await self.serve(permission="renders:write", units=units_of)
        for name, headers, units in (
            ("nothing", {}, ""),
            ("another scheme", {"Authorization": "Basic eDp5"}, ""),
            ("nonsense", {"Authorization": "Bearer nonsense"}, ""),
            ("two that differ", {"Authorization": f"Bearer {reader}", "X-API-Key": tester}, ""),
            ("forbidden", {"X-API-Key": reader}, ""),
            ("quota", {"X-API-Key": tester}, "101"),
        ):
            with self.subTest(name):
                ours = await asyncio.to_thread(ask, f"{url}/forward-auth?{units}", headers)
                query = f"permission=renders:write&units={units or 1}"
                theirs = await asyncio.to_thread(ask, f"{URL}/forward-auth?{query}", headers)
                self.assertEqual(comparable(ours), comparable(theirs))
                self.assertNotEqual(ours[0], 200)
        self.assertEqual(self.keys.reports, [])

    async def test_nothing_passes_while_nothing_can_be_decided(self) -> None:
        with Front(rule=lambda _: HANG) as front:
            async with AsyncKeys(front.url, SERVICE_TOKEN, timeout=0.2, on_error=lambda _: None) as keys:
                url = await self.serve(keys=keys)
                status, headers, body = await asyncio.to_thread(ask, url, {"X-API-Key": "pk_live_any"})
        self.assertEqual((status, json.loads(body)["title"]), (503, "Service unavailable"))
        self.assertEqual(headers["retry-after"], "1")

    async def test_an_error_of_the_application_is_reported_as_500(self) -> None:
        async def fail(scope: Any, receive: Any, send: Any) -> None:
            raise RuntimeError("the application's own")

        async def forget(scope: Any, receive: Any, send: Any) -> None:
            return None

        key = await self.key()
        for app in (fail, forget):
            self.keys.reports = []
            with self.assertRaises(Exception):
                await asyncio.to_thread(ask, await self.serve(app), {"X-API-Key": key})
            self.assertEqual(await self.reported(), [500])

    async def test_a_client_that_leaves_is_reported_as_499(self) -> None:
        async def wait(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while (await receive())["type"] != "http.disconnect":
                pass
            await send({"type": "http.response.body", "body": b"too late"})

        async def cancelled(scope: Any, receive: Any, send: Any) -> None:
            raise asyncio.CancelledError

        async def broken(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})

        key = await self.key()
        for app in (wait, cancelled, broken):
            self.keys.reports = []
            sent: list[Any] = []

            async def send(message: Any) -> None:
                if app is broken:
                    raise OSError("gone")
                sent.append(message)

            async def receive() -> Any:
                return {"type": "http.disconnect"}

            scope = _scope("http", [(b"x-api-key", key.encode())])
            try:
                await KeysMiddleware(app, self.keys)(scope, receive, send)
            except (OSError, asyncio.CancelledError):
                pass
            self.assertEqual(self.keys.reports, [499])

    async def test_a_websocket_is_verified_before_it_is_accepted(self) -> None:
        async def accept(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "websocket.accept"})

        key = await self.key(name="Socket")
        nothing: dict[str, Any] = {}
        problem: dict[str, Any] = {"websocket.http.response": nothing}
        for value, extensions, expected in (
            (key, nothing, ["websocket.accept"]),
            ("nonsense", nothing, ["websocket.close"]),
            ("nonsense", problem, ["websocket.http.response.start", "websocket.http.response.body"]),
        ):
            with self.subTest(value=value[:8], extensions=extensions):
                sent: list[Any] = []

                async def send(message: Any) -> None:
                    sent.append(message)

                async def receive() -> Any:
                    return {"type": "websocket.connect"}

                scope = {**_scope("websocket", [(b"x-api-key", value.encode())]), "extensions": extensions}
                await KeysMiddleware(accept, self.keys)(scope, receive, send)
                self.assertEqual([message["type"] for message in sent], expected)
        self.assertEqual(self.keys.reports, [101])

    async def test_lifespan_goes_to_the_application(self) -> None:
        seen: list[str] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope["type"])

        async def nothing(*_: Any) -> Any:
            return {}

        await KeysMiddleware(app, self.keys)({"type": "lifespan"}, nothing, nothing)
        self.assertEqual(seen, ["lifespan"])


def units_of(scope: Any) -> int:
    return int(scope["query_string"] or 1)


def _scope(kind: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    more = {"query_string": b"", "headers": headers, "client": ("127.0.0.1", 1)}
    return {"type": kind, "method": "GET", "path": "/", **more}


async def _exchange(app: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    path, _, query = target.partition("?")
    lines = [line.partition(":") for line in head[1:] if line]
    headers = [(name.lower().encode(), value.strip().encode("latin-1")) for name, _, value in lines]
    peer = writer.get_extra_info("peername")
    scope = {**_scope("http", headers), "method": method, "path": path.replace("%20", " "), "client": peer}
    scope["query_string"] = query.encode()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            writer.write(f"HTTP/1.1 {message['status']} X\r\nConnection: close\r\n".encode())
            for name, value in message["headers"]:
                writer.write(name + b": " + value + b"\r\n")
            writer.write(b"\r\n")
        else:
            writer.write(message["body"])
        await writer.drain()

    await app(scope, receive, send)
