"""What an app of somebody who moderates is told, and a repair call as the post that it is."""

from typing import Any

import pytest

from models.news import notifications
from models.store.database import execute, transaction
from outbox.moderation import reports
from outbox.moderation.reports import Complaint
from tests.factories import HERE, make_listing, make_local_actor, make_member, make_note, make_remote_actor
from tests.web.api import strict, strict_newer
from tests.web.api.conftest import Alice

URL = "/api/v1/notifications"
GROUPS = "/api/v2/notifications"

TOLD = strict.many(
    strict.shaped(
        {
            "id": strict.id,
            "type": strict.one_of("admin.report"),
            "created_at": strict.moment,
            "group_key": strict.filled,
            "account": strict.account,
            "report": strict.report,
        }
    )
)


async def furnish(alice: Alice, role: str) -> None:
    """Zoé reports a note of Bob's, somebody joins and somebody asks to; Alice has this role."""
    async with transaction(alice.api.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        await execute(conn, "UPDATE account SET roles = $2 WHERE actor_id = $1", alice.actor.id, [role] if role else [])
        zoe, bob = await make_member(conn, "zoe"), await make_remote_actor(conn)
        note = await make_note(conn, bob)
        await reports.report(
            conn, HERE, zoe, Complaint(target=bob, post_ids=(note.id,), content="Non", category="spam")
        )


async def list_types(alice: Alice, query: str = "") -> list[str]:
    answer: Any = await alice.api.ask("GET", f"{URL}{query}")
    return [one["type"] for one in answer.json]


async def test_whoever_moderates_is_told_of_a_report_with_what_it_says(alice: Alice) -> None:
    await furnish(alice, "moderator")

    answer = await alice.api.ask("GET", f"{URL}?types[]=admin.report")

    TOLD(answer.json)
    [told] = answer.json
    assert (told["account"]["acct"], told["report"]["target_account"]["acct"]) == ("zoe", "bob@henin.test")
    assert (told["report"]["comment"], told["report"]["category"]) == ("Non", "spam")
    assert len(told["report"]["status_ids"]) == 1


async def test_among_groups_a_report_says_as_much(alice: Alice) -> None:
    await furnish(alice, "moderator")

    told = await alice.api.get(GROUPS, strict_newer.grouped_notifications)

    [group] = told["notification_groups"]
    [zoe] = told["accounts"]
    assert (group["type"], group["sample_account_ids"], zoe["acct"]) == ("admin.report", [zoe["id"]], "zoe")
    assert (group["report"]["comment"], group["report"]["target_account"]["acct"]) == ("Non", "bob@henin.test")
    assert (await alice.api.get(f"{GROUPS}/{group['group_key']}"))["notification_groups"][0]["report"] == group[
        "report"
    ]


async def test_nobody_else_is_even_with_an_old_notification(alice: Alice) -> None:
    await furnish(alice, "moderator")
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{}' WHERE actor_id = $1", alice.actor.id)

    assert await list_types(alice) == []
    assert (await alice.api.get(GROUPS))["notification_groups"] == []


@pytest.mark.parametrize("ours", ["repair_call", "saved_search", "match"])
async def test_a_listing_that_she_waits_for_is_told_as_a_post_and_what_apps_do_not_know_is_left_out(
    alice: Alice, ours: str
) -> None:
    async with transaction(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        there = await make_remote_actor(conn, "coop", type="Organization")
        call = await make_listing(conn, bob, kind="repair_call", mode="repair")
        for type, actor_id, post_id in ((ours, bob.id, call.id), ("coop_follow", there.id, None)):
            await notifications.notify(
                conn,
                recipient_id=alice.actor.id,
                type=type,  # type: ignore[arg-type]  # a name out of the parameters
                actor_id=actor_id,
                post_id=post_id,
            )

    assert await list_types(alice) == ["status"]
    assert await list_types(alice, "?types[]=status") == ["status"]
    assert await list_types(alice, "?exclude_types[]=status") == []
    groups = (await alice.api.get(GROUPS, strict_newer.grouped_notifications))["notification_groups"]
    assert [(one["type"], one["status_id"]) for one in groups] == [("status", str(call.id))]
