"""What is reported inside a community: who is told, who decides, and what follows for all who have it."""

from dataclasses import replace

import pytest

from federation.vocabulary.activities.activities import Flag
from inbox.handlers.flag import handle_flag
from models.communities import decisions
from models.communities.communities import Community
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.moderation import community_reports, reports
from models.moderation.reports import ReportCategory
from models.moderation.sanctions import find_hiding
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, execute
from outbox.communities.founding import create
from outbox.moderation.community_reports import dismiss, hide, show
from outbox.moderation.reports import Complaint, report
from tests.factories import HERE, make_local_actor, make_member, make_note
from tests.outbox.communities.inside.sample_inside import list_readers, share_listing, share_note
from tests.outbox.communities.sample_community import (
    found,
    list_told,
    make_key_pairs_once,
    make_neighbour,
    put_in,
    write_draft,
)
from tests.outbox.sent_activities import list_sent, make_streams


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """She founds the community."""
    await make_streams(conn)
    await make_local_actor(conn, "instance", type="Application")
    return await make_member(conn)


@pytest.fixture
async def zoe(conn: Connection, community: Community) -> Actor:
    return await enter(conn, community, "zoe")


@pytest.fixture
async def community(conn: Connection, alice: Actor) -> Community:
    return await found(conn, alice)


async def enter(conn: Connection, community: Community, name: str, role: str = "member") -> Actor:
    """One more of ours is in it."""
    person = await make_member(conn, name)
    await put_in(conn, person, community, role)
    return person


async def complain(conn: Connection, by: Actor, about: Actor, post: Post, category: ReportCategory = "other") -> int:
    """She reports something of his."""
    complaint = Complaint(target=about, post_ids=(post.id,), content="Pas ici.", category=category)
    return (await report(conn, HERE, by, complaint)).id


async def test_who_leads_it_is_told_and_reads_what_is_said_but_not_by_whom(
    conn: Connection, alice: Actor, zoe: Actor, community: Community
) -> None:
    moderator = await enter(conn, community, "max", "moderator")
    hugo = await enter(conn, community, "hugo")
    note = await share_note(conn, zoe, community, "Achetez mes montres")

    await complain(conn, hugo, zoe, note)

    assert [await list_told(conn, one) for one in (alice, moderator)] == [["community_report"]] * 2
    assert await list_told(conn, hugo) == await list_told(conn, zoe) == []
    [one] = await community_reports.list_reported(conn, community.actor_id, alice.id)
    assert await community_reports.count_reported(conn, [community.actor_id], alice.id) == {community.actor_id: 1}
    assert (one.post_id, one.said, one.author_name) == (note.id, ["Pas ici."], zoe.display_name)
    assert await community_reports.list_reported(conn, community.actor_id, zoe.id) == []
    assert await community_reports.count_reported(conn, [community.actor_id], zoe.id) == {}


async def test_what_the_law_forbids_is_left_to_the_team(
    conn: Connection, alice: Actor, zoe: Actor, community: Community
) -> None:
    hugo = await enter(conn, community, "hugo")
    note = await share_note(conn, zoe, community)

    id = await complain(conn, hugo, zoe, note, "legal")

    assert await list_told(conn, alice) == []
    assert await community_reports.list_reported(conn, community.actor_id, alice.id) == []
    with pytest.raises(Conflict):
        await dismiss(conn, alice, community, note.id)
    [held] = await reports.list_by_ids(conn, [id])
    assert held.closed_at is None


async def test_what_is_hidden_is_read_by_its_author_alone_and_taken_from_others_servers(
    conn: Connection, alice: Actor, zoe: Actor, community: Community
) -> None:
    hugo, bob = await enter(conn, community, "hugo"), await make_neighbour(conn)
    await put_in(conn, bob, community)
    listing = await share_listing(conn, zoe, community)
    id = await complain(conn, hugo, zoe, listing.post)
    before = len(await list_sent(conn))

    await hide(conn, HERE, alice, community, listing.id, "Pas de vente ici.")

    assert await list_readers(conn, listing.post, zoe, alice, hugo, bob) == ["zoe"]
    hiding = await find_hiding(conn, listing.id)
    assert hiding is not None and (hiding.words, hiding.community) == ("Pas de vente ici.", community.name)
    assert (await list_told(conn, zoe))[0] == "community_hidden"
    assert (await list_told(conn, hugo))[0] == "report_settled"
    [held] = await reports.list_by_ids(conn, [id])
    assert held.closed_at is not None and "retiré" in held.answer
    assert [one.type for one in (await list_sent(conn))[before:]] == ["Update"]
    assert (await decisions.list_decisions(conn, community.actor_id))[0].kind == "hidden"
    with pytest.raises(Conflict):
        await hide(conn, HERE, alice, community, listing.id, "Encore.")

    await show(conn, HERE, alice, community, listing.id)

    assert await list_readers(conn, listing.post, zoe, alice, hugo, bob) == ["zoe", "alice", "hugo", "bob"]
    assert (await list_told(conn, zoe))[0] == "community_shown"
    with pytest.raises(Conflict):
        await show(conn, HERE, alice, community, listing.id)


async def test_what_is_left_as_it_is_waits_no_longer(
    conn: Connection, alice: Actor, zoe: Actor, community: Community
) -> None:
    hugo = await enter(conn, community, "hugo")
    note = await share_note(conn, zoe, community)
    id = await complain(conn, hugo, zoe, note)

    await dismiss(conn, alice, community, note.id)

    assert await list_readers(conn, note, hugo) == ["hugo"]
    [held] = await reports.list_by_ids(conn, [id])
    assert held.closed_at is not None and held.closed_by == alice.id


async def test_a_report_of_several_things_waits_until_each_is_decided(
    conn: Connection, alice: Actor, zoe: Actor, community: Community
) -> None:
    hugo = await enter(conn, community, "hugo")
    first, second, public = (
        await share_note(conn, zoe, community, "Un"),
        await share_note(conn, zoe, community, "Deux"),
        await make_note(conn, zoe),
    )
    inside, beyond = [
        (await report(conn, HERE, hugo, Complaint(target=zoe, post_ids=ids, content=words))).id
        for ids, words in (((first.id, second.id), "Pas ici."), ((first.id, public.id), "Partout."))
    ]

    await hide(conn, HERE, alice, community, first.id, "Pas ici.")
    [waits] = await community_reports.list_reported(conn, community.actor_id, alice.id)
    assert (waits.post_id, await list_closed(conn, inside, beyond)) == (second.id, [])
    await dismiss(conn, alice, community, second.id)

    assert await community_reports.list_reported(conn, community.actor_id, alice.id) == []
    assert await list_closed(conn, inside, beyond) == [inside], "the other one names what the team alone decides about"
    [settled] = await reports.list_by_ids(conn, [inside])
    assert "retiré" in settled.answer


async def list_closed(conn: Connection, *ids: int) -> list[int]:
    """Those of these reports that are settled."""
    return [one.id for one in await reports.list_by_ids(conn, list(ids)) if one.closed_at is not None]


async def test_nobody_decides_who_may_not(conn: Connection, alice: Actor, zoe: Actor, community: Community) -> None:
    moderator, other = await enter(conn, community, "max", "moderator"), await found_another(conn)
    note, hers = await share_note(conn, zoe, community), await share_note(conn, alice, community)

    refused = [
        (zoe, community, note, Forbidden),
        (await make_member(conn, "iris"), community, note, Forbidden),
        (moderator, community, hers, Forbidden),
        (alice, community, hers, Forbidden),
        (other[0], other[1], note, NotFound),
    ]
    for by, where, post, error in refused:
        with pytest.raises(error):
            await hide(conn, HERE, by, where, post.id, "Non.")
    with pytest.raises(Invalid):
        await hide(conn, HERE, alice, community, note.id, "  ")
    assert await list_readers(conn, note, moderator) == ["max"]


async def found_another(conn: Connection) -> tuple[Actor, Community]:
    """Who leads one community decides nothing in another."""
    iris = await make_member(conn, "ines")
    copy = await found_named(conn, iris)
    return iris, copy


async def found_named(conn: Connection, founder: Actor) -> Community:
    return await create(conn, HERE, founder, replace(write_draft(), username="outils"), await make_key_pairs_once())


async def test_a_flag_from_elsewhere_about_what_a_member_elsewhere_shared_reaches_who_leads_its_home(
    conn: Connection, alice: Actor, community: Community
) -> None:
    bob, carl = await make_neighbour(conn), await make_neighbour(conn, "carl", host="carvin.test")
    for member in (bob, carl):
        await put_in(conn, member, community)
    note = await share_note(conn, alice, community)
    await execute(conn, "UPDATE post SET local = false, author_id = $2 WHERE id = $1", note.id, bob.id)

    await handle_flag(
        conn, HERE, carl, Flag(id="https://carvin.test/f/1", actor=carl.uri, objects=(note.uri,), content="Non")
    )

    assert "community_report" in await list_told(conn, alice)
    [held] = await community_reports.list_reported(conn, community.actor_id, alice.id)
    assert held.author_id == bob.id
    await hide(conn, HERE, alice, community, note.id, "Pas ici.")
    assert await list_readers(conn, note, alice, carl) == []
