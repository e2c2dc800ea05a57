"""Management calls: done once, followed to their end, and refused by name."""

from __future__ import annotations

import inspect
import unittest
from typing import Any, cast

from pictify_keys import AsyncManagement, KeysUnavailable, Management, OperationPending, Problem

from .support import (
    LOSE,
    OPERATOR_TOKEN,
    SLOW_URL,
    URL,
    Front,
    json_answer,
    new_key,
    new_keys,
    new_management,
    once,
)


class Keys(unittest.TestCase):
    def setUp(self) -> None:
        self.management = new_management()
        self.addCleanup(self.management.close)

    def test_a_key_is_created_listed_renamed_rotated_revoked_and_deleted(self) -> None:
        created = self.management.create_api_key({"name": "First", "type": "test", "access": "read_only"})
        key_id = created.resource["id"]
        self.assertRegex(created.secret.reveal(), "^pk_test_")
        self.assertEqual(self.management.get_api_key(key_id)["access"], "read_only")
        self.assertEqual(self.management.update_api_key(key_id, {"name": "Second"})["name"], "Second")
        rotated = self.management.rotate_api_key(key_id, 60)
        self.assertEqual(rotated.resource["rotatedFrom"], key_id)
        listed = self.management.list_api_keys(q="Second", limit=10)
        self.assertEqual({one["id"] for one in listed["apiKeys"]}, {key_id, rotated.resource["id"]})
        revoked = self.management.revoke_api_key(rotated.resource["id"], "left")
        self.assertEqual(revoked["fanOut"]["regions"][0]["outcome"], "confirmed")
        self.management.delete_api_key(rotated.resource["id"])
        with self.assertRaises(Problem) as raised:
            self.management.get_api_key(rotated.resource["id"])
        self.assertEqual((raised.exception.status, raised.exception.slug), (404, "api-key-not-found"))
        self.assertRegex(raised.exception.request_id or "", "^req_")

    def test_a_bad_field_is_named(self) -> None:
        with self.assertRaises(Problem) as raised:
            self.management.create_api_key({"name": "", "type": "live", "allowedIps": ["nowhere"]})
        self.assertEqual((raised.exception.slug, raised.exception.errors[0].field), ("validation-error", "name"))
        self.assertIn("name", str(raised.exception))

    def test_of_two_edits_of_one_version_the_second_is_refused(self) -> None:
        key_id = new_key(self.management).resource["id"]
        answer = self.management.request("GET", f"/api-keys/{key_id}")
        etag = answer.headers["etag"]
        self.management.update_api_key(key_id, {"name": "One"}, etag=etag)
        with self.assertRaises(Problem) as raised:
            self.management.update_api_key(key_id, {"name": "Two"}, etag=etag)
        self.assertEqual(raised.exception.status, 412)

    def test_a_repeated_idempotency_key_creates_one_key_and_shows_it_again(self) -> None:
        first = self.management.create_api_key({"name": "Once", "type": "live"}, idempotency_key="python-1")
        again = self.management.create_api_key({"name": "Once", "type": "live"}, idempotency_key="python-1")
        self.assertEqual((again.resource, again.secret), (first.resource, first.secret))

    def test_a_lost_answer_is_asked_for_with_the_same_key(self) -> None:
        with Front(rule=once(LOSE, "/api-keys")) as front:
            management = Management(front.url, OPERATOR_TOKEN, self.management.account_id)
            created = management.create_api_key({"name": "Lost", "type": "live"})
            keys = [seen.headers["Idempotency-Key"] for seen in front.seen]
            self.assertEqual(len(keys), 2)
            self.assertEqual(len(set(keys)), 1)
        found = self.management.list_api_keys(q="Lost")["apiKeys"]
        self.assertEqual([one["id"] for one in found], [created.resource["id"]])
        with new_keys() as keys_client:
            self.assertTrue(keys_client.verify(created.secret).valid)

    def test_a_busy_service_is_asked_again_as_it_says(self) -> None:
        with Front(rule=once(json_answer(503, b"{}", **{"Retry-After": "0"}))) as front:
            management = Management(front.url, OPERATOR_TOKEN, self.management.account_id)
            self.assertEqual(management.list_api_keys()["apiKeys"], [])
            self.assertEqual(len(front.seen), 2)

    def test_a_deletion_whose_answer_is_lost_is_not_repeated(self) -> None:
        with Front(rule=lambda _: LOSE) as front:
            management = Management(front.url, OPERATOR_TOKEN, self.management.account_id)
            with self.assertRaises(KeysUnavailable):
                management.delete_api_key(new_key(self.management).resource["id"])
            self.assertEqual(len(front.seen), 1)

    def test_a_service_that_stays_away_is_given_up(self) -> None:
        with Front(rule=lambda _: json_answer(503, b"{}", **{"Retry-After": "0"})) as front:
            with self.assertRaises(KeysUnavailable):
                Management(front.url, OPERATOR_TOKEN).list_plans()
            self.assertEqual(len(front.seen), 5)

    def test_ids_are_part_of_a_path_and_nothing_else(self) -> None:
        with self.assertRaises(Problem) as raised:
            self.management.get_api_key("../account?x=1#y")
        self.assertEqual(raised.exception.slug, "api-key-not-found")
        for name in ("", ".", ".."):
            with self.assertRaises(ValueError):
                self.management.get_api_key(name)

    def test_usage_is_read_for_a_key_and_as_a_series(self) -> None:
        key_id = new_key(self.management).resource["id"]
        self.assertEqual(self.management.get_api_key_usage(key_id)["windows"]["24h"]["requests"], 0)
        series = self.management.get_usage(interval="hour", group_by="key")
        self.assertEqual((series["interval"], series["groupBy"]), ("hour", "key"))
        self.assertEqual(self.management.get_account()["plan"], "pro")


class Pending(unittest.TestCase):
    """Against an api that answers 202 at once, with the workers that do the change."""

    def setUp(self) -> None:
        self.management = new_management(SLOW_URL)
        self.addCleanup(self.management.close)

    def test_changes_are_followed_to_their_end(self) -> None:
        created = self.management.create_api_key({"name": "Later", "type": "live"})
        key_id = created.resource["id"]
        self.assertEqual(self.management.update_api_key(key_id, {"name": "Renamed"})["name"], "Renamed")
        self.assertEqual(self.management.revoke_api_key(key_id)["apiKey"]["status"], "revoked")
        self.management.delete_api_key(key_id)
        self.assertEqual(self.management.list_api_keys()["apiKeys"], [])

    def test_a_change_that_is_not_done_in_time_is_pending_and_keeps_its_secret(self) -> None:
        impatient = Management(SLOW_URL, OPERATOR_TOKEN, self.management.account_id, wait=0)
        with self.assertRaises(OperationPending) as raised:
            impatient.create_api_key({"name": "Later", "type": "live"})
        pending = raised.exception
        assert pending.secret
        self.assertNotIn(pending.secret.reveal(), f"{pending!r} {pending} {vars(pending)!r}")
        while self.management.get_operation(pending.operation_id)["status"] == "pending":
            pass
        with new_keys() as keys:
            self.assertTrue(keys.verify(pending.secret).valid)

    def test_a_change_that_fails_later_is_its_problem(self) -> None:
        key_id = new_key(self.management).resource["id"]
        with self.assertRaises(Problem) as raised:
            self.management.delete_api_key(key_id)
        self.assertEqual((raised.exception.status, raised.exception.slug), (409, "key-not-revoked"))


class Operators(unittest.TestCase):
    def setUp(self) -> None:
        self.operator = Management(URL, OPERATOR_TOKEN)
        self.addCleanup(self.operator.close)

    def test_an_account_is_created_changed_suspended_resumed_and_erased(self) -> None:
        made = self.operator.create_account({"name": "Leaver", "plan": "free", "adminKey": True})
        account_id = made.account["id"]
        assert made.admin_key
        with Management(URL, made.admin_key.secret) as admin:
            self.assertEqual(admin.get_account()["id"], account_id)
        self.assertEqual(self.operator.update_account(account_id, {"plan": "pro"})["plan"], "pro")
        self.assertEqual(self.operator.suspend_account(account_id, "unpaid")["account"]["status"], "suspended")
        with new_keys() as keys:
            self.assertEqual(keys.verify(made.admin_key.secret).code, "ACCOUNT_SUSPENDED")
        self.assertEqual(self.operator.resume_account(account_id)["account"]["status"], "active")
        link = self.operator.create_session_link(account_id, {"role": "viewer"})
        self.assertRegex(link.url.reveal(), "^http")
        self.operator.erase_account(account_id)
        with self.assertRaises(Problem) as raised:
            self.operator.read_account(account_id)
        self.assertEqual(raised.exception.slug, "account-not-found")

    def test_events_are_read_to_the_end_of_the_record_and_continued(self) -> None:
        account_id = self.operator.create_account({"name": "Events"}).account["id"]
        management = self.operator.for_account(account_id)
        for name in ("One", "Two", "Three"):
            new_key(management, name=name, type="test")
        pages = self.operator.event_pages(account_id=account_id, types=["account.created", "api_key.created"], limit=2)
        names: list[str] = []
        cursor = None
        for page in pages:
            names += [cast(Any, event["data"]).get("apiKey", {}).get("name", event["type"]) for event in page["events"]]
            cursor = page["nextCursor"]
        self.assertEqual(names, ["account.created", "One", "Two", "Three"])
        self.assertEqual(list(self.operator.event_pages(cursor, account_id=account_id, types=["api_key.created"])), [])

    def test_tokens_and_webhooks_show_their_secret_once(self) -> None:
        token = self.operator.create_service_token({"name": "Python"})
        self.assertRegex(token.secret.reveal(), "service")
        listed = self.operator.list_service_tokens()["serviceTokens"]
        self.assertIn(token.resource["id"], [one["id"] for one in listed])
        self.operator.revoke_service_token(token.resource["id"])
        webhook = self.operator.create_webhook({"url": "https://example.com/x", "events": ["api_key.*"]})
        self.assertRegex(webhook.secret.reveal(), "^whsec_")
        self.assertIn(webhook.resource["id"], [one["id"] for one in self.operator.list_webhooks()["webhooks"]])
        self.operator.delete_webhook(webhook.resource["id"])

    def test_any_call_of_the_reference_can_be_made(self) -> None:
        management = new_management()
        with self.assertRaises(Problem) as raised:
            management.request("POST", "/alerts", {"name": "Errors", "metric": "unheard of"})
        self.assertEqual(raised.exception.status, 400)
        self.assertEqual(management.request("GET", "/alerts").body, {"alerts": []})
        export = management.request("GET", "/account/export").body
        self.assertIn('"record":"account"', export.replace(" ", ""))


class Shape(unittest.TestCase):
    def test_both_clients_have_the_same_methods(self) -> None:
        def shape(client: type) -> dict[str, list[str]]:
            methods = inspect.getmembers(client, inspect.isfunction)
            return {name: list(inspect.signature(method).parameters) for name, method in methods if name[0] != "_"}

        self.assertEqual(shape(Management), shape(AsyncManagement))
