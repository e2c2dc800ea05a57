"""Status and latency, in batches: once each, whatever is lost in between."""

from __future__ import annotations

import json
import threading
import unittest

from pictify_keys import Keys, KeysError, Management, ServiceTokenRefused, Verification
from pictify_keys._reports import BATCH

from .support import (
    HANG,
    LOSE,
    OPERATOR_TOKEN,
    SERVICE_TOKEN,
    URL,
    Front,
    eventually,
    json_answer,
    new_key,
    new_keys,
    new_management,
    once,
)


class Reports(unittest.TestCase):
    def setUp(self) -> None:
        self.management = new_management()
        self.addCleanup(self.management.close)
        created = new_key(self.management)
        self.key, self.key_id = created.secret, created.resource["id"]

    def window(self) -> tuple[int, int, bool]:
        """Requests, errors, and whether a latency is known."""
        window = self.management.get_api_key_usage(self.key_id)["windows"]["24h"]
        return window["requests"], window["errors"], window["latencyMs"]["p50"] is not None

    def test_a_batch_whose_answer_is_lost_counts_once(self) -> None:
        with Front(rule=once(LOSE, "/usage/events")) as front, new_keys(front.url) as keys:
            for status in (200, 404, 500):
                keys.report(keys.verify(self.key), status, 12.5)
            keys.close()
            batches = [json.loads(seen.body)["events"] for seen in front.seen if seen.path == "/usage/events"]
            self.assertGreaterEqual(len(batches), 2)
            self.assertEqual(batches[0], batches[1][: len(batches[0])])
            self.assertEqual(keys.dropped_reports, 0)
        eventually(self.window, lambda window: window == (3, 2, True))

    def test_a_second_report_of_a_verification_counts_nothing(self) -> None:
        with new_keys() as keys:
            verification = keys.verify(self.key)
            keys.report(verification, 500, 1)
            keys.report(verification, 500, 1)
            keys.close()
            self.assertEqual(keys.dropped_reports, 0)
        eventually(self.window, lambda window: window == (1, 1, True))

    def test_one_bad_event_costs_no_other(self) -> None:
        with new_keys() as keys:
            stranger = Verification(True, "VALID", "req_made_up", key_id="key_unknown")
            keys.report(keys.verify(self.key), 500, 1)
            keys.report(stranger, 200, 1)
            keys.report(keys.verify(self.key), 200, 1)
            keys.close()
            self.assertEqual(keys.dropped_reports, 1)
        eventually(self.window, lambda window: window == (2, 1, True))

    def test_what_is_no_outcome_is_an_error_of_the_caller(self) -> None:
        errors: list[Exception] = []
        with new_keys(on_error=errors.append) as keys:
            verification = keys.verify(self.key)
            keys.report(verification, 99)
            keys.report(verification, 200, -1)
            keys.report(verification, 200, float("nan"))
        self.assertEqual([type(error) for error in errors], [ValueError] * 3)

    def test_a_refused_verification_is_not_reported(self) -> None:
        with Front() as front, new_keys(front.url) as keys:
            keys.report(keys.verify("nonsense"), 401, 1)
            keys.close()
            self.assertEqual([seen.path for seen in front.seen], ["/verify"])

    def test_many_reports_go_in_batches(self) -> None:
        with Front(rule=lambda _: json_answer(202, b'{"accepted": 1}')) as front, new_keys(front.url) as keys:
            for number in range(2 * BATCH + 1):
                keys.report(Verification(True, "VALID", f"req_{number}", key_id="key_x"), 200)
            keys.close()
            sizes = [len(json.loads(seen.body)["events"]) for seen in front.seen]
        self.assertEqual(sum(sizes), 2 * BATCH + 1)
        self.assertLessEqual(max(sizes), BATCH)

    def test_reports_that_do_not_fit_are_counted_as_dropped(self) -> None:
        errors: list[Exception] = []
        with Front(rule=lambda _: json_answer(503, b"{}")) as front:
            keys = new_keys(front.url, report_capacity=10, on_error=errors.append)
            for number in range(25):
                keys.report(Verification(True, "VALID", f"req_{number}", key_id="key_x"), 200)
            self.assertEqual(keys.dropped_reports, 15)
            keys.close(0.2)
            self.assertEqual(keys.dropped_reports, 25)
        self.assertIn("reports of usage were dropped", "".join(str(error) for error in errors))

    def test_close_is_bounded_while_the_service_hangs(self) -> None:
        with Front(rule=lambda _: HANG) as front:
            keys = new_keys(front.url)
            keys.report(Verification(True, "VALID", "req_1", key_id="key_x"), 200)
            closed = threading.Thread(target=keys.close, args=(0.2,), daemon=True)
            closed.start()
            closed.join(25)
            self.assertFalse(closed.is_alive())
            self.assertEqual(keys.dropped_reports, 1)

    def test_a_report_after_close_is_dropped(self) -> None:
        keys = new_keys()
        keys.close()
        keys.report(Verification(True, "VALID", "req_1", key_id="key_x"), 200)
        self.assertEqual(keys.dropped_reports, 1)

    def test_a_token_that_may_not_report_drops_its_reports_and_says_so(self) -> None:
        errors: list[Exception] = []
        with Management(URL, OPERATOR_TOKEN) as operator:
            token = operator.create_service_token({"name": "Python verify", "permissions": ["verify"]}).secret
        with Keys(URL, token, on_error=errors.append, report_interval=0.05, timeout=20) as keys:
            keys.report(keys.verify(self.key), 200, 1)
            eventually(lambda: keys.dropped_reports, lambda dropped: dropped == 1)
        self.assertIsInstance(errors[0], ServiceTokenRefused)
        self.assertNotIn(token.reveal(), repr(errors))

    def test_an_on_error_that_fails_stops_no_report(self) -> None:
        def fail(_: Exception) -> None:
            raise RuntimeError("the user's own")

        with Front(rule=once(json_answer(503, b"{}"), "/usage/events")) as front:
            with self.assertLogs("pictify_keys", "ERROR"), new_keys(front.url, on_error=fail) as keys:
                keys.report(keys.verify(self.key), 500, 1)
                eventually(self.window, lambda window: window == (1, 1, True))

    def test_at_the_end_of_a_process_what_waits_is_sent(self) -> None:
        import subprocess
        import sys

        program = (
            "import os, sys; from pictify_keys import Keys; keys = Keys(sys.argv[1], os.environ['TOKEN'], timeout=20);"
            "keys.report(keys.verify(os.environ['KEY']), 500, 1)"
        )
        env = {"TOKEN": SERVICE_TOKEN, "KEY": self.key.reveal(), "PYTHONPATH": sys.path[0]}
        done = subprocess.run([sys.executable, "-c", program, URL], env=env, capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        eventually(self.window, lambda window: window == (1, 1, True))


class Faults(unittest.TestCase):
    def test_errors_of_one_kind_are_one_line_a_second(self) -> None:
        from pictify_keys._error_log import ErrorLog

        log = ErrorLog()
        with self.assertLogs("pictify_keys", "WARNING") as lines:
            for _ in range(100):
                log(KeysError("away"))
        self.assertLess(len(lines.output), 100)


