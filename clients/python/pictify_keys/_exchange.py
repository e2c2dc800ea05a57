"""
One management call until its end: repeated while that is safe, and followed while the change is pending. It knows
neither threads nor asyncio: it yields what is to be done, and gets what came of it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ._http import Request, Response, error_of, json_request, read_json, segment
from ._secret import Secret
from .errors import KeysError, KeysUnavailable, OperationPending, Problem

_SECRETS = ("key", "secret", "token", "adminKey")
_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_MOST_FAILURES = 4
"""Attempts without an answer of the service; a change that is pending is followed until the bound."""


@dataclass(frozen=True)
class Send:
    """`timeout` in seconds. The answer to it is a Response, or KeysUnavailable."""

    request: Request
    timeout: float


@dataclass(frozen=True)
class Wait:
    seconds: float


Exchange = Generator["Send | Wait", "Response | KeysUnavailable | None", Response]


def prepared(request: Request, account_id: str | None, idempotency_key: str | None) -> Request:
    """With an Idempotency-Key of its own, so that each attempt is the same request."""
    headers = dict(request.headers)
    if account_id is not None:
        headers["X-Account-Id"] = account_id
    if request.method in ("POST", "PUT"):
        headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
    return replace(request, headers=headers)


def exchange(request: Request, timeout: float, bound: float) -> Exchange:
    """
    `timeout` is of one attempt, in seconds. After `bound` seconds no further one begins. Raises Problem,
    KeysUnavailable, or OperationPending when the change is stored but not done by then.
    """
    deadline = time.monotonic() + bound
    pause = _PAUSE
    failures = 0
    pending: OperationPending | None = None
    while True:
        outcome = yield Send(request, timeout)
        if isinstance(outcome, Response) and outcome.status < 300:
            pending = _pending(outcome)
            if not pending:
                return outcome
            if not _takes_key(request):
                return (yield from _follow(request, pending, timeout, deadline))
            # Once it is done, a repeat gets the answer that this one would have had, with the secret.
            error: KeysError = pending
            delay = outcome.retry_after or 1.0
        else:
            error, delay = _failure(outcome), pause
            failures += isinstance(error, KeysUnavailable)
            if failures > _MOST_FAILURES or not _may_repeat(request, error, outcome):
                raise error
            pending = pending or _pending_of(error)
            if isinstance(outcome, Response) and outcome.retry_after is not None:
                delay = outcome.retry_after
            pause = min(pause * 2, _LONGEST_PAUSE)
        if time.monotonic() + delay > deadline:
            raise pending or error
        yield Wait(delay)


def _follow(request: Request, pending: OperationPending, timeout: float, deadline: float) -> Exchange:
    """Asks for the operation of a PATCH or DELETE until it has ended."""
    account = {name: value for name, value in request.headers.items() if name == "X-Account-Id"}
    ask = json_request("GET", f"/operations/{segment(pending.operation_id)}", headers=account)
    while True:
        if time.monotonic() + 1 > deadline:
            raise pending
        yield Wait(1)
        try:
            operation: dict[str, Any] = read_json((yield from exchange(ask, timeout, _until(deadline))))
        except KeysUnavailable:
            # The change continues without us.
            continue
        if operation["status"] == "failed":
            problem: dict[str, Any] = operation["problem"] or {}
            raise Problem(409, {**problem, "type": problem.get("code", "internal-error")})
        if operation["status"] != "succeeded":
            continue
        if request.method == "DELETE":
            return Response(204, {}, b"")
        changed = json_request("GET", request.target, headers=account)
        return (yield from exchange(changed, timeout, _until(deadline)))


def _until(deadline: float) -> float:
    return deadline - time.monotonic()


def _takes_key(request: Request) -> bool:
    return "Idempotency-Key" in request.headers


def _may_repeat(request: Request, error: KeysError, outcome: Response | KeysUnavailable | None) -> bool:
    """A change without an Idempotency-Key is repeated only where a second time changes nothing."""
    if isinstance(error, Problem):
        return error.status == 429 or error.slug == "idempotency-in-flight"
    if isinstance(outcome, Response) and outcome.status not in (502, 503, 504):
        return False
    if request.method == "PATCH":
        return "If-Match" not in request.headers
    return request.method in ("GET", "HEAD") or _takes_key(request)


def _failure(outcome: Response | KeysUnavailable | None) -> KeysError:
    if isinstance(outcome, Response):
        return error_of(outcome)
    return outcome or KeysUnavailable("there was no answer")


def _pending(response: Response) -> OperationPending | None:
    if response.status != 202:
        return None
    try:
        body: dict[str, Any] = json.loads(response.body)
        operation_id = str(body["operation"]["id"])
    except (KeyError, TypeError, ValueError):
        return None
    secret = next((body[name] for name in _SECRETS if isinstance(body.get(name), str)), None)
    return OperationPending(operation_id, None if secret is None else Secret(secret))


def _pending_of(error: KeysError) -> OperationPending | None:
    operation_id = error.facts.get("operationId") if isinstance(error, Problem) else None
    return OperationPending(operation_id) if isinstance(operation_id, str) else None


def read_body(response: Response) -> Any:
    """JSON where it is JSON, text otherwise; None where there is none."""
    if not response.body:
        return None
    kind = response.headers.get("content-type", "").split(";")[0].strip()
    is_json = kind == "application/json" or kind.endswith("+json")
    return read_json(response) if is_json else response.body.decode("utf-8", "replace")


def if_match(etag: str | None) -> Mapping[str, str]:
    return {} if etag is None else {"If-Match": etag}
