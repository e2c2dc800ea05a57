"""Middleware for WSGI (PEP 3333): Flask, Django, Pyramid, Bottle, under any server."""

from __future__ import annotations

import http
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from .keys import Keys
from .refusal import Refusal, as_refused, presented_key, quoted_path, refusal_of, refused_by
from .verification import Verification

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], object]]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
_Value = TypeVar("_Value")

CLIENT_CLOSED_REQUEST = 499
"""What nginx logs, too, when the client went away before the answer."""


class KeysMiddleware:
    """
    Admits requests with a valid key to `app`; `environ["pictify.key"]` is then their Verification. It answers the
    others itself. Status and latency are reported when the answer has left.

    `permission`, `units`, `client_ip` and `endpoint` may be functions of the environ. `client_ip` is REMOTE_ADDR by
    default: behind a proxy, give what your server makes of its headers. `endpoint` is the path, never its query.
    """

    def __init__(
        self,
        app: Application,
        keys: Keys,
        *,
        permission: str | Callable[[Environ], str | None] | None = None,
        units: int | Callable[[Environ], int] = 1,
        client_ip: Callable[[Environ], str | None] | None = None,
        endpoint: Callable[[Environ], str | None] | None = None,
    ) -> None:
        self._app = app
        self._keys = keys
        self._permission = permission
        self._units = units
        self._client_ip = client_ip or _remote_address
        self._endpoint = endpoint or path_of

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started = time.monotonic()
        try:
            verification = self._verify(environ)
        except Exception as error:
            return self._refuse(error, path_of(environ), start_response)
        environ["pictify.key"] = verification
        answer = _Answer(self._keys, verification, started, start_response, environ["REQUEST_METHOD"] == "HEAD")
        return answer.of(self._app, environ)

    def _verify(self, environ: Environ) -> Verification:
        key = presented_key(environ.get("HTTP_AUTHORIZATION"), environ.get("HTTP_X_API_KEY"))
        permission = _resolve(self._permission, environ)
        verification = self._keys.verify(
            key,
            permission,
            _resolve(self._units, environ),
            ip=self._client_ip(environ),
            endpoint=self._endpoint(environ),
            method=environ["REQUEST_METHOD"],
        )
        if not verification.valid:
            raise refused_by(verification, permission)
        return verification

    def _refuse(self, error: Exception, path: str, start_response: StartResponse) -> Iterable[bytes]:
        refused = as_refused(error)
        if refused is not error:
            self._keys.on_error(error)
        refusal: Refusal = refusal_of(refused, path, self._keys.problem_base_url)
        status = f"{refusal.status} {http.HTTPStatus(refusal.status).phrase}"
        start_response(status, list(refusal.headers.items()))
        return [refusal.body]


class _Answer:
    """One answer of the application, on its way."""

    def __init__(
        self,
        keys: Keys,
        verification: Verification,
        started: float,
        start_response: StartResponse,
        is_head: bool,
    ) -> None:
        self._keys = keys
        self._verification = verification
        self._started = started
        self._start_response = start_response
        self._is_head = is_head
        self._status = 500
        self._is_reported = False

    def of(self, app: Application, environ: Environ) -> Iterable[bytes]:
        try:
            body = app(environ, self._start)
        except BaseException:
            self.report(500)
            raise
        return _SizedBody(body, self) if hasattr(body, "__len__") else _Body(body, self)

    def _start(self, status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
        self._status = int(status[:3])
        given = {name.lower() for name, _ in headers}
        ours = {**self._verification.headers, "X-Request-Id": self._verification.request_id}
        added = [(name, value) for name, value in ours.items() if name.lower() not in given]
        return self._start_response(status, [*headers, *added], *more)

    def ended(self, is_whole: bool) -> None:
        # Some servers read no body for HEAD.
        self.report(self._status if is_whole or self._is_head else CLIENT_CLOSED_REQUEST)

    def report(self, status: int) -> None:
        if self._is_reported:
            return
        self._is_reported = True
        self._keys.report(self._verification, status, (time.monotonic() - self._started) * 1000)


class _Body:
    """The server closes it when the answer has left, or when the client has gone."""

    def __init__(self, body: Iterable[bytes], answer: _Answer) -> None:
        self._body = body
        self._answer = answer
        self._is_whole = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._body
        except GeneratorExit:
            raise
        except BaseException:
            self._answer.report(500)
            raise
        self._is_whole = True

    def close(self) -> None:
        try:
            close: Callable[[], None] | None = getattr(self._body, "close", None)
            if close:
                close()
        finally:
            self._answer.ended(self._is_whole)


class _SizedBody(_Body):
    """Servers make a Content-Length from the length of a list of one part."""

    def __len__(self) -> int:
        return len(self._body)  # type: ignore[arg-type]


def path_of(environ: Environ) -> str:
    """The path as the client asked for it. WSGI has its bytes as Latin-1."""
    path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}" or "/"
    return quoted_path(path.encode("latin-1", "replace"))


def _remote_address(environ: Environ) -> str | None:
    return environ.get("REMOTE_ADDR") or None


def _resolve(option: _Value | Callable[[Environ], _Value], environ: Environ) -> _Value:
    return option(environ) if callable(option) else option  # pyright: ignore
