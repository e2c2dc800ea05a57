"""What management calls return where an answer has a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ._secret import Secret
from .errors import KeysError
from .resources import ApiKey, OperatorAccount

Resource = TypeVar("Resource")


@dataclass(frozen=True)
class Created(Generic[Resource]):
    """What was made, and its secret, which no later answer has: `created.secret.reveal()`."""

    resource: Resource
    secret: Secret


@dataclass(frozen=True)
class CreatedAccount:
    account: OperatorAccount
    admin_key: Created[ApiKey] | None
    """With `adminKey: True`."""


@dataclass(frozen=True)
class SessionLink:
    """A URL that signs a person in once."""

    url: Secret
    expires_at: str


@dataclass(frozen=True)
class Answer:
    """The answer of any call. `body` is its JSON, which may hold secrets, or its text."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By their names in lower case."""
    body: Any = field(repr=False)


def created(body: dict[str, Any], name: str) -> Created[Any]:
    value = body.pop(name, None)
    if not isinstance(value, str):
        raise KeysError(f"the answer has no {name}")
    return Created(body, Secret(value))


def created_account(body: dict[str, Any]) -> CreatedAccount:
    admin_key = body.get("adminKey")
    return CreatedAccount(body["account"], None if admin_key is None else created(admin_key, "key"))


def session_link(body: dict[str, Any]) -> SessionLink:
    return SessionLink(Secret(body["url"]), body["expiresAt"])
