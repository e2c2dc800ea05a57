"""The client of servers that take keys, for asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from types import TracebackType

from ._async_pool import AsyncPool
from ._error_log import ErrorLog
from ._http import address_of
from ._reports import OnError, Reports, event_of
from ._secret import Secret
from .errors import KeysUnavailable
from .keys import PROBLEM_BASE_URL, REPORT_TIMEOUT
from .verification import RequestFacts, Verification, presented, read_verification, verify_request


class AsyncKeys:
    """`Keys` for asyncio. Tasks of one event loop share one. Close it at the end, or use it as a context."""

    def __init__(
        self,
        url: str,
        service_token: str | Secret,
        *,
        timeout: float = 2.0,
        max_connections: int = 256,
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
        self._pool = AsyncPool(address_of(url, ssl_context), Secret(presented(service_token)), max_connections)
        self._reporter = _Reporter(self._pool, Reports(report_capacity, report_interval, self.on_error))

    async def verify(
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
        """As `Keys.verify`."""
        facts = RequestFacts(ip, endpoint, method)
        asked = verify_request(presented(key), permission, units, facts, idempotency_key)
        return read_verification(await self._pool.send(asked, self.timeout), facts)

    def report(
        self,
        verification: Verification,
        status: int,
        latency_ms: float | None = None,
        *,
        endpoint: str | None = None,
    ) -> None:
        """As `Keys.report`. Call it in the event loop; it returns at once."""
        try:
            event = event_of(verification, status, latency_ms, endpoint)
        except (TypeError, ValueError) as error:
            return self.on_error(error)
        if event:
            self._reporter.add(event)

    @property
    def dropped_reports(self) -> int:
        """As `Keys.dropped_reports`."""
        return self._reporter.reports.dropped

    async def close(self, timeout: float = 10.0) -> None:
        """As `Keys.close`."""
        await self._reporter.close(timeout)
        await self._pool.close()

    async def __aenter__(self) -> AsyncKeys:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncKeys({self.url!r})"


class _Reporter:
    """A task that runs while something waits. A batch leaves memory only once the service has it."""

    def __init__(self, pool: AsyncPool, reports: Reports) -> None:
        self.reports = reports
        self._pool = pool
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._deadline: float | None = None

    def add(self, event: dict[str, object]) -> None:
        loop = asyncio.get_running_loop()
        self.reports.add(event, self._deadline is not None)
        if self._loop is not loop or self._task is None or self._task.done():
            # The task of a loop that has ended went with it.
            self._loop = loop
            self._hurry = asyncio.Event()
            self._task = loop.create_task(self._run())
        if self.reports.is_full_batch and not self.reports.failures:
            self._hurry.set()

    async def close(self, timeout: float) -> None:
        self._deadline = time.monotonic() + timeout
        if self._task and self._loop is asyncio.get_running_loop() and not self._task.done():
            self._hurry.set()
            await asyncio.wait({self._task}, timeout=timeout)
            self._task.cancel()
        self.reports.drop_all()
        self.reports.tell()

    async def _run(self) -> None:
        pause = self.reports.interval
        while True:
            await self._wait(pause)
            request = self.reports.next_batch()
            seconds = REPORT_TIMEOUT if self._deadline is None else self._deadline - time.monotonic()
            if request is None or seconds <= 0:
                return
            try:
                outcome = await self._pool.send(request, min(seconds, REPORT_TIMEOUT))
            except KeysUnavailable as error:
                outcome = error
            pause = self.reports.sent(outcome)
            self.reports.tell()

    async def _wait(self, pause: float) -> None:
        if self._deadline is not None and self.reports.failures:
            await asyncio.sleep(min(pause, 0.1))
            return
        if pause > 0:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), pause)
        if self._deadline is None:
            self._hurry.clear()
