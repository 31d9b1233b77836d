"""Flags as other software writes them, and what is made of each (AX17); and those that nobody here acts upon."""

from collections.abc import Callable
from typing import Any

import pytest

from models.moderation import reports
from models.moderation.reports import Report
from models.moderation.searches import report_counts
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from tests.factories import make_listing, make_local_actor, make_member, make_note
from tests.fediverse import Person
from tests.inbox.desk import Desk

SHAPES: dict[str, Callable[[str, str, str], dict[str, Any]]] = {
    "Mastodon: account and statuses, in the name of the server": lambda who, one, two: {
        "object": [who, one, two],
        "content": "Il ne rend rien.",
    },
    "GoToSocial: the same, addressed to whom it is about": lambda who, one, two: {
        "object": [who, one, two],
        "content": "Il ne rend rien.",
        "to": who,
    },
    "Mobilizon: plain text, addressed to nobody": lambda who, one, two: {
        "object": [who, one, two],
        "content": "Il ne rend rien.",
        "mediaType": "text/plain",
        "to": [],
        "cc": [],
    },
    "Pleroma: statuses that are objects": lambda who, one, two: {
        "object": [who, {"type": "Note", "id": one, "content": "x", "actor": {"id": who}}, {"type": "Note", "id": two}],
        "content": "Il ne rend rien.",
        "context": "https://henin.test/contexts/1",
        "to": [],
        "cc": [who],
    },
    "Lemmy: one post, and why as a summary": lambda who, one, two: {
        "object": one,
        "summary": "Il ne rend rien.",
        "to": ["https://henin.test/c/main"],
        "audience": "https://henin.test/c/main",
    },
    "Misskey: one account, HTML": lambda who, one, two: {"object": who, "content": "<p>Il ne rend rien.</p>"},
}


async def keep(desk: Desk, alice: Actor) -> tuple[str, str]:
    """A listing and a note of Alice's; their ids."""
    async with transaction(desk.instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        listing = await make_listing(conn, alice)
        note = await make_note(conn, alice, content="<p>Je garde tout.</p>")
        return listing.uri, note.uri


async def list_open(desk: Desk) -> list[Report]:
    async with connection(desk.instance.pool) as conn:
        return await reports.list_open(conn)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
async def test_ax17_each_software_reports_in_its_own_shape(
    desk: Desk, alice: Actor, shape: Callable[[str, str, str], dict[str, Any]]
) -> None:
    server = desk.fediverse.add_person("instance", "henin.test", type="Application")
    one, two = await keep(desk, alice)
    document = desk.activity(server, "Flag", None) | shape(alice.uri, one, two)

    await desk.take(server, document)

    [kept] = await list_open(desk)
    named = document["object"] if isinstance(document["object"], list) else [document["object"]]
    assert kept.object_uris == [each["id"] if isinstance(each, dict) else each for each in named]
    assert (kept.target_id, kept.content, kept.local, kept.uri) == (
        alice.id,
        "Il ne rend rien.",
        False,
        document["id"],
    )
    assert [extract["uri"] for extract in kept.extracts] == [uri for uri in (one, two) if uri in kept.object_uris]


async def test_ax17_a_flag_in_the_name_of_another_server_is_refused(desk: Desk, bob: Person, alice: Actor) -> None:
    server = desk.fediverse.add_person("instance", "arras.test", type="Application")

    outcome = await desk.post(bob, desk.activity(server, "Flag", [alice.uri], content="Non"))

    assert outcome.status == 401
    assert await list_open(desk) == []


async def test_ax17_what_is_not_ours_is_nobody_here_also_where_we_hold_a_copy(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    await desk.take(bob, desk.create(bob))
    copied = await desk.value("SELECT uri FROM post WHERE NOT local")

    await desk.take(bob, desk.activity(bob, "Flag", [bob.uri, copied]))

    assert copied is not None and await list_open(desk) == []
    assert (await desk.states())[-1] == ("ignored", "reports_nobody")


async def test_ax17_a_guest_is_no_account_of_ours_to_others(desk: Desk, bob: Person, alice: Actor) -> None:
    async with transaction(desk.instance.pool) as conn:
        guest = await make_member(conn, "leonie")
        await execute(conn, "DELETE FROM account WHERE actor_id = $1", guest.id)
        await execute(conn, "UPDATE actor SET host = '', local = false WHERE id = $1", guest.id)

    await desk.take(bob, desk.activity(bob, "Flag", [guest.uri]))

    assert await list_open(desk) == []


async def test_ax17_naming_a_private_message_shows_it_to_nobody(desk: Desk, bob: Person, alice: Actor) -> None:
    there = await desk.meet(bob)
    async with transaction(desk.instance.pool) as conn:
        carol = await make_member(conn, "carol")
        secret = await make_note(conn, alice, audience="direct", mention_ids=(carol.id,), content="<p>Secret</p>")
        told = await make_note(conn, alice, audience="direct", mention_ids=(there.id,), content="<p>À Bob</p>")

    await desk.take(bob, desk.activity(bob, "Flag", [alice.uri, secret.uri, told.uri]))

    [kept] = await list_open(desk)
    assert [extract["text"] for extract in kept.extracts] == ["À Bob"]


async def test_ax17_a_flood_of_a_friend_is_one_case_and_one_piece_of_news(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await keep(desk, alice)
    async with transaction(desk.instance.pool) as conn:
        await make_member(conn, "odile", roles=["moderator"])

    await desk.take(bob, *(desk.activity(bob, "Flag", [alice.uri], content=f"Non {n}") for n in range(12)))

    assert await desk.value("SELECT count(*) FROM moderation_case") == 1
    assert await desk.value("SELECT count(*) FROM notification WHERE type = 'admin.report'") == 1
    assert await desk.value("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'staff_mail'") == 1
    async with connection(desk.instance.pool) as conn:
        case_id = await desk.value("SELECT id FROM moderation_case")
        assert await report_counts.count_by_cases(conn, [case_id]) == {case_id: 12}


async def test_ax17_a_flag_that_comes_again_opens_no_case_anew(desk: Desk, bob: Person, alice: Actor) -> None:
    flag = desk.activity(bob, "Flag", [alice.uri])
    await desk.take(bob, flag)
    async with transaction(desk.instance.pool) as conn:
        await execute(conn, "UPDATE report SET closed_at = now()")
        await execute(conn, "UPDATE moderation_case SET closed_at = now()")

    await desk.take(bob, flag | {"content": "Encore"})

    assert await desk.value("SELECT count(*) FROM moderation_case WHERE closed_at IS NULL") == 0
