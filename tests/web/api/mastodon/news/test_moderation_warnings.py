"""What the team decided about somebody, as her apps are told of it; and what telephones show of the team's work."""

from typing import Any, get_args

import orjson
import pytest

from models.moderation import cases, decisions
from models.moderation.decisions import DecisionKind
from models.news import notifications, push_subscriptions
from models.news.staff_notifications import KIND_OF
from models.people import accounts
from models.store.database import fetch_column, fetch_value, transaction
from outbox.moderation import case_appeals, case_decisions
from outbox.moderation.case_decisions import Ruling
from tests.factories import HERE, make_local_actor, make_member, make_note
from tests.web.api import strict
from tests.web.api.conftest import Alice
from web.api.entities.moderation_warnings import ACTIONS
from web.news.web_push import AS, TITLES, WORDLESS, write_message

URL = "/api/v1/notifications"

WARNING = strict.shaped(
    {
        "id": strict.id,
        "action": strict.one_of("none", "silence", "delete_statuses"),
        "text": strict.filled,
        "status_ids": strict.many(strict.id),
        "target_account": strict.account,
        "appeal": strict.maybe(
            strict.shaped({"text": strict.filled, "state": strict.one_of("pending", "rejected", "approved")})
        ),
        "created_at": strict.moment,
    }
)

WORDS = "Ce n’est pas permis ici."


async def decide(alice: Alice, kind: DecisionKind, **changes: Any) -> int:
    """Mona decides about Alice, and is named nowhere; the decision."""
    async with transaction(alice.api.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        mona = await make_member(conn, "mona", roles=["moderator"], name="Mona")
        case_id = await cases.open_case(conn, alice.actor.id, alice.actor.display_name)
        ruling = Ruling(kind=kind, seen=0, words=WORDS, **changes)
        ruled = await case_decisions.decide(conn, HERE, case_id, ruling, await accounts.get(conn, mona.id))
        return ruled.decision.id


@pytest.mark.parametrize(("kind", "action"), [("warn", "none"), ("limit", "silence"), ("hide", "delete_statuses")])
async def test_her_apps_are_told_as_they_know_it_and_name_nobody_of_the_team(
    alice: Alice, kind: DecisionKind, action: str
) -> None:
    async with transaction(alice.api.pool) as conn:
        note = await make_note(conn, alice.actor)
    id = await decide(alice, kind, post_ids=(note.id,) if kind == "hide" else ())

    [told] = (await alice.api.ask("GET", f"{URL}?types[]=moderation_warning")).json
    grouped: Any = (await alice.api.ask("GET", "/api/v2/notifications")).json

    assert told["type"] == "moderation_warning" and told["account"]["acct"] == "alice"
    WARNING(told["moderation_warning"])
    warning = told["moderation_warning"]
    assert (warning["id"], warning["action"], warning["text"], warning["appeal"]) == (str(id), action, WORDS, None)
    assert warning["status_ids"] == ([str(note.id)] if kind == "hide" else [])
    [group] = [one for one in grouped["notification_groups"] if one["type"] == "moderation_warning"]
    assert group["moderation_warning"] == warning and group["sample_account_ids"] == [str(alice.actor.id)]
    assert "mona" not in str(told)
    assert (await alice.api.ask("GET", f"{URL}?exclude_types[]=moderation_warning")).json == []


async def test_her_appeal_stands_beside_it(alice: Alice) -> None:
    id = await decide(alice, "limit")
    async with transaction(alice.api.pool) as conn:
        decision = await decisions.find(conn, id)
        assert decision is not None
        await case_appeals.object_to(conn, decision, "Ce n’était pas moi.")

    [told] = (await alice.api.ask("GET", URL)).json

    assert told["moderation_warning"]["appeal"] == {"text": "Ce n’était pas moi.", "state": "pending"}


def test_each_decision_is_something_that_clients_know() -> None:
    assert set(ACTIONS) == set(get_args(DecisionKind))
    assert {*KIND_OF} - {"admin.sign_up", "coop_follow"} <= WORDLESS <= set(TITLES)


async def test_a_telephone_shows_no_word_and_no_name_of_what_waits_or_was_decided(alice: Alice) -> None:
    secret = "Hocine Secret"
    async with transaction(alice.api.pool) as conn:
        instance = await make_local_actor(conn, "instance", type="Application")
        hocine = await make_member(conn, "hocine", name=secret)
        note = await make_note(conn, hocine, content=f"<p>{secret}</p>")
        for type in WORDLESS:
            giver = hocine if type == "handed_over" else instance
            id = await notifications.notify(
                conn, recipient_id=alice.actor.id, type=type, actor_id=giver.id, post_id=note.id
            )
            assert id is not None
            told = await notifications.find(conn, id)
            assert told is not None
            message = orjson.loads(await write_message(conn, HERE, told))
            assert message["body"] == "" and (type == "handed_over" or secret not in str(message)), type


async def test_an_app_that_wants_warnings_is_told_of_decisions(alice: Alice) -> None:
    assert AS["decision"] == "moderation_warning"
    async with transaction(alice.api.pool) as conn:
        [token] = await fetch_column(conn, "SELECT id FROM token WHERE actor_id = $1", alice.actor.id)
        new = push_subscriptions.NewPush(endpoint="https://push.example/x", p256dh="x", auth="x", standard=True,
            policy="all", alerts=("moderation_warning",))  # fmt: skip
        held = await push_subscriptions.save(conn, token, alice.actor.id, new)
    await decide(alice, "warn")

    async with transaction(alice.api.pool) as conn:
        id = await fetch_value(conn, "SELECT id FROM notification WHERE type = 'decision'")
        assert await push_subscriptions.list_wanting(conn, id) == [held.id]
        assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'push'") == 1
