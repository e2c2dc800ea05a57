"""The clients for asyncio do as those of threads."""

from __future__ import annotations

import asyncio
import unittest
from typing import Any

from pictify_keys import AsyncKeys, AsyncManagement, KeysUnavailable, Problem, ServiceTokenRefused, Verification
from pictify_keys._reports import BATCH

from .support import (
    HANG,
    LOSE,
    OPERATOR_TOKEN,
    SERVICE_TOKEN,
    SLOW_URL,
    URL,
    Front,
    eventually,
    ignore,
    json_answer,
    new_key,
    new_management,
    once,
)


def new_async_keys(url: str = URL, **options: Any) -> AsyncKeys:
    given: dict[str, Any] = {"report_interval": 0.05, "timeout": 20.0, "on_error": ignore, **options}
    return AsyncKeys(url, SERVICE_TOKEN, **given)


class Verify(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        self.management = new_management()
        self.addCleanup(self.management.close)
        created = new_key(self.management)
        self.key, self.key_id = created.secret, created.resource["id"]

    async def test_a_revoked_key_is_refused_at_once(self) -> None:
        async with new_async_keys() as keys, AsyncManagement(
            URL, OPERATOR_TOKEN, self.management.account_id
        ) as management:
            self.assertTrue((await keys.verify(self.key)).valid)
            await management.revoke_api_key(self.key_id)
            self.assertEqual((await keys.verify(self.key)).code, "REVOKED")

    async def test_tasks_share_a_client_and_each_request_counts_once(self) -> None:
        with Front() as front:
            async with new_async_keys(front.url, max_connections=4) as keys:
                found = await asyncio.gather(*(keys.verify(self.key) for _ in range(80)))
                self.assertEqual([one.code for one in found], ["VALID"] * 80)
                self.assertLessEqual(front.connections, 4)
                self.assertEqual((await keys.verify(self.key)).requests_today, 81)

    async def test_failures_are_unavailable(self) -> None:
        for answer in (
            json_answer(200, b"<html>"),
            json_answer(500, b"{}"),
            json_answer(302, b"", Location="https://example.com"),
            (200, {"Content-Length": "100"}, b"{"),
            (200, {"Content-Length": "-1"}, b"{}"),
            (200, {"Transfer-Encoding": "chunked"}, b"x\r\n"),
            (200, {"X-Long": "x" * 100_000, "Content-Length": "2"}, b"{}"),
        ):
            with self.subTest(answer=str(answer)[:80]), Front(rule=lambda _: answer) as front:
                async with new_async_keys(front.url, timeout=1) as keys:
                    with self.assertRaises(KeysUnavailable):
                        await keys.verify("pk_live_any")

    async def test_a_service_that_never_answers_is_unavailable(self) -> None:
        with Front(rule=lambda _: HANG) as front:
            async with new_async_keys(front.url, timeout=0.3) as keys:
                with self.assertRaisesRegex(KeysUnavailable, "no answer in time"):
                    await keys.verify("pk_live_any")

    async def test_a_task_that_is_cancelled_leaves_its_connection_to_nobody(self) -> None:
        with Front() as front:
            async with new_async_keys(front.url, max_connections=1) as keys:
                self.assertTrue((await keys.verify(self.key)).valid)
                front.rule = once(HANG)
                task = asyncio.create_task(keys.verify(self.key))
                while len(front.seen) < 2:
                    await asyncio.sleep(0.01)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                self.assertEqual((await keys.verify(self.key)).requests_today, 2)

    async def test_what_is_left_over_is_never_the_next_answer(self) -> None:
        body = b'{"valid":false,"code":"NOT_FOUND","requestId":"req_1"}'
        extra = b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"valid":true,"code":"VALID","requestId":"req_evil"}'
        two = (200, {"Content-Length": str(len(body))}, body + extra)
        with Front(rule=lambda _: two) as front:
            async with new_async_keys(front.url) as keys:
                for _ in range(3):
                    self.assertEqual((await keys.verify("pk_live_any")).request_id, "req_1")
            self.assertEqual(front.connections, 3)

    async def test_answers_in_chunks_are_read(self) -> None:
        chunks = b'1c;x=y\r\n{"valid":false,"code":"NOT_F\r\n1B\r\nOUND","requestId":"req_1"} \r\n0\r\nX-T: 1\r\n\r\n'
        with Front(rule=lambda _: (200, {"Transfer-Encoding": "chunked"}, chunks)) as front:
            async with new_async_keys(front.url) as keys:
                self.assertEqual((await keys.verify("x")).code, "NOT_FOUND")
                self.assertEqual((await keys.verify("x")).code, "NOT_FOUND")
            self.assertEqual(front.connections, 1)

    async def test_a_kept_connection_that_the_service_has_closed_is_replaced(self) -> None:
        with Front() as front:
            async with new_async_keys(front.url) as keys:
                self.assertTrue((await keys.verify(self.key)).valid)
                front.rule = once(LOSE)
                self.assertTrue((await keys.verify(self.key)).valid)
                self.assertEqual(front.connections, 2)
                front.rule = lambda _: LOSE
                with self.assertRaises(KeysUnavailable):
                    await keys.verify(self.key)

    async def test_a_wrong_service_token_decides_nothing(self) -> None:
        async with AsyncKeys(URL, "pk_service_wrong") as keys:
            with self.assertRaises(ServiceTokenRefused):
                await keys.verify("pk_live_any")

    def test_each_event_loop_has_connections_of_its_own(self) -> None:
        keys = new_async_keys()
        for _ in range(2):
            self.assertTrue(asyncio.run(keys.verify(self.key)).valid)


class Reports(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        self.management = new_management()
        self.addCleanup(self.management.close)
        created = new_key(self.management)
        self.key, self.key_id = created.secret, created.resource["id"]

    async def test_a_batch_whose_answer_is_lost_counts_once(self) -> None:
        with Front(rule=once(LOSE, "/usage/events")) as front:
            async with new_async_keys(front.url) as keys:
                for status in (200, 404, 500):
                    keys.report(await keys.verify(self.key), status, 12.5)
            self.assertEqual(keys.dropped_reports, 0)
        await asyncio.to_thread(
            eventually,
            lambda: self.management.get_api_key_usage(self.key_id)["windows"]["24h"],
            lambda window: (window["requests"], window["errors"]) == (3, 2) and window["latencyMs"]["p50"] is not None,
        )

    async def test_they_are_sent_without_a_close(self) -> None:
        with Front(rule=lambda _: json_answer(202, b"{}")) as front:
            async with new_async_keys(front.url) as keys:
                for round in range(2):
                    for number in range(BATCH + 1):
                        keys.report(Verification(True, "VALID", f"req_{round}_{number}", key_id="key_x"), 200)
                    while len(front.seen) < 2 * (round + 1):
                        await asyncio.sleep(0.01)

    async def test_close_is_bounded_while_the_service_hangs(self) -> None:
        with Front(rule=lambda _: HANG) as front:
            keys = new_async_keys(front.url)
            keys.report(Verification(True, "VALID", "req_1", key_id="key_x"), 200)
            await asyncio.wait_for(keys.close(0.2), 25)
            self.assertEqual(keys.dropped_reports, 1)


class Management(unittest.IsolatedAsyncioTestCase):
    async def test_changes_are_made_and_followed_to_their_end(self) -> None:
        account = new_management()
        for url in (URL, SLOW_URL):
            async with AsyncManagement(url, OPERATOR_TOKEN, account.account_id) as management:
                created = await management.create_api_key({"name": "Async", "type": "test"})
                rotated = await management.rotate_api_key(created.resource["id"])
                self.assertNotEqual(created.secret, rotated.secret)
                await management.revoke_api_key(rotated.resource["id"])
                await management.delete_api_key(rotated.resource["id"])
                with self.assertRaises(Problem):
                    await management.get_api_key(rotated.resource["id"])

    async def test_events_are_read_to_the_end_of_the_record(self) -> None:
        account = new_management()
        async with AsyncManagement(URL, OPERATOR_TOKEN) as operator:
            pages = operator.event_pages(account_id=account.account_id)
            types = [event["type"] async for page in pages for event in page["events"]]
        self.assertEqual(types, ["account.created"])

    async def test_a_lost_answer_is_asked_for_with_the_same_key(self) -> None:
        account = new_management()
        with Front(rule=once(LOSE)) as front:
            async with AsyncManagement(front.url, OPERATOR_TOKEN, account.account_id) as management:
                await management.create_api_key({"name": "Lost", "type": "live"})
            self.assertEqual(len({seen.headers["Idempotency-Key"] for seen in front.seen}), 1)
        self.assertEqual(len(account.list_api_keys()["apiKeys"]), 1)


