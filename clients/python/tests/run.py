"""Runs the tests and prints a line of JSON for each: its name, its outcome and the traceback of a failure."""

from __future__ import annotations

import json
import os
import sys
import unittest
from pathlib import Path
from typing import Any


class Lines(unittest.TestResult):
    def addSuccess(self, test: unittest.TestCase) -> None:
        self._print(test, "passed")

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        self._print(test, "failed", self._text(test, err))

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        self._print(test, "failed", self._text(test, err))

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self._print(test, "failed", f"skipped: {reason}")

    def addSubTest(self, test: unittest.TestCase, subtest: Any, err: Any) -> None:
        if err is not None:
            self._print(test, "failed", f"{subtest}\n{self._text(test, err)}")

    def _text(self, test: unittest.TestCase, err: Any) -> str:
        return str(getattr(self, "_exc_info_to_string")(err, test))

    def _print(self, test: unittest.TestCase, outcome: str, detail: str = "") -> None:
        print(json.dumps({"test": test.id(), "outcome": outcome, "detail": detail}), flush=True)


def main() -> None:
    top = Path(__file__).parent.parent
    sys.path.insert(0, str(top))
    suite = unittest.defaultTestLoader.discover(str(top / "tests"), top_level_dir=str(top))
    suite.run(Lines())
    sys.stdout.flush()
    # What a failed test left running holds nobody up.
    os._exit(0)


if __name__ == "__main__":
    main()
