"""Made of management.py by generate.py."""

from __future__ import annotations

import asyncio
import copy
import ssl
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any

from . import resources as r
from ._exchange import Send, exchange, if_match, prepared, read_body
from ._http import Request, Response, address_of, json_request, segment
from ._async_pool import AsyncPool
from ._secret import Secret
from .errors import KeysUnavailable
from .shown import Answer, Created, CreatedAccount, SessionLink, created, created_account, session_link
from .verification import presented


class AsyncManagement:
    """`Management` for asyncio."""

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
        self._pool = AsyncPool(address_of(url, ssl_context), Secret(presented(token)), max_connections)

    def for_account(self, account_id: str | None) -> AsyncManagement:
        """The same for another account, over the same connections."""
        other = copy.copy(self)
        other.account_id = account_id
        return other

    # API keys

    async def create_api_key(self, body: r.NewApiKey, *, idempotency_key: str | None = None) -> Created[r.ApiKey]:
        return created(await self._call("POST", "/api-keys", body, key=idempotency_key), "key")

    async def list_api_keys(
        self,
        *,
        page: int | None = None,
        limit: int | None = None,
        type: str | None = None,
        status: str | None = None,
        q: str | None = None,
    ) -> r.ListApiKeysResult:
        query = {"page": page, "limit": limit, "type": type, "status": status, "q": q}
        return await self._call("GET", "/api-keys", query=query)

    async def get_api_key(self, id: str) -> r.ApiKeyWithRegions:
        return await self._call("GET", f"/api-keys/{segment(id)}")

    async def update_api_key(self, id: str, body: r.ApiKeyChanges, *, etag: str | None = None) -> r.ApiKey:
        return await self._call("PATCH", f"/api-keys/{segment(id)}", body, headers=if_match(etag))

    async def revoke_api_key(
        self, id: str, reason: str | None = None, *, idempotency_key: str | None = None
    ) -> r.RevokeApiKeyResult:
        """Once this has returned, no verification that starts later is accepted, in any region."""
        return await self._call("POST", f"/api-keys/{segment(id)}/revoke", {"reason": reason}, key=idempotency_key)

    async def rotate_api_key(
        self, id: str, overlap_seconds: int = 0, *, idempotency_key: str | None = None
    ) -> Created[r.ApiKey]:
        path, body = f"/api-keys/{segment(id)}/rotate", {"overlapSeconds": overlap_seconds}
        return created(await self._call("POST", path, body, key=idempotency_key), "key")

    async def delete_api_key(self, id: str, *, etag: str | None = None) -> None:
        await self._call("DELETE", f"/api-keys/{segment(id)}", headers=if_match(etag))

    # Usage

    async def get_api_key_usage(self, id: str) -> r.ApiKeyUsage:
        return await self._call("GET", f"/api-keys/{segment(id)}/usage")

    async def get_usage(
        self,
        *,
        start: str | None = None,
        end: str | None = None,
        interval: str | None = None,
        group_by: str | None = None,
        key_id: str | None = None,
    ) -> r.UsageSeries:
        query = {"from": start, "to": end, "interval": interval, "groupBy": group_by, "keyId": key_id}
        return await self._call("GET", "/usage", query=query)

    async def get_account(self) -> r.Account:
        return await self._call("GET", "/account")

    async def get_operation(self, id: str) -> r.Operation:
        return await self._call("GET", f"/operations/{segment(id)}")

    # Accounts, with an operator token

    async def create_account(self, body: r.NewAccount, *, idempotency_key: str | None = None) -> CreatedAccount:
        return created_account(await self._call("POST", "/accounts", body, key=idempotency_key))

    async def list_accounts(
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
        return await self._call("GET", "/accounts", query=query)

    async def read_account(self, id: str) -> r.OperatorAccount:
        return await self._call("GET", f"/accounts/{segment(id)}")

    async def update_account(self, id: str, body: r.AccountChanges) -> r.OperatorAccount:
        return await self._call("PATCH", f"/accounts/{segment(id)}", body)

    async def suspend_account(
        self, id: str, reason: str | None = None, *, idempotency_key: str | None = None
    ) -> r.SuspendAccountResult:
        """Once this has returned, its keys are refused in every region."""
        return await self._call("POST", f"/accounts/{segment(id)}/suspend", {"reason": reason}, key=idempotency_key)

    async def resume_account(self, id: str, *, idempotency_key: str | None = None) -> r.ResumeAccountResult:
        return await self._call("POST", f"/accounts/{segment(id)}/resume", {}, key=idempotency_key)

    async def erase_account(self, id: str) -> None:
        """Returns when everything is deleted. OperationPending says that the keys are refused and the rest follows."""
        await self._call("DELETE", f"/accounts/{segment(id)}")

    async def create_session_link(self, id: str, body: r.NewSessionLink) -> SessionLink:
        return session_link(await self._call("POST", f"/accounts/{segment(id)}/session-links", body))

    # Tokens, plans, events and webhooks, with an operator token

    async def create_service_token(
        self, body: r.NewServiceToken, *, idempotency_key: str | None = None
    ) -> Created[r.ServiceToken]:
        return created(await self._call("POST", "/service-tokens", body, key=idempotency_key), "token")

    async def list_service_tokens(self) -> r.ListServiceTokensResult:
        return await self._call("GET", "/service-tokens")

    async def revoke_service_token(self, id: str) -> None:
        await self._call("DELETE", f"/service-tokens/{segment(id)}")

    async def list_plans(self) -> r.ListPlansResult:
        return await self._call("GET", "/plans")

    async def list_events(
        self,
        *,
        after: str | None = None,
        types: list[str] | None = None,
        account_id: str | None = None,
        limit: int | None = None,
    ) -> r.ListEventsResult:
        query = {"after": after, "types": types, "accountId": account_id, "limit": limit}
        return await self._call("GET", "/events", query=query)

    async def event_pages(
        self,
        after: str | None = None,
        *,
        types: list[str] | None = None,
        account_id: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[r.ListEventsResult]:
        """Pages until the end of the record. Save `nextCursor` with what you made of a page, and go on `after` it."""
        while True:
            page = await self.list_events(after=after, types=types, account_id=account_id, limit=limit)
            if page["events"]:
                yield page
            if page["nextCursor"] == after:
                return
            after = page["nextCursor"]

    async def create_webhook(self, body: r.NewWebhook, *, idempotency_key: str | None = None) -> Created[r.Webhook]:
        return created(await self._call("POST", "/webhooks", body, key=idempotency_key), "secret")

    async def list_webhooks(self) -> r.ListWebhooksResult:
        return await self._call("GET", "/webhooks")

    async def delete_webhook(self, id: str) -> None:
        await self._call("DELETE", f"/webhooks/{segment(id)}")

    # Everything else

    async def request(
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
        response = await self._send(json_request(method, path, body, query, headers), idempotency_key)
        return Answer(response.status, response.headers, read_body(response))

    async def close(self) -> None:
        await self._pool.close()

    async def __aenter__(self) -> AsyncManagement:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncManagement({self.url!r}, account_id={self.account_id!r})"

    async def _call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Any:
        return read_body(await self._send(json_request(method, path, body, query, headers), key))

    async def _send(self, request: Request, key: str | None) -> Response:
        steps = exchange(prepared(request, self.account_id, key), self.timeout, self.wait)
        outcome: Response | KeysUnavailable | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                return end.value
            if isinstance(step, Send):
                try:
                    outcome = await self._pool.send(step.request, step.timeout)
                except KeysUnavailable as error:
                    outcome = error
            else:
                await asyncio.sleep(step.seconds)
                outcome = None
