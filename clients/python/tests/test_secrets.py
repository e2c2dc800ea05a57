"""No key and no token is shown by a `repr`, an error, a traceback or the log."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
import unittest
from typing import Any

from pictify_keys import Keys, Management, Secret

from .support import HANG, OPERATOR_TOKEN, SERVICE_TOKEN, URL, Front, json_answer, new_key, new_keys, new_management


BAD = ["tok\nen", "tokén"]
"""No header can carry these."""


class Secrets(unittest.TestCase):
    def test_a_secret_hides_its_value(self) -> None:
        secret = Secret("pk_live_hidden")
        shown = [repr(secret), str(secret), f"{secret}", f"{[secret]}", "%s" % secret]
        self.assertNotIn("hidden_", "".join(shown))
        self.assertNotIn("pk_live", "".join(shown))
        self.assertEqual(secret.reveal(), "pk_live_hidden")
        self.assertEqual(secret, Secret("pk_live_hidden"))
        self.assertNotEqual(secret, Secret("pk_live_other"))
        for dump in (pickle.dumps, json.dumps, copy.deepcopy):
            with self.assertRaises(TypeError) as raised:
                dump(secret)
            self.assertNotIn("hidden_", str(raised.exception))

    def test_nothing_that_a_client_returns_shows_one(self) -> None:
        with new_management() as management, new_keys() as keys:
            created = new_key(management)
            value = created.secret.reveal()
            verification = keys.verify(value)
            answer = management.request("POST", "/api-keys", {"name": "Plain", "type": "live"})
            operator = management.for_account(None)
            account = operator.create_account({"name": "Secrets", "adminKey": True})
            assert account.admin_key and account.account
            link = operator.create_session_link(account.account["id"], {"role": "viewer"})
            shown = f"{created!r} {verification!r} {answer!r} {account!r} {link!r} {keys!r} {management!r}"
            for secret in (
                value,
                answer.body["key"],
                account.admin_key.secret.reveal(),
                link.url.reveal(),
                SERVICE_TOKEN,
                OPERATOR_TOKEN,
            ):
                self.assertNotIn(secret, shown)

    def test_errors_and_the_log_show_none(self) -> None:
        value = "pk_live_" + "s" * 38
        lines: list[str] = []

        class Handler(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                lines.append(self.format(record))

        root = logging.getLogger()
        handler, level = Handler(), root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            for ask in self.failing(value):
                try:
                    ask()
                except Exception as error:
                    lines.append("".join(traceback.format_exception(error)) + repr(error) + repr(vars(error)))
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        self.assertGreater(len(lines), 5)
        for secret in (value, SERVICE_TOKEN, OPERATOR_TOKEN, *BAD):
            self.assertNotIn(secret, "\n".join(lines))

    def failing(self, value: str) -> list[Any]:
        def against(answer: Any) -> Any:
            def ask() -> None:
                with Front(rule=lambda _: answer) as front, Keys(front.url, SERVICE_TOKEN, timeout=0.3) as keys:
                    keys.verify(value)

            return ask

        return [
            against(HANG),
            against(json_answer(500, b"{}")),
            against(json_answer(401, b"{}")),
            against(json_answer(400, b"[]")),
            against(json_answer(200, value.encode())),
            lambda: Keys(URL, SERVICE_TOKEN).verify(value, units=0),
            lambda: Keys(URL, BAD[0]).verify(value),
            lambda: Keys(URL, BAD[1]).verify(value),
            lambda: Management(URL, SERVICE_TOKEN).list_plans(),
            lambda: Management(URL, OPERATOR_TOKEN).request("POST", "/accounts", {"name": 1}),
        ]
