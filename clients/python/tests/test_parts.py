"""Parts that need no service."""

from __future__ import annotations

import socket
import threading
import unittest
from unittest import mock

from pictify_keys import KeysUnavailable, Secret
from pictify_keys._exchange import Send, Wait, exchange, prepared
from pictify_keys._http import Response, address_of, json_request, write_request
from pictify_keys._lookup import Lookup
from pictify_keys.verification import clip, storable


class Requests(unittest.TestCase):
    def test_a_header_or_path_that_would_break_out_is_refused_and_not_shown(self) -> None:
        address = address_of("http://[::1]:3000", None)
        self.assertIn(b"Host: [::1]:3000\r\n", write_request(address, Secret("t"), json_request("GET", "/x")))
        for token, path, headers in (
            ("a\r\nX-Evil: 1", "/x", {}),
            ("t", "/x y\r\n", {}),
            ("t", "/x", {"If-Match": "1\n2"}),
            ("t", "/x", {"If-Match": "é"}),
        ):
            with self.subTest(path=path, headers=headers), self.assertRaises(ValueError) as raised:
                write_request(address, Secret(token), json_request("GET", path, headers=headers))
            self.assertNotIn("Evil", str(raised.exception))

    def test_texts_are_cut_as_the_service_counts_them(self) -> None:
        self.assertEqual(clip("abc", 2), "ab")
        self.assertEqual(clip("\U0001f511" * 3, 4), "\U0001f511" * 2)
        self.assertEqual(clip("\U0001f511" * 3, 3), "\U0001f511")
        self.assertEqual(storable("a\0b\ud800", 10), "ab?")


class Lookups(unittest.TestCase):
    def test_a_lookup_that_hangs_is_bounded_and_one_for_all(self) -> None:
        release = threading.Event()
        looked: list[str] = []

        def hang(host: str, *_: object, **__: object) -> list[object]:
            looked.append(host)
            release.wait(30)
            return []

        with mock.patch.object(socket, "getaddrinfo", hang):
            lookup = Lookup("keys.example.com", 443)
            for _ in range(3):
                with self.assertRaises(TimeoutError):
                    lookup.addresses(0.05)
            self.assertEqual(looked, ["keys.example.com"])
            release.set()

    def test_a_host_that_does_not_exist_is_an_error_of_its_own(self) -> None:
        with mock.patch.object(socket, "getaddrinfo", side_effect=socket.gaierror("no such host")):
            with self.assertRaises(OSError):
                Lookup("nowhere.invalid", 443).addresses(5)


class Exchanges(unittest.TestCase):
    """What is sent and waited for, in order."""

    def play(self, method: str, *outcomes: Response | KeysUnavailable, bound: float = 60) -> tuple[list[str], object]:
        steps = exchange(prepared(json_request(method, "/x", {}), None, None), 5, bound)
        left, log, outcome = list(outcomes), list[str](), None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                return log, end.value.status
            except Exception as error:
                return log, type(error).__name__
            if isinstance(step, Wait):
                log.append(f"wait {step.seconds:g}")
                outcome = None
            else:
                assert isinstance(step, Send)
                log.append(f"{step.request.method} {step.request.target}")
                outcome = left.pop(0)

    def test_each_kind_of_answer_is_followed(self) -> None:
        def answer(status: int, body: bytes = b"{}", **headers: str) -> Response:
            return Response(status, {"content-type": "application/json", **headers}, body)

        away = KeysUnavailable("away")
        accepted = answer(202, b'{"operation": {"id": "op_1"}, "key": "k"}', **{"retry-after": "2"})
        in_flight = answer(409, b'{"type": "x/idempotency-in-flight", "operationId": "op_1"}', **{"retry-after": "1"})
        busy = answer(429, b'{"type": "x/rate-limit-exceeded"}', **{"retry-after": "3"})
        done = answer(200, b'{"status": "succeeded"}')
        for method, outcomes, expected in (
            ("GET", [answer(200)], (["GET /x"], 200)),
            ("POST", [away, answer(201)], (["POST /x", "wait 0.2", "POST /x"], 201)),
            ("POST", [busy, answer(201)], (["POST /x", "wait 3", "POST /x"], 201)),
            ("POST", [accepted, in_flight, answer(201)], (["POST /x", "wait 2", "POST /x", "wait 1", "POST /x"], 201)),
            ("POST", [answer(500)], (["POST /x"], "KeysUnavailable")),
            ("POST", [answer(302)], (["POST /x"], "KeysUnavailable")),
            ("PATCH", [accepted, done, answer(200)], (["PATCH /x", "wait 1", "GET /operations/op_1", "GET /x"], 200)),
            (
                "PATCH",
                [accepted, answer(500), done, answer(200)],
                (["PATCH /x", "wait 1", "GET /operations/op_1", "wait 1", "GET /operations/op_1", "GET /x"], 200),
            ),
            ("DELETE", [accepted, done], (["DELETE /x", "wait 1", "GET /operations/op_1"], 204)),
            ("DELETE", [away], (["DELETE /x"], "KeysUnavailable")),
            ("DELETE", [answer(404)], (["DELETE /x"], "Problem")),
        ):
            with self.subTest(method=method, outcomes=outcomes):
                self.assertEqual(self.play(method, *outcomes), expected)
        self.assertEqual(self.play("POST", accepted, bound=1), (["POST /x"], "OperationPending"))
        self.assertEqual(self.play("POST", busy, bound=1), (["POST /x"], "Problem"))
        # Still under way when it was asked for again: what the first answer said is not forgotten.
        later = answer(409, b'{"type": "x/idempotency-in-flight"}', **{"retry-after": "90"})
        self.assertEqual(self.play("POST", accepted, later), (["POST /x", "wait 2", "POST /x"], "OperationPending"))
