"""Reports: kept for the moderators, and told elsewhere in the name of the server."""

import pytest

from models.errors import Invalid, NotFound
from models.moderation import reports
from models.moderation.reports import Settlement
from models.people.actors import Actor
from models.store.database import Connection
from outbox.moderation.reports import Complaint, reopen, report, settle
from tests.factories import HERE, make_local_actor, make_member, make_note, make_remote_actor
from tests.outbox.sent_activities import list_sent


async def test_a_report_is_forwarded_without_the_name_of_who_reports(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    instance = await make_local_actor(conn, "instance", type="Application")
    note = await make_note(conn, bob)

    await report(
        conn, HERE, alice, Complaint(target=bob, post_ids=(note.id,), content="Annonce frauduleuse.", forward=True)
    )

    [sent] = await list_sent(conn)
    assert (sent.type, sent.hosts, sent.activity["actor"]) == ("Flag", ["henin.test"], instance.uri)
    assert sent.activity["object"] == [bob.uri, note.uri]
    assert "alice" not in str(sent.activity)
    [kept] = await reports.list_open(conn)
    assert (kept.reporter_id, kept.target_id, kept.content) == (alice.id, bob.id, "Annonce frauduleuse.")


async def test_without_a_wish_nothing_leaves(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_local_actor(conn, "instance", type="Application")

    await report(conn, HERE, alice, Complaint(target=bob))

    assert await list_sent(conn) == []
    assert len(await reports.list_open(conn)) == 1


async def test_posts_of_others_or_hidden_ones_cannot_be_reported(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    hidden = await make_note(conn, bob, audience="direct")
    foreign = await make_note(conn, await make_remote_actor(conn, "carl"))

    for post in (hidden, foreign):
        with pytest.raises(NotFound):
            await report(conn, HERE, alice, Complaint(target=bob, post_ids=(post.id,)))
    said, elsewhere = [await make_note(conn, bob) for _ in range(2)]
    for around in (hidden, elsewhere):
        with pytest.raises(NotFound):
            await report(conn, HERE, alice, Complaint(target=bob, post_ids=(said.id,), around_ids=(around.id,)))


async def test_an_endless_report_is_refused(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)

    with pytest.raises(Invalid):
        await report(conn, HERE, alice, Complaint(target=bob, content="x" * 5001))


async def test_only_the_same_said_again_by_the_same_person_while_it_waits_is_added_to_what_she_reported(
    conn: Connection,
) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_local_actor(conn, "instance", type="Application")
    one, other = [await make_note(conn, bob) for _ in range(2)]

    async def tell(reporter: Actor | None, *ids: int, email: str | None = None) -> int:
        complaint = Complaint(target=bob, post_ids=ids, content="Arnaque.", email=email)
        return (await report(conn, HERE, reporter, complaint)).id

    by_alice, by_mail = await tell(alice, one.id), await tell(None, one.id, email="v@example.org")
    assert [await tell(alice, one.id), await tell(None, one.id, email="V@example.org")] == [by_alice, by_mail]
    assert await tell(alice) == by_alice, "the person alone is part of it"
    await settle(conn, by_mail, Settlement(by=None))
    fresh = [
        await tell(alice, other.id),
        await tell(await make_member(conn, "zoe"), one.id),
        await tell(None, one.id, email="v@example.org"),
    ]
    assert len({by_alice, by_mail, *fresh}) == 5


async def test_what_is_reopened_joins_the_case_that_is_open_by_then(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_local_actor(conn, "instance", type="Application")
    mona = await make_member(conn, "mona", roles=["moderator"])
    first = await report(conn, HERE, alice, Complaint(target=bob))
    await settle(conn, first.id, Settlement(by=mona.id))
    second = await report(conn, HERE, alice, Complaint(target=bob))

    await reopen(conn, first.id, mona.id)

    assert second.case_id != first.case_id
    assert [one.case_id for one in await reports.list_open(conn)] == [second.case_id] * 2
