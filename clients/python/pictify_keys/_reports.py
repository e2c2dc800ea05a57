"""Reports of status and latency, in bounded memory and in batches. It knows neither threads nor asyncio."""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ._http import Request, Response, error_of, json_request
from .errors import KeysError, KeysUnavailable, Problem, ServiceTokenRefused
from .verification import Verification, as_unavailable, storable

BATCH = 500
LONGEST_PAUSE = 10.0
_DAY_MS = 86_400_000
_NAMED = re.compile(r"events\[(\d+)\]")

OnError = Callable[[Exception], None]
Event = dict[str, Any]


class Reports:
    """What waits to be sent. The oldest leave first when it is full: their requests are counted all the same."""

    def __init__(self, capacity: int, interval: float, on_error: OnError) -> None:
        self.interval = interval
        self.dropped = 0
        self.failures = 0
        self._capacity = capacity
        self._waiting: deque[Event] = deque()
        self._sending: list[Event] = []
        self._on_error = on_error
        self._faults: list[Exception] = []
        self._pause = interval

    def __len__(self) -> int:
        return len(self._waiting) + len(self._sending)

    @property
    def is_full_batch(self) -> bool:
        return len(self._waiting) >= BATCH

    def tell(self) -> None:
        """Hands over what went wrong. Called outside of any lock, because it runs the user's code."""
        faults, self._faults = self._faults, []
        for fault in faults:
            try:
                self._on_error(fault)
            except Exception:
                logging.getLogger("pictify_keys").exception("on_error failed")

    def add(self, event: Event, is_closed: bool = False) -> None:
        if is_closed:
            return self._drop(1)
        self._waiting.append(event)
        if len(self) > self._capacity:
            self._waiting.popleft()
            self._drop(1)

    def next_batch(self) -> Request | None:
        """The batch that failed, again, or the next one. None where nothing waits."""
        while self._waiting and len(self._sending) < BATCH:
            self._sending.append(self._waiting.popleft())
        return json_request("POST", "/usage/events", {"events": self._sending}) if self._sending else None

    def sent(self, outcome: Response | Exception) -> float:
        """Takes in what became of the batch. Returns seconds to wait before the next one."""
        error = outcome if isinstance(outcome, Exception) else None
        if isinstance(outcome, Response) and outcome.status != 202:
            error = as_unavailable(error_of(outcome))
        if error is None:
            self._sending.clear()
            self.failures = 0
            self._pause = self.interval
            return 0 if self.is_full_batch else self.interval
        if self.failures == 0:
            self._faults.append(error)
        self.failures += 1
        if isinstance(error, ServiceTokenRefused):
            self.drop_all()
            return self.interval
        if isinstance(error, Problem):
            return self._drop_refused(error)
        retry_after = error.retry_after if isinstance(error, KeysUnavailable) else 0
        self._pause = min(max(self._pause * 2, 0.1, retry_after), LONGEST_PAUSE)
        return self._pause

    def drop_all(self) -> None:
        count = len(self)
        self._waiting.clear()
        self._sending.clear()
        self._drop(count)

    def _drop_refused(self, problem: Problem) -> float:
        """One bad event refuses its batch: without it, the others count."""
        named = {int(found[1]) for error in problem.errors if (found := _NAMED.match(error.field))}
        kept = [event for index, event in enumerate(self._sending) if named and index not in named]
        self._drop(len(self._sending) - len(kept))
        self._sending = kept
        return 0 if kept else self.interval

    def _drop(self, count: int) -> None:
        if count == 0:
            return
        before, self.dropped = self.dropped, self.dropped + count
        # One line a thousand: while the service is away it is every request.
        if before == 0 or before // 1_000 != self.dropped // 1_000:
            self._faults.append(KeysError(f"{self.dropped} reports of usage were dropped so far"))


def event_of(
    verification: Verification, status: int, latency_ms: float | None, endpoint: str | None
) -> Event | None:
    """None where nothing is to be reported. Raises ValueError for what is no outcome of a request."""
    if not verification.valid or verification.key_id is None:
        return None
    if not 100 <= status <= 599:
        raise ValueError(f"status must be 100 to 599, not {status}")
    event: Event = {
        # The verification's own: a second report of the same request counts nothing.
        "id": verification.request_id,
        "requestId": verification.request_id,
        "keyId": verification.key_id,
        "at": datetime.fromtimestamp(time.time(), timezone.utc).isoformat(timespec="milliseconds"),
        "status": int(status),
        **verification.facts.fields(),
    }
    if latency_ms is not None:
        if not 0 <= latency_ms <= _DAY_MS:
            raise ValueError("latency_ms must be 0 to 86,400,000")
        event["latencyMs"] = latency_ms
    if endpoint is not None:
        event["endpoint"] = storable(endpoint, 256)
    return event
