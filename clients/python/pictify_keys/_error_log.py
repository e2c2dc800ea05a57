"""What goes wrong beside the requests, in the log."""

from __future__ import annotations

import logging
import time

_log = logging.getLogger("pictify_keys")


class ErrorLog:
    """The default `on_error`. While the service is away each request fails: a line a second and kind, with a count."""

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[float, int]] = {}

    def __call__(self, error: Exception) -> None:
        kind = type(error).__name__
        now = time.monotonic()
        last, unsaid = self._kinds.get(kind, (float("-inf"), 0))
        if now - last < 1:
            self._kinds[kind] = (last, unsaid + 1)
            return
        self._kinds[kind] = (now, 0)
        more = f" ({unsaid} more since the last line)" if unsaid else ""
        _log.warning("%s: %s%s", kind, error, more)
