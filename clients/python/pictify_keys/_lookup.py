"""Looks up the addresses of a host within a bound, which the operating system's own lookup does not have."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import Future
from typing import Any

AddressInfo = tuple[Any, Any, int, str, Any]


class Lookup:
    """One lookup at a time: while it hangs, everybody waits for the same one, so threads do not pile up."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._lock = threading.Lock()
        self._running: Future[list[AddressInfo]] | None = None

    def addresses(self, bound: float) -> list[AddressInfo]:
        """Raises OSError; TimeoutError after `bound` seconds."""
        with self._lock:
            running = self._running
            if running is None or running.done():
                running = self._running = Future()
                threading.Thread(target=self._look, args=(running,), daemon=True, name="pictify-keys-lookup").start()
        try:
            return running.result(bound)
        # Not yet the built-in one in Python 3.10.
        except TimeoutError:
            raise
        except Exception as error:
            if isinstance(error, OSError):
                raise
            raise TimeoutError("the host could not be looked up in time") from None

    def _look(self, future: Future[list[AddressInfo]]) -> None:
        try:
            future.set_result(socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM))
        except OSError as error:
            future.set_exception(error)
