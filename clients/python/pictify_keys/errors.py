"""What the clients raise. No message and no `repr` has a key or a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ._secret import Secret


class KeysError(Exception):
    """The base of all errors of this package."""


class KeysUnavailable(KeysError):
    """The service did not answer within the bound, or could not decide. Refuse the request with 503."""

    retry_after: float = 1
    """Seconds."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        if retry_after is not None:
            self.retry_after = retry_after


class ServiceTokenRefused(KeysUnavailable):
    """The service token is unknown, revoked, or lacks the permission. It is an error of the set-up."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that the service refused, such as `allowedIps[0]`."""

    field: str
    message: str
    code: str


class Problem(KeysError):
    """A refusal of the service (RFC 9457)."""

    def __init__(self, status: int, body: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.type = str(body.get("type", "about:blank"))
        self.title = str(body.get("title", ""))
        self.detail = str(body.get("detail", ""))
        self.request_id = cast("str | None", body.get("requestId"))
        self.retry_after = retry_after
        """Seconds after which the same request may succeed, where the service says so."""
        self.errors = tuple(_field_errors(body.get("errors")))
        self.facts: dict[str, Any] = {name: value for name, value in body.items() if name not in _SAID}
        """What is particular to this kind of problem, such as `successorId`."""
        super().__init__(f"{status} {self.slug}: {self.detail}" + (f" ({self.request_id})" if self.request_id else ""))

    @property
    def slug(self) -> str:
        """The last part of `type`, such as `api-key-not-found`."""
        return self.type.rsplit("/", 1)[-1]


_SAID = {"type", "title", "status", "detail", "requestId", "errors", "instance", "retryAfter"}


def _field_errors(errors: object) -> list[FieldError]:
    if not isinstance(errors, list):
        return []
    entries = [cast("dict[str, Any]", entry) for entry in cast("list[object]", errors) if isinstance(entry, dict)]
    return [FieldError(*(str(entry.get(name, "")) for name in ("field", "message", "code"))) for entry in entries]


class OperationPending(KeysError):
    """
    The change is stored and will complete, but it did not within the bound. `secret` is what it makes, if anything:
    keep it, because no later answer has it.
    """

    def __init__(self, operation_id: str, secret: Secret | None = None) -> None:
        super().__init__(f"{operation_id} is still pending")
        self.operation_id = operation_id
        self.secret = secret
