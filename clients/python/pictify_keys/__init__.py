"""Pictify Keys: verify API keys, report usage, and manage accounts and keys."""

from ._secret import Secret
from ._version import VERSION as __version__
from .async_keys import AsyncKeys
from .async_management import AsyncManagement
from .errors import FieldError, KeysError, KeysUnavailable, OperationPending, Problem, ServiceTokenRefused
from .management import Management
from .keys import Keys
from .shown import Answer, Created, CreatedAccount, SessionLink
from .resources import ApiKey
from .verification import Limit, Verification

__all__ = [
    "Answer",
    "ApiKey",
    "AsyncKeys",
    "AsyncManagement",
    "Created",
    "CreatedAccount",
    "FieldError",
    "Keys",
    "KeysError",
    "KeysUnavailable",
    "Limit",
    "Management",
    "OperationPending",
    "Problem",
    "Secret",
    "ServiceTokenRefused",
    "SessionLink",
    "Verification",
    "__version__",
]
