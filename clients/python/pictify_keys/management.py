"""Management calls. `async_management.py` is made of this file by `generate.py`."""

from __future__ import annotations

import copy
import ssl
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

from . import resources as r
from ._exchange import Send, exchange, if_match, prepared, read_body
from ._http import Request, Response, address_of, json_request, segment
from ._pool import Pool
from ._secret import Secret
from .errors import KeysUnavailable
from .shown import Answer, Created, CreatedAccount, SessionLink, created, created_account, session_link
from .verification import presented


class Management:
    """
    Changes and reads what an account has, or with an operator token, all accounts. `token` is an admin key or an
    operator token; `account_id` is the account for which an operator token acts.

    Names and bodies are those of the OpenAPI document. A change returns when it is done. Calls raise Problem when the
    service refuses, KeysUnavailable when it does not answer, and OperationPending when a change is stored but not
    done within `wait` seconds. `timeout` is the bound of one attempt. A POST has an Idempotency-Key, the same in each
    attempt; give your own to repeat it in another process.
    """

    def __init__(
        self,
        url: str,
        token: str | Secret,
        account_id: str | None = None,
        *,
        timeout: float = 15.0,
        wait: float = 60.0,
        max_connections: int = 16,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.url = url
        self.account_id = account_id
        self.timeout = timeout
        self.wait = wait
        self._pool = Pool(address_of(url, ssl_context), Secret(presented(token)), max_connections)

    def for_account(self, account_id: str | None) -> Management:
        """The same for another account, over the same connections."""
        other = copy.copy(self)
        other.account_id = account_id
        return other

    # API keys

    def create_api_key(self, body: r.NewApiKey, *, idempotency_key: str | None = None) -> Created[r.ApiKey]:
        return created(self._call("POST", "/api-keys", body, key=idempotency_key), "key")

    def list_api_keys(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        type: str | None = None,
        status: str | None = None,
        q: str | None = None,
    ) -> r.ListApiKeysResult:
        query = {"page": page, "limit": limit, "type": type, "status": status, "q": q}
        return self._call("GET", "/api-keys", query=query)

    def get_api_key(self, id: str) -> r.ApiKeyWithRegions:
        return self._call("GET", f"/api-keys/{segment(id)}")

    def update_api_key(self, id: str, body: r.ApiKeyChanges, *, etag: str | None = None) -> r.ApiKey:
        return self._call("PATCH", f"/api-keys/{segment(id)}", body, headers=if_match(etag))

    def revoke_api_key(
        self, id: str, reason: str | None = None, *, idempotency_key: str | None = None
    ) -> r.RevokeApiKeyResult:
        """Once this has returned, no verification that starts later is accepted, in any region."""
        return self._call("POST", f"/api-keys/{segment(id)}/revoke", {"reason": reason}, key=idempotency_key)

    def rotate_api_key(
        self, id: str, overlap_seconds: int = 0, *, idempotency_key: str | None = None
    ) -> Created[r.ApiKey]:
        path, body = f"/api-keys/{segment(id)}/rotate", {"overlapSeconds": overlap_seconds}
        return created(self._call("POST", path, body, key=idempotency_key), "key")

    def delete_api_key(self, id: str, *, etag: str | None = None) -> None:
        self._call("DELETE", f"/api-keys/{segment(id)}", headers=if_match(etag))

    # Usage

    def get_api_key_usage(self, id: str) -> r.ApiKeyUsage:
        return self._call("GET", f"/api-keys/{segment(id)}/usage")

    def get_usage(
        self,
        *,
        start: str | None = None,
        end: str | None = None,
        interval: str | None = None,
        group_by: str | None = None,
        key_id: str | None = None,
    ) -> r.UsageSeries:
        query = {"from": start, "to": end, "interval": interval, "groupBy": group_by, "keyId": key_id}
        return self._call("GET", "/usage", query=query)

    def get_account(self) -> r.Account:
        return self._call("GET", "/account")

    def get_operation(self, id: str) -> r.Operation:
        return self._call("GET", f"/operations/{segment(id)}")

    # Accounts, with an operator token

    def create_account(self, body: r.NewAccount, *, idempotency_key: str | None = None) -> CreatedAccount:
        return created_account(self._call("POST", "/accounts", body, key=idempotency_key))

    def list_accounts(
        self,
        *,
        external_id: str | None = None,
        plan: str | None = None,
        status: str | None = None,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> r.ListAccountsResult:
        query = {"externalId": external_id, "plan": plan, "status": status, "q": q, "limit": limit, "cursor": cursor}
        return self._call("GET", "/accounts", query=query)

    def read_account(self, id: str) -> r.OperatorAccount:
        return self._call("GET", f"/accounts/{segment(id)}")

    def update_account(self, id: str, body: r.AccountChanges) -> r.OperatorAccount:
        return self._call("PATCH", f"/accounts/{segment(id)}", body)

    def suspend_account(
        self, id: str, reason: str | None = None, *, idempotency_key: str | None = None
    ) -> r.SuspendAccountResult:
        """Once this has returned, its keys are refused in every region."""
        return self._call("POST", f"/accounts/{segment(id)}/suspend", {"reason": reason}, key=idempotency_key)

    def resume_account(self, id: str, *, idempotency_key: str | None = None) -> r.ResumeAccountResult:
        return self._call("POST", f"/accounts/{segment(id)}/resume", {}, key=idempotency_key)

    def erase_account(self, id: str) -> None:
        """Returns when everything is deleted. OperationPending says that the keys are refused and the rest follows."""
        self._call("DELETE", f"/accounts/{segment(id)}")

    def create_session_link(self, id: str, body: r.NewSessionLink) -> SessionLink:
        return session_link(self._call("POST", f"/accounts/{segment(id)}/session-links", body))

    # Tokens, plans, events and webhooks, with an operator token

    def create_service_token(
        self, body: r.NewServiceToken, *, idempotency_key: str | None = None
    ) -> Created[r.ServiceToken]:
        return created(self._call("POST", "/service-tokens", body, key=idempotency_key), "token")

    def list_service_tokens(self) -> r.ListServiceTokensResult:
        return self._call("GET", "/service-tokens")

    def revoke_service_token(self, id: str) -> None:
        self._call("DELETE", f"/service-tokens/{segment(id)}")

    def list_plans(self) -> r.ListPlansResult:
        return self._call("GET", "/plans")

    def list_events(
        self,
        *,
        after: str | None = None,
        types: list[str] | None = None,
        account_id: str | None = None,
        limit: int | None = None,
    ) -> r.ListEventsResult:
        query = {"after": after, "types": types, "accountId": account_id, "limit": limit}
        return self._call("GET", "/events", query=query)

    def event_pages(
        self,
        after: str | None = None,
        *,
        types: list[str] | None = None,
        account_id: str | None = None,
        limit: int | None = None,
    ) -> Iterator[r.ListEventsResult]:
        """Pages until the end of the record. Save `nextCursor` with what you made of a page, and go on `after` it."""
        while True:
            page = self.list_events(after=after, types=types, account_id=account_id, limit=limit)
            if page["events"]:
                yield page
            if page["nextCursor"] == after:
                return
            after = page["nextCursor"]

    def create_webhook(self, body: r.NewWebhook, *, idempotency_key: str | None = None) -> Created[r.Webhook]:
        return created(self._call("POST", "/webhooks", body, key=idempotency_key), "secret")

    def list_webhooks(self) -> r.ListWebhooksResult:
        return self._call("GET", "/webhooks")

    def delete_webhook(self, id: str) -> None:
        self._call("DELETE", f"/webhooks/{segment(id)}")

    # Everything else

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Any call of the reference, such as `request("GET", "/alerts")`, repeated and followed like the others."""
        response = self._send(json_request(method, path, body, query, headers), idempotency_key)
        return Answer(response.status, response.headers, read_body(response))

    def close(self) -> None:
        self._pool.close()

    def __enter__(self) -> Management:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Management({self.url!r}, account_id={self.account_id!r})"

    def _call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Any:
        return read_body(self._send(json_request(method, path, body, query, headers), key))

    def _send(self, request: Request, key: str | None) -> Response:
        steps = exchange(prepared(request, self.account_id, key), self.timeout, self.wait)
        outcome: Response | KeysUnavailable | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                return end.value
            if isinstance(step, Send):
                try:
                    outcome = self._pool.send(step.request, step.timeout)
                except KeysUnavailable as error:
                    outcome = error
            else:
                time.sleep(step.seconds)
                outcome = None
