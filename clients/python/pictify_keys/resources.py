"""Made by generate.py from the OpenAPI document of the service."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class _NewApiKey(TypedDict):
    name: str
    type: Literal["live", "test"]


class NewApiKey(_NewApiKey, total=False):
    access: Literal["admin", "full", "read_only"]
    permissions: list[str]
    allowedIps: list[str]
    expiresAt: str | None
    metadata: dict[str, str | float | bool | None | list[Any] | dict[str, Any]]


class _ApiKeyWithValue(TypedDict):
    id: str
    name: str
    type: Literal["live", "test"]
    access: Literal["admin", "full", "read_only"]
    permissions: list[str]
    status: Literal["active", "revoked", "expired"]
    hint: str
    createdAt: str
    createdBy: str
    lastUsedAt: str | None
    expiresAt: str | None
    revokedAt: str | None
    revokedReason: str | None
    rotatedFrom: str | None
    allowedIps: list[str]
    metadata: dict[str, Any]
    version: int


class ApiKeyWithValue(_ApiKeyWithValue, total=False):
    key: str


class UsageSummaryLatencyMs(TypedDict):
    mean: float | None


class UsageSummary(TypedDict):
    requests: int
    refused: int
    errors: int
    errorRate: float
    units: int
    latencyMs: UsageSummaryLatencyMs


ListedApiKeyUsage = TypedDict(
    "ListedApiKeyUsage",
    {
        "24h": "UsageSummary",
        "7d": "UsageSummary",
        "30d": "UsageSummary",
    },
)


class _ListedApiKey(TypedDict):
    id: str
    name: str
    type: Literal["live", "test"]
    access: Literal["admin", "full", "read_only"]
    permissions: list[str]
    status: Literal["active", "revoked", "expired"]
    hint: str
    createdAt: str
    createdBy: str
    lastUsedAt: str | None
    expiresAt: str | None
    revokedAt: str | None
    revokedReason: str | None
    rotatedFrom: str | None
    allowedIps: list[str]
    metadata: dict[str, Any]
    version: int


class ListedApiKey(_ListedApiKey, total=False):
    usage: ListedApiKeyUsage
    requestsByHour: list[int]


class Pagination(TypedDict):
    page: int
    limit: int
    total: int
    totalPages: int
    hasNext: bool
    hasPrev: bool


class _ListApiKeysResult(TypedDict):
    apiKeys: list[ListedApiKey]
    pagination: Pagination


class ListApiKeysResult(_ListApiKeysResult, total=False):
    asOf: str


class KeyArrival(TypedDict):
    region: str
    arrivedAt: str | None


class ApiKeyWithRegions(TypedDict):
    id: str
    name: str
    type: Literal["live", "test"]
    access: Literal["admin", "full", "read_only"]
    permissions: list[str]
    status: Literal["active", "revoked", "expired"]
    hint: str
    createdAt: str
    createdBy: str
    lastUsedAt: str | None
    expiresAt: str | None
    revokedAt: str | None
    revokedReason: str | None
    rotatedFrom: str | None
    allowedIps: list[str]
    metadata: dict[str, Any]
    version: int
    regions: list[KeyArrival]


class ApiKeyChanges(TypedDict, total=False):
    name: str
    access: Literal["admin", "full", "read_only"]
    permissions: list[str]
    allowedIps: list[str]
    expiresAt: str | None
    metadata: dict[str, str | float | bool | None | list[Any] | dict[str, Any]]


class ApiKey(TypedDict):
    id: str
    name: str
    type: Literal["live", "test"]
    access: Literal["admin", "full", "read_only"]
    permissions: list[str]
    status: Literal["active", "revoked", "expired"]
    hint: str
    createdAt: str
    createdBy: str
    lastUsedAt: str | None
    expiresAt: str | None
    revokedAt: str | None
    revokedReason: str | None
    rotatedFrom: str | None
    allowedIps: list[str]
    metadata: dict[str, Any]
    version: int


class RevokeApiKeyBody(TypedDict, total=False):
    reason: str | None


class FanOutRegionsItem(TypedDict):
    region: str
    outcome: Literal["confirmed", "lapsed"]
    tookMs: float


class FanOut(TypedDict):
    tookMs: float
    regions: list[FanOutRegionsItem]


class RevokeApiKeyResult(TypedDict):
    apiKey: ApiKey
    fanOut: FanOut


class RotateApiKeyBody(TypedDict, total=False):
    overlapSeconds: int


class LatencyMs(TypedDict):
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None


class WindowUsage(TypedDict):
    requests: int
    refused: int
    refusedByCode: dict[str, int]
    errors: int
    clientErrors: int
    serverErrors: int
    errorRate: float
    units: int
    latencyMs: LatencyMs


ApiKeyUsageWindows = TypedDict(
    "ApiKeyUsageWindows",
    {
        "24h": "WindowUsage",
        "7d": "WindowUsage",
        "30d": "WindowUsage",
    },
)


class ApiKeyUsage(TypedDict):
    keyId: str
    asOf: str
    windows: ApiKeyUsageWindows


class UsageSeriesSeriesItem1(TypedDict):
    at: str
    requests: int
    refused: int
    errors: int
    clientErrors: int
    serverErrors: int
    errorRate: float
    units: int
    latencyMs: LatencyMs


class UsageSeriesSeriesItem2(TypedDict):
    at: str
    keyId: str
    name: str | None
    requests: int
    refused: int
    errors: int
    clientErrors: int
    serverErrors: int
    errorRate: float
    units: int
    latencyMs: LatencyMs


class UsageSeriesSeriesItem3(TypedDict):
    at: str
    status: Literal["success", "4xx", "5xx", "refused"]
    requests: int


class UsageSeriesSeriesItem4LatencyMs(TypedDict):
    mean: float | None


class UsageSeriesSeriesItem4(TypedDict):
    at: str
    endpoint: str
    method: str | None
    requests: int
    errors: int
    clientErrors: int
    serverErrors: int
    errorRate: float
    latencyMs: UsageSeriesSeriesItem4LatencyMs


UsageSeries = TypedDict(
    "UsageSeries",
    {
        "asOf": "str",
        "from": "str",
        "to": "str",
        "interval": "Literal[\"minute\", \"hour\", \"day\"]",
        "groupBy": "Literal[\"none\", \"key\", \"status\", \"endpoint\"]",
        "series": "list[UsageSeriesSeriesItem1 | UsageSeriesSeriesItem2 | UsageSeriesSeriesItem3 | UsageSeriesSeriesItem4]",
    },
)


class Limits(TypedDict):
    liveKeys: int | None
    testKeys: int | None
    requestsPerMinute: int | None
    requestsPerDay: int | None
    rendersPerMonth: int | None
    rendersHard: bool


class AccountUsed(TypedDict):
    liveKeys: int
    testKeys: int
    rendersThisMonth: int


class Account(TypedDict):
    id: str
    name: str
    plan: str
    planLabel: str
    status: Literal["active", "suspended", "erasing"]
    suspendedAt: str | None
    suspendedReason: str | None
    createdAt: str
    limits: Limits
    used: AccountUsed


class OperationProblem(TypedDict):
    code: str


class OperationProgress(TypedDict):
    done: int
    total: int


class _Operation(TypedDict):
    id: str
    kind: str
    status: Literal["pending", "succeeded", "failed"]
    createdAt: str
    finishedAt: str | None
    result: dict[str, Any] | None
    problem: OperationProblem | None


class Operation(_Operation, total=False):
    progress: OperationProgress | None


class NewAccountLimits(TypedDict, total=False):
    liveKeys: int | None
    testKeys: int | None
    requestsPerMinute: int | None
    requestsPerDay: int | None
    rendersPerMonth: int | None
    rendersHard: bool


class _NewAccount(TypedDict):
    name: str


class NewAccount(_NewAccount, total=False):
    plan: str
    externalId: str
    limits: NewAccountLimits
    metadata: dict[str, str | float | bool | None | list[Any] | dict[str, Any]]
    adminKey: bool


class OperatorAccountCustomLimits(TypedDict, total=False):
    liveKeys: int | None
    testKeys: int | None
    requestsPerMinute: int | None
    requestsPerDay: int | None
    rendersPerMonth: int | None
    rendersHard: bool


class OperatorAccountCounts(TypedDict):
    liveKeys: int
    testKeys: int
    members: int


class OperatorAccount(TypedDict):
    id: str
    externalId: str | None
    name: str
    plan: str
    status: Literal["active", "suspended", "erasing"]
    suspendedAt: str | None
    suspendedReason: str | None
    limits: Limits
    customLimits: OperatorAccountCustomLimits
    counts: OperatorAccountCounts
    rendersThisMonth: int
    metadata: dict[str, Any]
    createdAt: str


class _CreateAccountResult(TypedDict):
    account: OperatorAccount


class CreateAccountResult(_CreateAccountResult, total=False):
    adminKey: ApiKeyWithValue


class ListAccountsResult(TypedDict):
    accounts: list[OperatorAccount]
    nextCursor: str | None


class AccountChangesLimits(TypedDict, total=False):
    liveKeys: int | None
    testKeys: int | None
    requestsPerMinute: int | None
    requestsPerDay: int | None
    rendersPerMonth: int | None
    rendersHard: bool


class AccountChanges(TypedDict, total=False):
    name: str
    plan: str
    externalId: str | None
    limits: AccountChangesLimits
    metadata: dict[str, str | float | bool | None | list[Any] | dict[str, Any]]


class SuspendAccountBody(TypedDict, total=False):
    reason: str | None


class SuspendAccountResult(TypedDict):
    account: OperatorAccount
    fanOut: FanOut


class ResumeAccountResult(TypedDict):
    account: OperatorAccount
    fanOut: FanOut


class Plan(TypedDict):
    name: str
    label: str
    limits: Limits
    accounts: int
    order: int


class ListPlansResult(TypedDict):
    plans: list[Plan]


class _NewSessionLink(TypedDict):
    role: Literal["admin", "editor", "viewer"]


class NewSessionLink(_NewSessionLink, total=False):
    email: str | None
    returnUrl: str | None
    expiresInSeconds: int


class CreateSessionLinkResult(TypedDict):
    url: str
    expiresAt: str


class _NewServiceToken(TypedDict):
    name: str


class NewServiceToken(_NewServiceToken, total=False):
    permissions: list[Literal["verify", "report"]]
    accountIds: list[str]


class CreateServiceTokenResult(TypedDict):
    id: str
    name: str
    permissions: list[Literal["verify", "report"]]
    accountIds: list[str] | None
    hint: str
    createdAt: str
    revokedAt: str | None
    token: str


class ServiceToken(TypedDict):
    id: str
    name: str
    permissions: list[Literal["verify", "report"]]
    accountIds: list[str] | None
    hint: str
    createdAt: str
    revokedAt: str | None


class ListServiceTokensResult(TypedDict):
    serviceTokens: list[ServiceToken]


class LifecycleEvent(TypedDict):
    specversion: Literal['1.0']
    id: str
    source: str
    type: Literal[
        "account.created", "account.erased", "account.resumed", "account.suspended", "account.updated",
        "alert.firing", "alert.resolved", "api_key.created", "api_key.deleted", "api_key.expired", "api_key.expiring",
        "api_key.quota_reached", "api_key.revoked", "api_key.rotated", "api_key.updated", "member.added",
        "member.invited", "member.joined", "member.removed", "member.updated", "usage.day_closed",
    ]
    subject: str
    time: str
    datacontenttype: Literal['application/json']
    accountid: str
    sequence: str
    data: dict[str, Any]


class ListEventsResult(TypedDict):
    events: list[LifecycleEvent]
    nextCursor: str


class Webhook(TypedDict):
    id: str
    name: str
    events: list[str]
    verified: bool
    disabled: bool
    disabledReason: str | None
    failingSince: str | None
    cursor: str
    createdAt: str
    url: str


class ListWebhooksResult(TypedDict):
    webhooks: list[Webhook]


class _NewWebhook(TypedDict):
    url: str
    events: list[Literal[
        "*", "account.*", "alert.*", "api_key.*", "member.*", "usage.*", "account.created", "account.erased",
        "account.resumed", "account.suspended", "account.updated", "alert.firing", "alert.resolved",
        "api_key.created", "api_key.deleted", "api_key.expired", "api_key.expiring", "api_key.quota_reached",
        "api_key.revoked", "api_key.rotated", "api_key.updated", "member.added", "member.invited", "member.joined",
        "member.removed", "member.updated", "usage.day_closed",
    ]]


class NewWebhook(_NewWebhook, total=False):
    name: str


class _WebhookWithSecret(TypedDict):
    id: str
    name: str
    events: list[str]
    verified: bool
    disabled: bool
    disabledReason: str | None
    failingSince: str | None
    cursor: str
    createdAt: str
    url: str


class WebhookWithSecret(_WebhookWithSecret, total=False):
    secret: str
