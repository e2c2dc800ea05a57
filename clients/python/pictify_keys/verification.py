"""One decision about one presented key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, cast

from ._http import Request, Response, error_of, json_request, read_json
from ._secret import Secret
from .errors import KeysUnavailable, Problem, ServiceTokenRefused

Code = Literal[
    "VALID",
    "NOT_FOUND",
    "REVOKED",
    "EXPIRED",
    "FORBIDDEN",
    "ACCOUNT_SUSPENDED",
    "IP_NOT_ALLOWED",
    "RATE_LIMITED",
    "QUOTA_EXCEEDED",
    "PLAN_LIMIT_EXCEEDED",
]
"""A later release may have others: everything but `VALID` is a refusal."""

MAX_VALUE = 512
"""The service takes no longer value. A longer one cannot be a key, so its start is enough to say so."""

LIMIT_HEADERS = {
    name.lower(): name
    for name in (
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "X-Usage-Requests-Today",
        "RateLimit-Policy",
        "RateLimit",
    )
}


@dataclass(frozen=True, slots=True)
class Limit:
    """`reset` in Unix seconds."""

    limit: int
    remaining: int
    reset: int


@dataclass(frozen=True, slots=True)
class Verification:
    """`valid` decides; `code` says why. It never has the key's value."""

    valid: bool
    code: Code
    request_id: str
    hint: str | None = None
    """Why a malformed value cannot be a key."""
    key_id: str | None = None
    account_id: str | None = None
    name: str | None = None
    type: Literal["live", "test"] | None = None
    access: str | None = None
    permissions: tuple[str, ...] = ()
    plan: str | None = None
    watermark: bool = False
    """Whether what is rendered must carry a watermark."""
    overage: bool = False
    """The renders of this month are above the soft limit of the plan."""
    requests_today: int | None = None
    limits: Mapping[str, Limit] = field(default_factory=lambda: MappingProxyType({}))
    """By name: `minute`, `day`, and `test-renders` or `month-renders`. An unlimited one is absent."""
    retry_after: int | None = None
    """Seconds after which a refused request may be admitted."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """The limits as headers of your answer to the client."""
    facts: RequestFacts = field(default_factory=lambda: RequestFacts(), repr=False)
    """What `verify` was given about the request. The report of its outcome says the same."""


@dataclass(frozen=True, slots=True)
class RequestFacts:
    ip: str | None = None
    endpoint: str | None = None
    method: str | None = None

    def fields(self) -> dict[str, str]:
        """In the form that the service stores. Without an address where the server knows none."""
        given = {
            "ip": self.ip or None,
            "endpoint": None if self.endpoint is None else storable(self.endpoint, 256),
            "method": None if self.method is None else storable(self.method, 16),
        }
        return {name: value for name, value in given.items() if value is not None}


def verify_request(
    key: str, permission: str | None, units: int, facts: RequestFacts, idempotency_key: str | None
) -> Request:
    body: dict[str, object] = {"key": clip(key, MAX_VALUE), "units": units, **facts.fields()}
    if permission is not None:
        body["permission"] = permission
    headers = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
    return json_request("POST", "/verify", body, headers=headers)


def clip(text: str, length: int) -> str:
    """The start of a text, of at most so many UTF-16 units, as the service counts them."""
    if len(text) * 2 <= length or (text.isascii() and len(text) <= length):
        return text
    return text.encode("utf-16-le", "surrogatepass")[: length * 2].decode("utf-16-le", "ignore")


def storable(text: str, length: int) -> str:
    """What Postgres can store of it."""
    return clip(text.replace("\0", "").encode("utf-8", "replace").decode(), length)


def read_verification(response: Response, facts: RequestFacts) -> Verification:
    if response.status != 200:
        raise as_unavailable(error_of(response))
    try:
        return _verification(read_json(response), response.headers, facts)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise KeysUnavailable("the answer is not a verification") from None


def as_unavailable(error: Exception) -> Exception:
    """A service token that is refused decides nothing about the key."""
    if isinstance(error, Problem) and error.status in (401, 403):
        return ServiceTokenRefused(f"the service token was refused: {error}")
    if isinstance(error, Problem) and error.status in (408, 429):
        return KeysUnavailable(str(error), retry_after=error.retry_after)
    return error


def _verification(body: dict[str, Any], headers: Mapping[str, str], facts: RequestFacts) -> Verification:
    code = str(body["code"])
    limits = cast("dict[str, dict[str, int]]", body.get("limits", {}))
    return Verification(
        # Both must say so: fail closed.
        valid=body["valid"] is True and code == "VALID",
        code=cast(Code, code),
        request_id=str(body["requestId"]),
        hint=body.get("hint"),
        key_id=body.get("keyId"),
        account_id=body.get("accountId"),
        name=body.get("name"),
        type=body.get("type"),
        access=body.get("access"),
        permissions=tuple(body.get("permissions", ())),
        plan=body.get("plan"),
        watermark=body.get("watermark", False),
        overage=body.get("overage", False),
        requests_today=body.get("requestsToday"),
        limits=MappingProxyType(
            {name: Limit(one["limit"], one["remaining"], one["reset"]) for name, one in limits.items()}
        ),
        retry_after=body.get("retryAfter"),
        headers=MappingProxyType({name: headers[low] for low, name in LIMIT_HEADERS.items() if low in headers}),
        facts=facts,
    )


def presented(key: str | Secret) -> str:
    return key.reveal() if isinstance(key, Secret) else key
