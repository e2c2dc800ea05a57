"""
Kept-alive connections of asyncio tasks. Not the threads' pool behind `asyncio.to_thread`: while the service hangs,
that would take every thread of the loop's executor, and cancelling a task would not end its request.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import io
import socket
import ssl
import time
from collections.abc import Iterable
from types import TracebackType
from typing import SupportsIndex, cast

from ._http import (
    IDLE_SECONDS,
    MAX_BODY,
    MAX_HEAD,
    Address,
    ConnectionClosed,
    Request,
    Response,
    lower_headers,
    write_request,
)
from ._secret import Secret
from .errors import KeysUnavailable

_BROKEN = (ConnectionError, asyncio.IncompleteReadError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
_FAILURES = (OSError, EOFError, asyncio.LimitOverrunError, asyncio.TimeoutError, http.client.HTTPException, ValueError)


class AsyncPool:
    """A connection is one task's at a time. At most `size` are open. A pool serves one event loop at a time."""

    def __init__(self, address: Address, token: Secret, size: int) -> None:
        self._address = address
        self._token = token
        self._size = size
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # Connections of a loop that has ended, or of the parent of this process, are nobody's.
            self._loop = loop
            self._idle: list[_Connection] = []
            self._free = asyncio.Semaphore(self._size)

    async def send(self, request: Request, timeout: float) -> Response:
        """As `Pool.send`. A task that is cancelled closes its connection."""
        self._start()
        data = write_request(self._address, self._token, request)
        try:
            return await asyncio.wait_for(self._exchange_in_turn(data, request.method), timeout)
        except _FAILURES as error:
            raise KeysUnavailable(f"{request.method} {self._address.authority}: {_reason(error)}") from error

    async def close(self) -> None:
        self._closed = True
        if self._loop is asyncio.get_running_loop():
            idle, self._idle = self._idle, []
            for connection in idle:
                connection.close()

    async def _exchange_in_turn(self, data: bytes, method: str) -> Response:
        async with self._free:
            kept = self._take()
            if kept:
                with contextlib.suppress(ConnectionClosed):
                    return await self._use(kept, data, method)
            return await self._use(await self._connect(), data, method)

    async def _use(self, connection: _Connection, data: bytes, method: str) -> Response:
        async with connection:
            response = await connection.exchange(data, method)
            if connection.keeps and not self._closed:
                connection.in_use = False
                self._idle.append(connection)
            return response

    def _take(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable():
                connection.in_use = True
                return connection
            connection.close()
        return None

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        reader = _CountingReader(limit=MAX_HEAD, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.create_connection(
            lambda: protocol,
            self._address.host,
            self._address.port,
            ssl=self._address.context,
            # Tries the next address when one does not answer (RFC 8305).
            happy_eyeballs_delay=0.25,
        )
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        with contextlib.suppress(OSError, AttributeError):
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Connection(reader, writer)


class _CountingReader(asyncio.StreamReader):
    """Knows whether everything that came was read: what is left over would pass for the next answer."""

    def __init__(self, limit: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=limit, loop=loop)
        self._unread = 0

    @property
    def is_clean(self) -> bool:
        return self._unread == 0 and not self.at_eof()

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        self._unread += len(cast(bytes, data))
        super().feed_data(data)

    async def readuntil(self, separator: bytes = b"\n") -> bytes:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._read(await super().readuntil(separator))

    async def readexactly(self, n: int) -> bytes:
        return self._read(await super().readexactly(n))

    async def read(self, n: int = -1) -> bytes:
        return self._read(await super().read(n))

    def _read(self, data: bytes) -> bytes:
        self._unread -= len(data)
        return data


class _Connection:
    """As a context it closes itself, unless it went back to the idle ones."""

    def __init__(self, reader: _CountingReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._used = False
        self._idle_since = time.monotonic()
        self.keeps = False
        self.in_use = True

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.in_use:
            self.close()

    async def exchange(self, data: bytes, method: str) -> Response:
        try:
            self._writer.write(data)
            await self._writer.drain()
            head = await self._reader.readuntil(b"\r\n\r\n")
        except _BROKEN as error:
            is_silent = not (isinstance(error, asyncio.IncompleteReadError) and error.partial)
            if self._used and is_silent:
                raise ConnectionClosed from error
            raise
        start, _, rest = head.partition(b"\r\n")
        version, status = _status_of(start)
        headers = lower_headers(http.client.parse_headers(io.BytesIO(rest)))
        body = await self._body(headers, has_none=method == "HEAD" or status in (204, 304))
        connection = headers.get("connection", "").lower()
        self.keeps = version == "HTTP/1.1" and "close" not in connection and body.is_delimited
        self._used = True
        self._idle_since = time.monotonic()
        return Response(status, headers, body.data)

    async def _body(self, headers: dict[str, str], has_none: bool) -> _Body:
        if has_none:
            return _Body(b"")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return _Body(await self._chunks())
        length = headers.get("content-length")
        if length is not None:
            if not (length.isascii() and length.isdigit()) or int(length) > MAX_BODY:
                raise http.client.HTTPException("the answer has no proper length")
            return _Body(await self._reader.readexactly(int(length)))
        data = await self._reader.read(MAX_BODY)
        while more := await self._reader.read(MAX_BODY):
            data += more
            if len(data) > MAX_BODY:
                raise http.client.HTTPException("the answer is too large")
        return _Body(data, is_delimited=False)

    async def _chunks(self) -> bytes:
        data = bytearray()
        while True:
            line = await self._reader.readuntil(b"\r\n")
            size = int(line.split(b";", 1)[0].strip(), 16)
            if size < 0 or len(data) + size > MAX_BODY:
                raise http.client.HTTPException("the answer is too large")
            if size == 0:
                break
            data += await self._reader.readexactly(size)
            await self._reader.readexactly(2)
        while await self._reader.readuntil(b"\r\n") != b"\r\n":
            pass
        return bytes(data)

    def is_usable(self) -> bool:
        is_fresh = time.monotonic() - self._idle_since <= IDLE_SECONDS
        return is_fresh and not self._writer.is_closing() and self._reader.is_clean

    def close(self) -> None:
        self._writer.transport.abort()


class _Body:
    def __init__(self, data: bytes, is_delimited: bool = True) -> None:
        self.data = data
        self.is_delimited = is_delimited


def _status_of(line: bytes) -> tuple[str, int]:
    parts = line.decode("latin-1").split(" ", 2)
    if len(parts) < 2 or not parts[0].startswith("HTTP/1.") or len(parts[1]) != 3 or not parts[1].isdigit():
        raise http.client.BadStatusLine("the answer is not HTTP/1.1")
    return parts[0], int(parts[1])


def _reason(error: BaseException) -> str:
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        return "no answer in time"
    return str(error) or type(error).__name__
