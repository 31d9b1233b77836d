"""Block, Flag, Move, Add, Remove and Offer (AX16 to AX19)."""

from typing import Any

import pytest

from models import blocks, follows, reports
from models.actors import Actor
from models.database import connection
from tests.factories import make_listing, make_member
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def test_a_block_ends_follows_both_ways_and_is_told_to_nobody(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    await desk.take(bob, desk.activity(bob, "Follow", alice.uri))
    block = desk.activity(bob, "Block", alice.uri)

    await desk.take(bob, block)

    blocker = await desk.meet(bob)
    async with connection(desk.instance.pool) as conn:
        assert await blocks.between(conn, alice.id, blocker.id)
    assert await desk.value("SELECT count(*) FROM follow") == 0
    assert "block" not in await desk.told(alice)


@pytest.mark.parametrize("form", ["whole", "id"])
async def test_a_block_is_lifted(desk: Desk, bob: Person, alice: Actor, form: str) -> None:
    block = desk.activity(bob, "Block", alice.uri)

    await desk.take(bob, block, desk.activity(bob, "Undo", block if form == "whole" else block["id"]))

    assert await desk.value("SELECT count(*) FROM block") == 0


async def test_a_report_is_kept_for_the_moderators(desk: Desk, bob: Person, alice: Actor) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)

    await desk.take(bob, desk.activity(bob, "Flag", [alice.uri, listing.uri], content="x" * 6000))

    async with connection(desk.instance.pool) as conn:
        [report] = await reports.list_open(conn)
    assert report.target_id == alice.id and not report.local
    assert report.object_uris == [alice.uri, listing.uri]
    assert len(report.content) == 5000


async def test_a_report_that_names_only_a_post_is_about_its_author(desk: Desk, bob: Person, alice: Actor) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)

    await desk.take(bob, desk.activity(bob, "Flag", listing.uri))

    assert await desk.value("SELECT target_id FROM report") == alice.id


async def test_a_report_of_nobody_here_is_ignored(desk: Desk, bob: Person) -> None:
    await desk.take(bob, desk.activity(bob, "Flag", ["https://arras.test/users/carl"]))

    assert await desk.value("SELECT count(*) FROM report") == 0


async def _move(desk: Desk, bob: Person, **changes: Any) -> Person:
    """Bob's new address, which names the old one unless `changes` say otherwise."""
    known: dict[str, Any] = {"alsoKnownAs": [bob.uri]} | changes
    return desk.fediverse.add_person("robert", "arras.test", **known)


async def _followed(desk: Desk, alice: Actor) -> list[str]:
    """Whom Alice follows or asked to follow."""
    async with connection(desk.instance.pool) as conn:
        rows = await follows.list_asked(conn, alice.id)
        return [await conn.fetchval("SELECT uri FROM actor WHERE id = $1", row.followed_id) for row in rows]


async def test_who_moves_is_followed_to_the_new_address(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob)

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=new.uri))

    assert await _followed(desk, alice) == [new.uri]
    assert [(one["type"], one["actor"]) for one in await desk.sent()] == [("Follow", alice.uri), ("Undo", alice.uri)]
    assert await desk.value("SELECT moved_to FROM actor WHERE uri = $1", bob.uri) == new.uri


async def test_who_moves_here_is_followed_here(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    async with connection(desk.instance.pool) as conn:
        here = await make_member(conn, "bob")
    await desk.instance.pool.execute("UPDATE actor SET also_known_as = $2 WHERE id = $1", here.id, [bob.uri])

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=here.uri))

    assert await _followed(desk, alice) == [here.uri]


@pytest.mark.parametrize(
    "changes",
    [{"alsoKnownAs": []}, {"alsoKnownAs": ["https://evil.test/users/eve"]}, {"movedTo": "https://lens.test/users/x"}],
)
async def test_a_move_that_the_new_address_does_not_confirm_is_ignored(
    desk: Desk, bob: Person, alice: Actor, changes: dict[str, Any]
) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob, **changes)

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=new.uri))

    assert await _followed(desk, alice) == [bob.uri]


async def test_nobody_moves_somebody_else(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob)

    await desk.take(new, desk.activity(new, "Move", bob.uri, target=new.uri))

    assert await _followed(desk, alice) == [bob.uri]


async def test_a_second_move_within_a_week_is_ignored(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    new = await _move(desk, bob)
    third = desk.fediverse.add_person("rob", "lens.test", alsoKnownAs=[bob.uri])

    await desk.take(
        bob,
        desk.activity(bob, "Move", bob.uri, target=new.uri),
        desk.activity(bob, "Move", bob.uri, target=third.uri),
    )

    assert await _followed(desk, alice) == [new.uri]


@pytest.mark.parametrize("type", ["Add", "Remove"])
async def test_pins_are_checked_and_not_kept(desk: Desk, bob: Person, alice: Actor, type: str) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    await desk.take(bob, desk.create(bob, note))

    await desk.take(
        bob,
        desk.activity(bob, type, note["id"], target=f"{bob.uri}/featured"),
        desk.activity(bob, type, note["id"], target="https://arras.test/users/carl/featured"),
        desk.activity(bob, type, "https://arras.test/notes/1", target=f"{bob.uri}/featured"),
    )

    assert [state for state, _ in await desk.states()] == ["done", "done", "ignored", "ignored"]


async def test_terms_are_not_agreed_on_yet_and_nothing_wrong_is_answered(desk: Desk, bob: Person, alice: Actor) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)
    terms = {"type": "Agreement", "stipulates": {"type": "Commitment", "satisfies": f"{listing.uri}#primary"}}

    await desk.take(bob, desk.activity(bob, "Offer", terms, to=[alice.uri]))

    [(state, reason)] = await desk.states()
    assert state == "ignored" and reason
    assert await desk.sent() == []
