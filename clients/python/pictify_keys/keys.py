"""The client of servers that take keys: verifies, and reports in the background."""

from __future__ import annotations

import ssl
import threading
import time
import weakref
from types import TracebackType

from ._forks import Forkable
from ._error_log import ErrorLog
from ._http import address_of
from ._pool import Pool
from ._reports import OnError, Reports, event_of
from ._secret import Secret
from .errors import KeysUnavailable
from .verification import RequestFacts, Verification, presented, read_verification, verify_request

PROBLEM_BASE_URL = "https://docs.pictify.io/errors"
REPORT_TIMEOUT = 10.0

class Keys:
    """
    Asks the service at `url` in the name of `service_token`. Threads share one. It may be created before a server
    forks. Close it at the end, or use it as a context: reports that wait are lost otherwise.
    """

    def __init__(
        self,
        url: str,
        service_token: str | Secret,
        *,
        timeout: float = 2.0,
        max_connections: int = 64,
        report_interval: float = 1.0,
        report_capacity: int = 50_000,
        on_error: OnError | None = None,
        problem_base_url: str = PROBLEM_BASE_URL,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.url = url
        self.timeout = timeout
        self.problem_base_url = problem_base_url
        self.on_error: OnError = on_error or ErrorLog()
        self._pool = Pool(address_of(url, ssl_context), Secret(presented(service_token)), max_connections)
        self._reporter = _Reporter(self._pool, report_capacity, report_interval, self.on_error)
        # At the end of the process, too.
        self._finalizer = weakref.finalize(self, _close, self._reporter, self._pool, 2.0)

    def verify(
        self,
        key: str | Secret,
        permission: str | None = None,
        units: int = 1,
        ip: str | None = None,
        endpoint: str | None = None,
        method: str | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Verification:
        """
        Decides whether this key may make one request now, and counts the request. Give the value as the client sent
        it, untrimmed. `units` are renders, with the permission `renders:write`. `ip` is the end user's address.

        Raises KeysUnavailable within about `timeout` seconds when nothing can be decided: refuse with 503. Raises
        Problem where an argument is not valid. With an `idempotency_key`, asking again within 10 minutes counts once.
        """
        facts = RequestFacts(ip, endpoint, method)
        asked = verify_request(presented(key), permission, units, facts, idempotency_key)
        return read_verification(self._pool.send(asked, self.timeout), facts)

    def report(
        self,
        verification: Verification,
        status: int,
        latency_ms: float | None = None,
        *,
        endpoint: str | None = None,
    ) -> None:
        """
        Completes an admitted request with the status and the latency of your answer. Once per verification counts.
        Never waits and never raises. `endpoint` is for a framework that knows the route only afterwards: then leave it
        out of `verify`.
        """
        try:
            event = event_of(verification, status, latency_ms, endpoint)
        except (TypeError, ValueError) as error:
            return self.on_error(error)
        if event:
            self._reporter.add(event)

    @property
    def dropped_reports(self) -> int:
        """Reports that could not be sent. Their requests are counted all the same."""
        return self._reporter.reports.dropped

    def close(self, timeout: float = 10.0) -> None:
        """Sends the reports that wait, within about `timeout` seconds, and closes the connections."""
        if self._finalizer.detach():
            _close(self._reporter, self._pool, timeout)

    def __enter__(self) -> Keys:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Keys({self.url!r})"


def _close(reporter: _Reporter, pool: Pool, timeout: float) -> None:
    reporter.close(timeout)
    pool.close()


class _Reporter(Forkable):
    """A thread that starts with the first report. A batch leaves memory only once the service has it."""

    def __init__(self, pool: Pool, capacity: int, interval: float, on_error: OnError) -> None:
        super().__init__()
        self._pool = pool
        self._new = lambda: Reports(capacity, interval, on_error)
        self._deadline = float("inf")
        self.after_fork()

    def after_fork(self) -> None:
        # What waits in the parent is sent by the parent.
        self.reports = self._new()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, event: dict[str, object]) -> None:
        with self._changed:
            self.reports.add(event, self._is_closing)
            if self._thread is None and not self._is_closing:
                self._thread = threading.Thread(target=self._run, daemon=True, name="pictify-keys-reports")
                self._thread.start()
            if self.reports.is_full_batch:
                self._changed.notify()

    def close(self, timeout: float) -> None:
        with self._changed:
            self._deadline = time.monotonic() + timeout
            self._changed.notify()
            thread = self._thread
        if thread and thread is not threading.current_thread():
            thread.join(timeout)
        with self._changed:
            self.reports.drop_all()
        self.reports.tell()

    def _run(self) -> None:
        pause = self.reports.interval
        while True:
            with self._changed:
                self._wait(pause)
                request = self.reports.next_batch()
                if request is None and self._is_closing:
                    return
            if request is None:
                pause = self.reports.interval
                continue
            seconds = min(REPORT_TIMEOUT, self._deadline - time.monotonic())
            if seconds <= 0:
                return
            try:
                outcome = self._pool.send(request, seconds)
            except KeysUnavailable as error:
                outcome = error
            with self._changed:
                pause = self.reports.sent(outcome)
            self.reports.tell()

    @property
    def _is_closing(self) -> bool:
        return self._deadline != float("inf")

    def _wait(self, pause: float) -> None:
        """Until the pause is over, or a batch is full and nothing has failed; at the end, briefly after a failure."""
        reports = self.reports
        if reports.failures:
            if self._is_closing:
                self._changed.wait(min(pause, 0.1, max(0.0, self._deadline - time.monotonic())))
            else:
                self._changed.wait_for(lambda: self._is_closing, pause)
            return
        self._changed.wait_for(lambda: self._is_closing or reports.is_full_batch, pause)
