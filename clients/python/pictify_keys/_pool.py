"""Kept-alive connections of threads. Each wait has the deadline of its request."""

from __future__ import annotations

import contextlib
import http.client
import io
import select
import socket
import ssl
import threading
import time
from typing import cast

from ._forks import Forkable
from ._http import (
    IDLE_SECONDS,
    MAX_BODY,
    Address,
    ConnectionClosed,
    Request,
    Response,
    lower_headers,
    write_request,
)
from ._lookup import Lookup
from ._secret import Secret
from .errors import KeysUnavailable


def left(deadline: float) -> float:
    """Seconds until then. Raises TimeoutError once there are none."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the service did not answer in time")
    return seconds


class Pool(Forkable):
    """A connection is one thread's at a time. At most `size` are open."""

    def __init__(self, address: Address, token: Secret, size: int) -> None:
        super().__init__()
        self._address = address
        self._token = token
        self._size = size
        self._closed = False
        self.after_fork()

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        self._free = threading.Semaphore(self._size)
        self._idle: list[_Connection] = []
        self._lookup = Lookup(self._address.host, self._address.port)

    def send(self, request: Request, timeout: float) -> Response:
        """
        Sends a request once. A kept connection that turns out to be closed before anything was answered is replaced
        once. Raises KeysUnavailable, within about `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        data = write_request(self._address, self._token, request)
        if not self._free.acquire(timeout=timeout):
            raise KeysUnavailable("all connections are in use")
        try:
            return self._exchange(data, request.method, deadline)
        except (OSError, http.client.HTTPException) as error:
            raise KeysUnavailable(f"{request.method} {self._address.authority}: {_reason(error)}") from error
        finally:
            self._free.release()

    def close(self) -> None:
        """Connections in use are closed by their threads."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _exchange(self, data: bytes, method: str, deadline: float) -> Response:
        kept = self._take()
        if kept:
            with contextlib.suppress(ConnectionClosed):
                return self._use(kept, data, method, deadline)
        return self._use(self._connect(deadline), data, method, deadline)

    def _use(self, connection: _Connection, data: bytes, method: str, deadline: float) -> Response:
        try:
            response = connection.exchange(data, method, deadline)
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)
        return response

    def _take(self) -> _Connection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if connection.is_usable():
                return connection
            connection.close()

    def _give_back(self, connection: _Connection) -> None:
        with self._lock:
            if not self._closed and connection.keeps:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self, deadline: float) -> _Connection:
        failure: OSError = OSError("the host has no address")
        for family, kind, protocol, _, place in self._lookup.addresses(left(deadline)):
            connected: socket.socket | None = None
            try:
                connected = socket.socket(family, kind, protocol)
                connected.settimeout(left(deadline))
                connected.connect(place)
                connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connected.settimeout(left(deadline))
                context = self._address.context
                if context:
                    connected = context.wrap_socket(connected, server_hostname=self._address.host)
                return _Connection(connected)
            except OSError as error:
                failure = error
                if connected:
                    connected.close()
        raise failure


class _Connection:
    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._used = False
        self._idle_since = time.monotonic()
        self.keeps = True

    def exchange(self, data: bytes, method: str, deadline: float) -> Response:
        reader = _BoundedReader(self._socket, deadline)
        try:
            self._socket.settimeout(left(deadline))
            self._socket.sendall(data)
            # http.client parses; this reads with what is left of the bound, each time.
            answer = http.client.HTTPResponse(cast(socket.socket, reader), method=method)
            answer.begin()
        except (ConnectionError, http.client.BadStatusLine, ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            if self._used and not reader.has_read:
                raise ConnectionClosed from error
            raise
        body = bytearray()
        while chunk := answer.read(65_536):
            body += chunk
            if len(body) > MAX_BODY:
                raise http.client.HTTPException("the answer is too large")
        if answer.length:
            raise http.client.IncompleteRead(bytes(), answer.length)
        self.keeps = not answer.will_close
        self._used = True
        self._idle_since = time.monotonic()
        return Response(answer.status, lower_headers(answer.headers), bytes(body))

    def is_usable(self) -> bool:
        """An idle connection has nothing to read, unless the other side has closed it."""
        if time.monotonic() - self._idle_since > IDLE_SECONDS:
            return False
        try:
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            return not poll.poll(0)
        except AttributeError:
            return not select.select([self._socket], [], [], 0)[0]
        except (OSError, ValueError):
            return False

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()


class _BoundedReader(io.RawIOBase):
    """A socket whose every read has what is left until the deadline."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        super().__init__()
        self._connected = connected
        self._deadline = deadline
        self.has_read = False

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._connected.settimeout(left(self._deadline))
        read = self._connected.recv_into(buffer)
        self.has_read = self.has_read or read > 0
        return read


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__
