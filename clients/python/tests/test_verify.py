"""One verification: what it says, and that it is bounded and exact."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest
import uuid
from pathlib import Path

from pictify_keys import Keys, KeysUnavailable, Problem, ServiceTokenRefused

from .support import (
    HANG,
    LOSE,
    SERVICE_TOKEN,
    URL,
    Front,
    admitted,
    eventually,
    json_answer,
    new_key,
    new_keys,
    new_management,
    once,
)


class Verify(unittest.TestCase):
    def setUp(self) -> None:
        self.management = new_management()
        self.addCleanup(self.management.close)
        self.keys = new_keys()
        self.addCleanup(self.keys.close)

    def test_an_admitted_key_is_described_with_its_limits(self) -> None:
        created = new_key(self.management, name="World", type="test")
        verification = self.keys.verify(created.secret, "renders:write", 3, "203.0.113.7", "/image", "POST")
        self.assertTrue(verification.valid)
        self.assertEqual(verification.code, "VALID")
        self.assertEqual(verification.key_id, created.resource["id"])
        self.assertEqual(verification.account_id, self.management.account_id)
        self.assertEqual((verification.name, verification.type, verification.plan), ("World", "test", "pro"))
        self.assertTrue(verification.watermark)
        self.assertIn("renders:write", verification.permissions)
        self.assertEqual(verification.limits["test-renders"].remaining, 97)
        self.assertEqual(verification.headers["X-Usage-Requests-Today"], "1")
        self.assertRegex(verification.headers["RateLimit"], '"test-renders";r=97')

    def test_a_revoked_key_is_refused_at_once(self) -> None:
        created = new_key(self.management)
        self.assertTrue(self.keys.verify(created.secret).valid)
        self.management.revoke_api_key(created.resource["id"], "left")
        refused = self.keys.verify(created.secret)
        self.assertEqual((refused.valid, refused.code), (False, "REVOKED"))

    def test_what_is_no_key_is_refused_with_a_hint(self) -> None:
        for value in ("", "nonsense", " pk_live_x", "x" * 100_000, "ключ" * 200, "\U0001f511" * 400):
            with self.subTest(value=value[:20]):
                refused = self.keys.verify(value)
                self.assertEqual((refused.valid, refused.code), (False, "NOT_FOUND"))
                self.assertIsNotNone(refused.hint)

    def test_a_permission_that_is_missing_is_forbidden(self) -> None:
        created = new_key(self.management, access="read_only")
        self.assertEqual(self.keys.verify(created.secret, "renders:write").code, "FORBIDDEN")

    def test_a_bad_argument_is_a_problem_that_names_it(self) -> None:
        created = new_key(self.management)
        with self.assertRaises(Problem) as raised:
            self.keys.verify(created.secret, units=0)
        self.assertEqual((raised.exception.slug, raised.exception.errors[0].field), ("validation-error", "units"))

    def test_a_wrong_service_token_decides_nothing(self) -> None:
        with Keys(URL, "pk_service_wrong") as keys, self.assertRaises(ServiceTokenRefused):
            keys.verify("pk_live_any")

    def test_a_repeat_with_the_same_idempotency_key_counts_once(self) -> None:
        created = new_key(self.management)
        order = str(uuid.uuid4())
        first = self.keys.verify(created.secret, idempotency_key=order)
        again = self.keys.verify(created.secret, idempotency_key=order)
        self.assertEqual(again.request_id, first.request_id)
        self.assertEqual(self.keys.verify(created.secret).requests_today, 2)

    def test_threads_share_a_client_and_each_request_counts_once(self) -> None:
        created = new_key(self.management)
        with Front() as front, new_keys(front.url, max_connections=4) as keys:
            codes: list[str] = []
            threads = [
                threading.Thread(target=lambda: codes.extend(keys.verify(created.secret).code for _ in range(10)))
                for _ in range(8)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            self.assertEqual(codes, ["VALID"] * 80)
            self.assertLessEqual(front.connections, 4)
        eventually(lambda: admitted(self.management, created.resource["id"]), lambda count: count == 80)

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork")
    def test_a_forked_process_uses_connections_of_its_own(self) -> None:
        created = new_key(self.management)
        verification = self.keys.verify(created.secret)
        self.keys.report(verification, 200, 1)
        child = os.fork()
        if child == 0:
            try:
                forked = self.keys.verify(created.secret)
                self.keys.report(forked, 201, 1)
                self.keys.close(20)
                os._exit(0 if forked.valid and self.keys.dropped_reports == 0 else 1)
            finally:
                os._exit(2)
        for _ in range(5):
            self.assertTrue(self.keys.verify(created.secret).valid)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        eventually(
            lambda: self.management.get_api_key_usage(created.resource["id"])["windows"]["24h"],
            lambda window: window["requests"] == 7 and window["latencyMs"]["p50"] is not None,
        )


class Failures(unittest.TestCase):
    """The bounds are short here, and nobody measures time: a wait without a bound would never end."""

    def test_a_service_that_never_answers_is_unavailable(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            with Keys(f"http://127.0.0.1:{server.getsockname()[1]}", SERVICE_TOKEN, timeout=0.3) as keys:
                with self.assertRaisesRegex(KeysUnavailable, "no answer in time"):
                    keys.verify("pk_live_any")

    def test_a_service_that_answers_byte_by_byte_is_unavailable(self) -> None:
        stop = threading.Event()
        with socket.create_server(("127.0.0.1", 0)) as server:

            def drip() -> None:
                connected, _ = server.accept()
                with connected:
                    connected.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while not stop.wait(0.05):
                        try:
                            connected.sendall(b"x")
                        except OSError:
                            return

            thread = threading.Thread(target=drip, daemon=True)
            thread.start()
            with Keys(f"http://127.0.0.1:{server.getsockname()[1]}", SERVICE_TOKEN, timeout=0.3) as keys:
                with self.assertRaisesRegex(KeysUnavailable, "no answer in time"):
                    keys.verify("pk_live_any")
            stop.set()
            thread.join(30)

    def test_connections_that_are_all_in_use_are_waited_for_within_the_bound(self) -> None:
        with Front(rule=lambda _: HANG) as front, new_keys(front.url, timeout=0.3, max_connections=1) as keys:
            first = threading.Thread(target=lambda: self.assertRaises(KeysUnavailable, keys.verify, "pk_live_any"))
            first.start()
            with self.assertRaises(KeysUnavailable):
                keys.verify("pk_live_any")
            first.join(30)

    def test_nobody_there_is_unavailable(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        with Keys(f"http://127.0.0.1:{port}", SERVICE_TOKEN) as keys, self.assertRaises(KeysUnavailable):
            keys.verify("pk_live_any")

    def test_answers_that_are_not_of_the_service_admit_nobody(self) -> None:
        for answer in (
            json_answer(200, b"<html>"),
            json_answer(200, b"[]"),
            json_answer(200, b"{}"),
            json_answer(200, b'{"valid": "yes", "code": "VALID", "requestId": "req"}'),
            json_answer(200, b'{"valid": true, "code": "REVOKED", "requestId": "req"}'),
            json_answer(302, b"", Location="https://example.com"),
            json_answer(500, b"{}"),
            json_answer(503, b"{}", **{"Retry-After": "nan"}),
            (200, {"Content-Length": "100"}, b"{"),
        ):
            with self.subTest(answer=answer), Front(rule=lambda _: answer) as front:
                try:
                    with new_keys(front.url, timeout=1) as keys:
                        self.assertFalse(keys.verify("pk_live_any").valid)
                except KeysUnavailable:
                    pass

    def test_a_kept_connection_that_the_service_has_closed_is_replaced(self) -> None:
        with new_management() as management, Front() as front, new_keys(front.url) as keys:
            created = new_key(management)
            self.assertTrue(keys.verify(created.secret).valid)
            front.rule = once(LOSE)
            # It is closed when the request is on its way already.
            self.assertTrue(keys.verify(created.secret).valid)
            self.assertEqual(front.connections, 2)

    def test_a_new_connection_that_breaks_is_not_tried_again(self) -> None:
        with Front(rule=lambda _: LOSE) as front, new_keys(front.url) as keys:
            with self.assertRaises(KeysUnavailable):
                keys.verify("pk_live_any")
            self.assertEqual(len(front.seen), 1)

    def test_a_client_that_was_closed_can_still_decide_and_keeps_nothing(self) -> None:
        keys = new_keys()
        keys.close()
        self.assertFalse(keys.verify("pk_live_any").valid)

    def test_an_address_that_is_none_is_refused(self) -> None:
        for url in ("keys.example.com", "ftp://keys.example.com", "https://user:pass@keys.example.com", "https://"):
            with self.subTest(url=url), self.assertRaises(ValueError) as raised:
                Keys(url, SERVICE_TOKEN)
            self.assertNotIn("pass@", str(raised.exception))

    def test_a_path_in_the_url_is_kept(self) -> None:
        with Front(rule=lambda seen: json_answer(503, b"{}")) as front, new_keys(f"{front.url}/keys/") as keys:
            with self.assertRaises(KeysUnavailable):
                keys.verify("pk_live_any")
            self.assertEqual(front.seen[0].path, "/keys/verify")


class Tls(unittest.TestCase):
    def test_a_certificate_is_checked(self) -> None:
        with tempfile.TemporaryDirectory() as folder, Front() as front:
            certificate, key = Path(folder, "certificate.pem"), Path(folder, "key.pem")
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
                + ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
                + ["-keyout", str(key), "-out", str(certificate)],
                check=True,
                capture_output=True,
            )
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            server = front._server  # pyright: ignore[reportPrivateUsage]
            server.socket = context.wrap_socket(server.socket, server_side=True)
            url = front.url.replace("http://127.0.0.1", "https://localhost")
            trusted = ssl.create_default_context(cafile=str(certificate))
            with new_keys(url, ssl_context=trusted) as keys:
                self.assertEqual([keys.verify("pk_live_any").code for _ in range(3)], ["NOT_FOUND"] * 3)
            self.assertEqual(front.connections, 1)
            with new_keys(url) as keys, self.assertRaisesRegex(KeysUnavailable, "certificate"):
                keys.verify("pk_live_any")


