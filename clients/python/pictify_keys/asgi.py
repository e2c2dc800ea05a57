"""Middleware for ASGI 3: Starlette, FastAPI, Quart, Django, under any server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeVar, cast

from .async_keys import AsyncKeys
from .refusal import Refusal, as_refused, presented_key, quoted_path, refusal_of, refused_by
from .verification import Verification
from .wsgi import CLIENT_CLOSED_REQUEST

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
_Value = TypeVar("_Value")


_STARTS = ("http.response.start", "websocket.http.response.start", "websocket.accept")
_ENDS = (
    "http.response.body",
    "http.response.pathsend",
    "websocket.http.response.body",
    "websocket.accept",
    "websocket.close",
)


class KeysMiddleware:
    """
    Admits requests and WebSockets with a valid key to `app`; `scope["state"]["api_key"]` is then their Verification.
    It answers the others itself. Status and latency are reported when the answer has left.

    `permission`, `units`, `client_ip` and `endpoint` may be functions of the scope. `client_ip` is the connection's by
    default: behind a proxy, let your server read its headers. `endpoint` is the path, never its query.
    """

    def __init__(
        self,
        app: Application,
        keys: AsyncKeys,
        *,
        permission: str | Callable[[Scope], str | None] | None = None,
        units: int | Callable[[Scope], int] = 1,
        client_ip: Callable[[Scope], str | None] | None = None,
        endpoint: Callable[[Scope], str | None] | None = None,
    ) -> None:
        self._app = app
        self._keys = keys
        self._permission = permission
        self._units = units
        self._client_ip = client_ip or _client_address
        self._endpoint = endpoint or path_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        started = time.monotonic()
        try:
            verification = await self._verify(scope)
        except Exception as error:
            return await self._refuse(error, scope, receive, send)
        scope = {**scope, "state": {**scope.get("state", {}), "api_key": verification}}
        await _Answer(self._keys, verification, started, receive, send).of(self._app, scope)

    async def _verify(self, scope: Scope) -> Verification:
        headers = cast(Headers, scope["headers"])
        authorization = [value for name, value in headers if name.lower() == b"authorization"]
        api_key = b", ".join(value for name, value in headers if name.lower() == b"x-api-key")
        key = presented_key(authorization[0].decode("latin-1") if authorization else None, api_key.decode("latin-1"))
        permission = _resolve(self._permission, scope)
        verification = await self._keys.verify(
            key,
            permission,
            _resolve(self._units, scope),
            ip=self._client_ip(scope),
            endpoint=self._endpoint(scope),
            method=scope.get("method", "GET"),
        )
        if not verification.valid:
            raise refused_by(verification, permission)
        return verification

    async def _refuse(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        refused = as_refused(error)
        if refused is not error:
            self._keys.on_error(error)
        refusal: Refusal = refusal_of(refused, path_of(scope), self._keys.problem_base_url)
        headers = _bytes_of(refusal.headers)
        prefix = "http"
        if scope["type"] == "websocket":
            if (await receive())["type"] != "websocket.connect":
                return
            if "websocket.http.response" not in scope.get("extensions", {}):
                # The server answers 403.
                return await send({"type": "websocket.close", "code": 1008})
            prefix = "websocket.http"
        await send({"type": f"{prefix}.response.start", "status": refusal.status, "headers": headers})
        await send({"type": f"{prefix}.response.body", "body": refusal.body})


class _Answer:
    """One answer of the application, on its way."""

    def __init__(
        self, keys: AsyncKeys, verification: Verification, started: float, receive: Receive, send: Send
    ) -> None:
        self._keys = keys
        self._verification = verification
        self._started = started
        self._receive = receive
        self._send = send
        self._status = 500
        self._has_gone = False
        self._is_reported = False

    async def of(self, app: Application, scope: Scope) -> None:
        try:
            await app(scope, self.receive, self.send)
        except asyncio.CancelledError:
            # Servers cancel the application when the client has gone.
            self._report(CLIENT_CLOSED_REQUEST)
            raise
        except BaseException:
            self._report(CLIENT_CLOSED_REQUEST if self._has_gone else 500)
            raise
        self._report(CLIENT_CLOSED_REQUEST if self._has_gone else 500)

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] in ("http.disconnect", "websocket.disconnect"):
            self._has_gone = True
        return message

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind in _STARTS:
            self._status = message.get("status", 101)
            message = {**message, "headers": self._headers(message.get("headers", []))}
        elif kind == "websocket.close" and self._status == 500:
            self._status = 403
        try:
            await self._send(message)
        except OSError:
            # How servers say that the client has gone (ASGI 2.4).
            self._has_gone = True
            raise
        if kind in _ENDS and not message.get("more_body"):
            self._report(CLIENT_CLOSED_REQUEST if self._has_gone else self._status)

    def _headers(self, headers: Any) -> Headers:
        given = [(bytes(name), bytes(value)) for name, value in headers]
        names = {name.lower() for name, _ in given}
        ours = {**self._verification.headers, "X-Request-Id": self._verification.request_id}
        return [*given, *(one for one in _bytes_of(ours) if one[0] not in names)]

    def _report(self, status: int) -> None:
        if self._is_reported:
            return
        self._is_reported = True
        self._keys.report(self._verification, status, (time.monotonic() - self._started) * 1000)


def path_of(scope: Scope) -> str:
    """The path as the client asked for it, with the `root_path` that some servers leave out."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return quoted_path(path if path.startswith(root) else root + path)


def _client_address(scope: Scope) -> str | None:
    client = scope.get("client")
    return str(client[0]) if client and client[0] else None


def _bytes_of(headers: dict[str, str]) -> Headers:
    return [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


def _resolve(option: _Value | Callable[[Scope], _Value], scope: Scope) -> _Value:
    return option(scope) if callable(option) else option  # pyright: ignore
