"""The README's programs run as written."""

from __future__ import annotations

import contextlib
import io
import os
import re
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from .support import OPERATOR_TOKEN, SERVICE_TOKEN, URL, Management


class Readme(unittest.TestCase):
    def test_its_programs_run_in_their_order(self) -> None:
        page = (Path(__file__).parent.parent / "README.md").read_text()
        blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        self.assertEqual(len(blocks), 5)
        with Management(URL, OPERATOR_TOKEN) as operator:
            made = operator.create_account({"name": "Readme", "plan": "pro", "adminKey": True})
        assert made.admin_key
        given = {"API_URL": URL, "SERVICE_TOKEN": SERVICE_TOKEN, "OPERATOR_TOKEN": OPERATOR_TOKEN}
        env = {**given, "ADMIN_KEY": made.admin_key.secret.reveal()}
        names: dict[str, Any] = {}
        printed = io.StringIO()
        with mock.patch.dict(os.environ, env), contextlib.redirect_stdout(printed):
            for block in blocks:
                exec(compile(block, "README.md", "exec"), names)
        text = printed.getvalue()
        self.assertRegex(text, r"^VALID \d+\nkey_\w+ Secret\(hidden\)\nvalidation-error name\nREVOKED\n")
        self.assertEqual(names["keys"].dropped_reports, 0)
        names["keys"].close()
