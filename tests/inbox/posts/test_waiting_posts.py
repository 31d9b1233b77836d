"""A host that nobody here knows sends listings: they are kept within limits, and stand nowhere until it is known."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.errors import CAUSES
from inbox.posts.lookup import fetch_post
from inbox.traffic.diagnosis import Step, diagnose
from models import posts, searches, timelines
from models.exchanges.agreements import Terms
from models.limits import UNKNOWN_HOST_LISTINGS
from models.listings import listings
from models.people.actors import Actor
from models.relations import follows, reactions
from models.searches import NetworkFilter
from models.servers import known_hosts, waiting_posts
from models.servers.directory.saving import Due, save_verdicts, save_vouches
from models.servers.directory.values import Verdict
from models.servers.trust_levels import save_level, save_listed
from models.servers.waiting_posts import DAYS, LONGEST, MOST_OF_ONE, WaitingHost
from models.store.database import connection, execute, fetch_column, transaction
from models.timelines import Page, PostFilter
from outbox.exchanges.agreements import agreements
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.servers import peers
from tests.database_queries import is_known
from tests.factories import make_follow, make_note, make_remote_actor
from tests.fediverse import Person
from tests.inbox.desk import Desk
from tests.unknown_hosts import build_listing

AN_HOUR = UNKNOWN_HOST_LISTINGS.most


@pytest.fixture
def mallory(desk: Desk) -> Person:
    """Mallory, of a host never heard of."""
    return desk.fediverse.add_person("mallory", "a.neu.test")


async def standing(desk: Desk) -> list[str]:
    """The ids of listings in the network page, which all lists of listings are made of."""
    async with connection(desk.instance.pool) as conn:
        found = await searches.list_network(conn, NetworkFilter(reader_local=True), limit=100)
        held = await listings.list_by_posts(conn, [one.id for one in found])
    return sorted(one.uri for one in held.values())


async def waiting(desk: Desk) -> list[WaitingHost]:
    async with connection(desk.instance.pool) as conn:
        return await waiting_posts.list_hosts(conn)


async def find(desk: Desk, uri: str) -> posts.Post:
    async with connection(desk.instance.pool) as conn:
        found = await posts.find_by_uri(conn, uri)
    assert found is not None
    return found


async def test_sixty_listings_in_a_moment_stand_nowhere_and_no_more_than_twenty_are_kept(
    desk: Desk, alice: Actor, mallory: Person
) -> None:
    other = desk.fediverse.add_person("mallet", "b.neu.test")

    await desk.take(mallory, *(desk.create(mallory, build_listing(mallory, n)) for n in range(60)))
    await desk.take(other, desk.create(other, build_listing(other)))

    assert await standing(desk) == []
    states = await desk.states()
    assert states == [("done", None)] * AN_HOUR + [("ignored", CAUSES["hour"])] * (61 - AN_HOUR)
    [one] = await waiting(desk)
    assert (one.host, one.listings, one.authors, one.refused, one.refused_why) == (
        "a.neu.test", AN_HOUR, 1, 61 - AN_HOUR, "hour",
    )  # fmt: skip
    assert (one.title, one.extract.split()) == ("Tresor 19", ["Vite,", "gagnez", "mille", "euros."])
    assert await desk.told(alice) == []


async def test_what_waits_is_opened_by_its_address_and_says_to_whom_it_is_meant(desk: Desk, mallory: Person) -> None:
    await desk.take(mallory, desk.create(mallory, build_listing(mallory)))

    post = await find(desk, f"{mallory.uri}/items/1")

    assert (post.audience, post.meant_audience, post.waits) == ("unlisted", "network", True)
    async with connection(desk.instance.pool) as conn:
        assert await posts.find_visible(conn, post.id, None) is not None


async def test_an_hour_later_there_is_room_again_until_a_hundred_wait(desk: Desk, mallory: Person) -> None:
    await desk.take(mallory, desk.create(mallory, build_listing(mallory)))
    async with transaction(desk.instance.pool) as conn:
        author = await make_remote_actor(conn, "mallet", "a.neu.test")
        for _ in range(MOST_OF_ONE - 2):
            note = await make_note(conn, author, audience="unlisted")
            await waiting_posts.keep(conn, note.id, author.host, "network", wanted=False)
        await execute(conn, "UPDATE waiting_post SET since = since - interval '1 hour'")

    await desk.take(mallory, *(desk.create(mallory, build_listing(mallory, n)) for n in (2, 3)))

    assert (await desk.states())[1:] == [("done", None), ("ignored", CAUSES["domain"])]


async def test_all_together_are_no_more_than_fit_and_none_is_long(
    desk: Desk, mallory: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = build_listing(mallory, 1, content="x" * LONGEST)
    await desk.take(mallory, desk.create(mallory, long))
    await desk.take(mallory, desk.create(mallory, build_listing(mallory, 2)))
    monkeypatch.setattr(waiting_posts, "MOST", 1)
    other = desk.fediverse.add_person("eve", "anders.test")

    await desk.take(other, desk.create(other, build_listing(other)))

    assert await desk.states() == [("ignored", CAUSES["long"]), ("done", None), ("ignored", CAUSES["all"])]


@pytest.mark.parametrize("limit", [(AN_HOUR, 20), (MOST_OF_ONE, 100), (waiting_posts.MOST, 2000), (LONGEST, 65536)])
def test_the_limits_are_these(limit: tuple[int, int]) -> None:
    assert limit[0] == limit[1]


async def follow(desk: Desk, alice: Actor, mallory: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        await make_follow(conn, alice, await make_remote_actor(conn, "offres", "a.neu.test"), state="pending")


async def answer(desk: Desk, alice: Actor, mallory: Person) -> None:
    post = await find(desk, f"{mallory.uri}/items/1")
    async with transaction(desk.instance.pool) as conn:
        draft = NoteDraft(text="Elle est encore là ?", audience="network")
        await notes.answer(conn, desk.instance.site, alice, post, draft)


async def write(desk: Desk, alice: Actor, mallory: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        draft = NoteDraft(text="@mallory@a.neu.test bonjour", audience="direct")
        await notes.publish(conn, desk.instance.site, alice, draft)


async def ask(desk: Desk, alice: Actor, mallory: Person) -> None:
    post, begins = await find(desk, f"{mallory.uri}/items/1"), datetime.now(UTC) + timedelta(days=2)
    async with transaction(desk.instance.pool) as conn:
        listing = await listings.find_by_post(conn, post.id)
        assert listing is not None
        await agreements.request(
            conn, desk.instance.site, alice, listing, Terms(begins_at=begins, ends_at=begins + timedelta(days=1))
        )


async def befriend(desk: Desk, alice: Actor, mallory: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        await save_level(conn, "neu.test", "friend")


async def invite(desk: Desk, alice: Actor, mallory: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        await save_listed(conn, "a.neu.test", listed=True)


async def vouch(desk: Desk, alice: Actor, mallory: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        await save_level(conn, "henin.test", "friend")
        await save_vouches(conn, Due(host="henin.test", depth=0), ["a.neu.test"])
        await save_verdicts(conn, {})


async def map_it(desk: Desk, alice: Actor, mallory: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        await save_vouches(conn, Due(host="henin.test", depth=0), ["a.neu.test"])
        await save_verdicts(
            conn, {"a.neu.test": Verdict(accepted=True, reason=None, hop=2, silent=False, vouchers=("henin.test",))}
        )


async def admit(desk: Desk, alice: Actor, mallory: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        assert await peers.admit(conn, "a.neu.test") == 1


@pytest.mark.parametrize("deed", [follow, answer, write, ask, befriend, invite, vouch, map_it, admit])
async def test_what_waited_stands_at_once_and_what_comes_stands_too(
    desk: Desk, alice: Actor, mallory: Person, deed: Any
) -> None:
    await desk.take(mallory, desk.create(mallory, build_listing(mallory)))
    told = await desk.value("SELECT count(*) FROM notification")
    streamed = await desk.value("SELECT count(*) FROM stream_event WHERE kind = 'post'")
    assert await standing(desk) == []

    await deed(desk, alice, mallory)
    assert await standing(desk) == [f"{mallory.uri}/items/1"]
    own = await desk.value("SELECT count(*) FROM post WHERE local")
    assert await desk.value("SELECT count(*) FROM stream_event WHERE kind = 'post'") == streamed + own
    assert await desk.value("SELECT count(*) FROM notification") == told
    await desk.take(mallory, desk.create(mallory, build_listing(mallory, 2)))

    assert await standing(desk) == [f"{mallory.uri}/items/1", f"{mallory.uri}/items/2"]
    assert await waiting(desk) == []
    assert not (await find(desk, f"{mallory.uri}/items/1")).waits


async def test_somebody_elsewhere_who_follows_or_writes_to_us_makes_nothing_known(
    desk: Desk, alice: Actor, mallory: Person
) -> None:
    offer = await desk.value("SELECT 'https://lomme.test/users/alice'")
    await desk.take(mallory, desk.activity(mallory, "Follow", offer))
    await desk.take(mallory, desk.create(mallory, build_listing(mallory)))

    assert await standing(desk) == []
    [one] = await waiting(desk)
    assert one.followers == 1


async def test_a_vouch_of_somebody_who_is_no_friend_or_for_what_we_removed_counts_for_nothing(desk: Desk) -> None:
    async with transaction(desk.instance.pool) as conn:
        await save_vouches(conn, Due(host="henin.test", depth=0), ["a.neu.test", "b.neu.test"])
        assert not await is_known(conn, "a.neu.test")
        await save_level(conn, "henin.test", "friend")
        await execute(conn, "UPDATE territory SET removed_at = now() WHERE host = 'b.neu.test'")

        assert [await is_known(conn, f"{name}.neu.test") for name in "ab"] == [True, False]


async def test_whom_people_chose_to_know_stays_known_until_an_administrator_has_it_wait(
    desk: Desk, alice: Actor, mallory: Person
) -> None:
    followed = await desk.follow(alice, mallory)
    async with transaction(desk.instance.pool) as conn:
        await follows.remove(conn, follower_id=alice.id, followed_id=followed.id)
    await desk.take(mallory, desk.create(mallory, build_listing(mallory)))
    async with transaction(desk.instance.pool) as conn:
        found = await known_hosts.find(conn, "a.neu.test")
        assert found is not None and found.why == "followed"
        assert await peers.make_wait(conn, "a.neu.test") and not await peers.make_wait(conn, "a.neu.test")

    await desk.take(mallory, desk.create(mallory, build_listing(mallory, 2)))

    assert await standing(desk) == [f"{mallory.uri}/items/1"]


async def test_sent_away_nothing_is_left_and_nothing_comes(desk: Desk, mallory: Person) -> None:
    await desk.take(mallory, *(desk.create(mallory, build_listing(mallory, n)) for n in range(3)))

    async with transaction(desk.instance.pool) as conn:
        assert await peers.send_away(conn, "a.neu.test") == 3
    desk.instance.policy.forget()
    again = await desk.post(mallory, desk.create(mallory, build_listing(mallory, 9)))

    assert (await desk.value("SELECT count(*) FROM post"), again.status) == (0, 403)
    assert await waiting(desk) == []


async def test_what_is_not_decided_goes_after_thirty_days_but_what_somebody_keeps_stays(
    desk: Desk, alice: Actor, mallory: Person
) -> None:
    await desk.take(mallory, *(desk.create(mallory, build_listing(mallory, n)) for n in (1, 2)))
    liked = await find(desk, f"{mallory.uri}/items/2")
    async with transaction(desk.instance.pool) as conn:
        await reactions.favourite(conn, uri="https://lomme.test/likes/1", actor_id=alice.id, post_id=liked.id)
        [one] = await waiting_posts.list_hosts(conn)
    now = datetime.now(UTC)

    async def go(days: float) -> tuple[int, list[int]]:
        async with transaction(desk.instance.pool) as conn:
            gone = await waiting_posts.forget_over(conn, now + timedelta(days=days))
            return gone, await fetch_column(conn, "SELECT id FROM post ORDER BY id")

    assert one.leaves_at is not None and one.leaves_at - now < timedelta(days=DAYS, seconds=1)
    assert (await go(DAYS - 0.01))[0] == 0
    assert await go(DAYS + 0.01) == (1, [liked.id])
    assert await standing(desk) == [] and await waiting(desk) == []
    async with transaction(desk.instance.pool) as conn:
        await peers.admit(conn, "a.neu.test")
    assert await standing(desk) == [liked.uri]


async def test_what_somebody_here_looked_up_is_quiet_too_but_asks_nobody_and_does_not_go(
    desk: Desk, mallory: Person
) -> None:
    document = build_listing(mallory)
    desk.fediverse.documents[document["id"]] = document

    post = await fetch_post(desk.instance, document["id"])

    assert post.waits and await standing(desk) == [] and await waiting(desk) == []
    async with transaction(desk.instance.pool) as conn:
        assert await waiting_posts.forget_over(conn, datetime.now(UTC) + timedelta(days=99)) == 0


async def test_a_note_of_an_unknown_host_stands_in_no_public_timeline_but_where_it_belongs(
    desk: Desk, alice: Actor, bob: Person, mallory: Person
) -> None:
    note = desk.note(mallory, tag=[{"type": "Hashtag", "name": "#velo"}])
    desk.fediverse.documents[note["id"]] = note
    follower = await desk.follow(alice, bob)

    await desk.take(bob, desk.activity(bob, "Announce", note["id"]))

    async def read() -> tuple[int, int, int]:
        async with connection(desk.instance.pool) as conn:
            home = await timelines.list_home(conn, alice.id, Page())
            everywhere = await timelines.list_public(conn, None, PostFilter(), Page())
            tagged = await timelines.list_public(conn, None, PostFilter(any_tags=("velo",)), Page())
        assert [entry.shared_by for entry in home] == [follower.id]
        return len(home), len(everywhere), len(tagged)

    assert await read() == (1, 0, 0) and await waiting(desk) == []
    async with transaction(desk.instance.pool) as conn:
        await peers.admit(conn, "a.neu.test")
    assert await read() == (1, 1, 1)


async def test_what_is_for_followers_alone_waits_for_members_too_and_what_is_for_nobody_here_is_not_kept(
    desk: Desk, mallory: Person
) -> None:
    for_followers = build_listing(mallory, 1, to=[f"{mallory.uri}/followers"], cc=[])
    for_one = build_listing(mallory, 2, to=["https://weit.test/users/eve"], cc=[])

    await desk.take(mallory, desk.create(mallory, for_followers), desk.create(mallory, for_one))

    assert await standing(desk) == []
    assert [state for state, _ in await desk.states()] == ["done", "ignored"]
    async with transaction(desk.instance.pool) as conn:
        await peers.admit(conn, "a.neu.test")
    assert await standing(desk) == [for_followers["id"]]


async def test_no_note_that_is_here_becomes_a_listing_in_the_lists(desk: Desk, alice: Actor, mallory: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        own = await make_note(conn, alice)
        await execute(conn, "INSERT INTO server (host, first_seen_at) VALUES ('a.neu.test', now() - interval '8 days')")
    reply = desk.note(mallory, id=f"{mallory.uri}/items/1", inReplyTo=own.uri)
    listing = build_listing(mallory, updated="2026-11-27T10:00:00Z")

    await desk.take(mallory, desk.create(mallory, reply), desk.activity(mallory, "Update", listing))

    assert await standing(desk) == []
    assert [state for state, _ in await desk.states()] == ["done", "ignored"]


async def test_an_edit_of_what_waits_lets_nothing_in_and_is_taken_beyond_all_limits(
    desk: Desk, mallory: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.take(mallory, desk.create(mallory, build_listing(mallory)))
    monkeypatch.setattr(waiting_posts, "MOST", 1)
    newer = build_listing(mallory, updated="2099-11-27T10:00:00Z")
    newer["publishes"] = newer["publishes"] | {"name": "Changé"}

    await desk.take(mallory, desk.activity(mallory, "Update", newer))

    [one] = await waiting(desk)
    assert (one.title, await standing(desk)) == ("Changé", [])


async def test_whoever_asks_why_reads_that_it_waits_and_for_whom(desk: Desk, alice: Actor, mallory: Person) -> None:
    await desk.take(mallory, desk.create(mallory, build_listing(mallory)))

    found = await diagnose(desk.instance, f"{mallory.uri}/items/1", alice.id)

    assert found.fault is not None
    assert (found.fault.step, found.fault.finding, found.fault.host) == (Step.SHOWN, "waits", "a.neu.test")


async def test_what_waits_does_not_grow_beyond_what_may_wait(desk: Desk, mallory: Person) -> None:
    listing = build_listing(mallory)
    longer = listing | {"content": "x" * LONGEST, "updated": (datetime.now(UTC) + timedelta(seconds=5)).isoformat()}

    await desk.take(mallory, desk.create(mallory, listing), desk.activity(mallory, "Update", longer))

    assert await desk.states() == [("done", None), ("ignored", CAUSES["long"])]
    assert (await waiting(desk))[0].refused_why == "long"


async def test_what_is_for_the_followers_of_its_author_alone_is_counted_and_not_shown(
    desk: Desk, mallory: Person
) -> None:
    private = build_listing(mallory, 2, to=[f"{mallory.uri}/followers"], cc=[])

    await desk.take(mallory, desk.create(mallory, private))
    [alone] = await waiting(desk)
    await desk.take(mallory, desk.create(mallory, build_listing(mallory, 1)))
    [both] = await waiting(desk)

    assert (alone.listings, alone.post_id, alone.title, alone.extract) == (1, None, "", "")
    assert (both.listings, both.title) == (2, "Tresor 1")
