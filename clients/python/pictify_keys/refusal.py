"""What a client of your API sees of a refused request: the same problem and headers as `/forward-auth` answers."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes

from .errors import KeysUnavailable
from .verification import Verification

_TITLES = {
    "validation-error": (400, "Validation error"),
    "missing-authorization": (401, "Missing authorization"),
    "invalid-api-key": (401, "Invalid API key"),
    "account-suspended": (403, "Account suspended"),
    "insufficient-permissions": (403, "Insufficient permissions"),
    "ip-not-allowed": (403, "IP address not allowed"),
    "rate-limit-exceeded": (429, "Rate limit exceeded"),
    "test-quota-exceeded": (429, "Test quota exceeded"),
    "plan-limit-exceeded": (429, "Plan limit exceeded"),
    "internal-error": (500, "Internal error"),
    "service-unavailable": (503, "Service unavailable"),
}


class Refused(Exception):
    """A request that goes no further. `retry_after` in seconds."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        facts: dict[str, Any] | None = None,
        retry_after: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.headers = headers or {}
        self.facts = facts or {}
        self.retry_after = retry_after
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer, complete with its headers."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


def refusal_of(refused: Refused, path: str, problem_base_url: str) -> Refusal:
    """`path` is that of the request, without its query, which may hold what should not be repeated."""
    status, title = _TITLES[refused.slug]
    request_id = refused.request_id or _new_request_id()
    retry = {} if refused.retry_after is None else {"retryAfter": refused.retry_after}
    problem = {
        "type": f"{problem_base_url}/{refused.slug}",
        "title": title,
        "status": status,
        "detail": refused.detail,
        **refused.facts,
        **retry,
        "instance": path,
        "requestId": request_id,
    }
    body = json.dumps(problem, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    headers = {
        **refused.headers,
        **({} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(body)),
        "X-Request-Id": request_id,
    }
    return Refusal(status, headers, body)


def refused_by(verification: Verification, permission: str | None) -> Refused:
    """Unknown, revoked and expired keys look the same, so that nobody learns by guessing."""
    headers = dict(verification.headers)
    retry_after, request_id = verification.retry_after, verification.request_id
    match verification.code:
        case "ACCOUNT_SUSPENDED":
            return Refused("account-suspended", "The account of this key is suspended.", request_id=request_id)
        case "FORBIDDEN":
            return Refused(
                "insufficient-permissions",
                f"This key lacks the permission {permission}.",
                facts={"requiredPermission": permission},
                request_id=request_id,
            )
        case "IP_NOT_ALLOWED":
            return Refused(
                "ip-not-allowed", "This key cannot be used from your IP address.", request_id=request_id
            )
        case "RATE_LIMITED":
            return Refused(
                "rate-limit-exceeded",
                f"Too many requests. Try again in {retry_after} s.",
                headers=headers,
                retry_after=retry_after,
                request_id=request_id,
            )
        case "QUOTA_EXCEEDED":
            return Refused(
                "test-quota-exceeded",
                "A test key gets 100 renders per UTC day, and these are used up.",
                headers=headers,
                retry_after=retry_after,
                request_id=request_id,
            )
        case "PLAN_LIMIT_EXCEEDED":
            return Refused(
                "plan-limit-exceeded",
                "The renders of this month’s plan are used up.",
                headers=headers,
                facts={"plan": verification.plan},
                retry_after=retry_after,
                request_id=request_id,
            )
        case _:
            hint = {} if verification.hint is None else {"hint": verification.hint}
            return Refused(
                "invalid-api-key",
                "The API key is not valid. Check that it is whole, of the right type, and not revoked.",
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
                facts=hint,
                request_id=request_id,
            )


def as_refused(error: Exception) -> Refused:
    """Whatever else goes wrong lets nothing pass."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, KeysUnavailable):
        return Refused("service-unavailable", "Keys cannot be verified right now.", retry_after=1)
    return Refused("internal-error", "Something went wrong on our side.")


def presented_key(authorization: str | None, api_key: str | None) -> str:
    """The value that a request presents. Raises Refused where there is none, or two that differ."""
    from_key = api_key or None
    scheme, _, bearer = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        if from_key is None:
            raise Refused(
                "missing-authorization",
                'Send your API key as "Authorization: Bearer <key>".',
                headers={"WWW-Authenticate": "Bearer"},
            )
        return from_key
    if from_key is not None and from_key != bearer:
        message = "Authorization and X-API-Key carry different values. Send one of them."
        error = {"field": "X-API-Key", "message": message, "code": "invalid_format"}
        raise Refused("validation-error", message, facts={"errors": [error]})
    return bearer


def quoted_path(path: str | bytes) -> str:
    """A path as it stands in a URL."""
    return quote_from_bytes(path.encode("utf-8", "replace") if isinstance(path, str) else path, "/:@!$&'()*+,;=~")


_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _new_request_id() -> str:
    """In the service's form: its time in ms in 8 digits, 13 random ones, and `R` for a request that is not counted."""
    digits, rest = "", int(time.time() * 1000)
    for _ in range(8):
        digits, rest = _BASE62[rest % 62] + digits, rest // 62
    return f"req_{digits}{''.join(secrets.choice(_BASE62) for _ in range(13))}R"
