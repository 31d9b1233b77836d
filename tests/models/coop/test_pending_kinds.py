"""What waits for the team waits until it is settled, and no longer."""

from types import SimpleNamespace
from typing import cast

import pytest

from models.coop.pending_kinds import list_waiting
from models.people import accounts
from models.store.database import Connection, execute
from tests.factories import make_follow, make_local_actor, make_member, make_remote_actor
from tests.sample_village import Village
from tests.web.pages.coop import pending_things as things

ADDS = {
    "reports": things.add_report,
    "appeals": things.add_appeal,
    "decisions": things.add_proposal,
    "held_posts": things.add_held_post,
    "letters": things.add_letter,
    "endings": things.add_ending,
    "servers": things.add_failing_server,
    "hosts": things.add_host,
    "chores": things.add_failing_chore,
    "mails": things.add_stuck_mail,
}

PROPOSE = "INSERT INTO moderation_decision (id, case_id, kind, refused_at) SELECT id, id, 'exclude', {} FROM report"

TOOK_NOTHING = "UPDATE server SET unavailable_since = NULL, last_out_at = now() - interval '{}'"

CHANGES = [
    ("reports", "UPDATE report SET closed_at = now()", False),
    ("reports", "UPDATE moderation_case SET closed_at = now()", False),
    ("reports", PROPOSE.format("NULL").replace("id, id,", "id, case_id,"), False),
    ("reports", PROPOSE.format("now()").replace("id, id,", "id, case_id,"), True),
    ("appeals", "UPDATE appeal SET decided_at = now(), outcome = 'kept'", False),
    ("decisions", "UPDATE moderation_decision SET effective_at = now()", False),
    ("decisions", "UPDATE moderation_decision SET refused_at = now()", False),
    ("held_posts", "UPDATE post SET deleted_at = now()", False),
    ("letters", "UPDATE message_request SET accepted_at = now()", False),
    ("letters", "UPDATE preference SET value = 'false'", False),
    ("endings", "UPDATE listing SET expires_at = now() + interval '73 hours'", False),
    ("endings", "UPDATE listing SET expires_at = now() + interval '71 hours'", True),
    ("endings", "UPDATE listing SET expires_at = now() - interval '1 hour'", False),
    ("endings", "UPDATE listing SET status = 'paused'", False),
    ("endings", "UPDATE post SET deleted_at = now()", False),
    ("endings", "UPDATE post SET hidden_at = now()", False),
    ("endings", "UPDATE exchange SET owner_read_id = last_id", False),
    ("servers", "UPDATE server SET level = 'reader'", False),
    ("servers", "UPDATE server SET level = 'aside'", False),
    ("servers", "UPDATE server SET paused_at = now()", False),
    ("servers", "UPDATE server SET failure = NULL", False),
    ("servers", TOOK_NOTHING.format("61 minutes"), True),
    ("servers", TOOK_NOTHING.format("59 minutes"), False),
    ("hosts", "UPDATE waiting_post SET wanted = true", False),
    ("chores", "UPDATE chore_trouble SET failures = 1", False),
    ("mails", "UPDATE mail SET cause = NULL", False),
    ("mails", "UPDATE mail SET created_at = now() - interval '8 days'", False),
    ("mails", "UPDATE mail SET created_at = now() - interval '6 days'", True),
]


@pytest.mark.parametrize("kind", ADDS)
async def test_it_waits_until_it_is_settled(conn: Connection, kind: str) -> None:
    nadia = await accounts.get(conn, (await make_member(conn, "nadia", roles=["admin"])).id)
    people = SimpleNamespace(alice=await make_member(conn), hocine=await make_member(conn, "hocine"))
    before = await list_waiting(conn, nadia)
    await ADDS[kind](conn, cast(Village, people))
    assert set(await list_waiting(conn, nadia)) - set(before) == {kind}

    for statement, waits in [(statement, waits) for name, statement, waits in CHANGES if name == kind]:
        change = conn.transaction()
        await change.start()
        await execute(conn, statement)
        assert (kind in await list_waiting(conn, nadia)) is waits, statement
        await change.rollback()


async def test_a_server_in_trouble_is_the_teams_where_the_cooperative_follows_it(conn: Connection) -> None:
    nadia = await accounts.get(conn, (await make_member(conn, "nadia", roles=["admin"])).id)
    await things.add_failing_server(conn, cast(Village, None))
    await execute(conn, "UPDATE server SET level = 'reader'")
    coop = await make_local_actor(conn, "coop", type="Organization")
    theirs, others = await make_remote_actor(conn, "coop", "libercourt0.test"), await make_remote_actor(conn)
    for follower, followed in ((coop, others), (await make_member(conn), theirs)):
        await make_follow(conn, follower, followed)
    assert "servers" not in await list_waiting(conn, nadia)

    await make_follow(conn, coop, theirs)

    assert "servers" in await list_waiting(conn, nadia)
