"""What waits for a look: nothing leaves and nobody is told until it is released, then all of it as if it were new."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models import posts, preferences
from models.errors import Conflict, Invalid, NotFound
from models.listings import listings
from models.moderation import decisions, filters, held_posts, sanctions
from models.moderation.filters import ModerationRule
from models.people import accounts, actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, execute, fetch_column, fetch_records, fetch_value
from outbox import posting, scheduled_posts
from outbox.listings import listings as verbs
from outbox.moderation.held_posts import refuse, release
from outbox.people import accounts as people
from outbox.posts import notes
from outbox.posts.deletions import delete_post
from outbox.posts.notes import NoteDraft
from tests.factories import HERE, make_follow, make_local_actor, make_member, make_note, make_remote_actor
from tests.outbox.listings.test_listings import make_draft
from tests.outbox.sent_activities import list_sent, make_streams

WORDS = ModerationRule(
    name="Arnaques", patterns=("western union", "crypto*"), action="hold", on_local=True, on_remote=True
)


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, whom a member wants to hear of and somebody elsewhere follows, in a cooperative with a filter."""
    await make_local_actor(conn, "instance", type="Application")
    streams = await make_streams(conn)
    alice = await make_member(conn, territory_uri=streams["coop"].uri)
    await make_follow(conn, await make_remote_actor(conn, "bob", "friend.test"), alice)
    follow = await make_follow(conn, await make_member(conn, "zoe"), alice)
    await execute(conn, "UPDATE follow SET notify = true WHERE id = $1", follow.id)
    await filters.save(conn, WORDS)
    return alice


@pytest.fixture
async def mod(conn: Connection) -> Account:
    """Somebody who moderates."""
    return await accounts.get(conn, (await make_member(conn, "max", roles=["moderator"])).id)


async def told(conn: Connection) -> list[tuple[str, str]]:
    """Who was told of what."""
    rows = await fetch_records(
        conn,
        "SELECT a.username, n.type FROM notification n JOIN actor a ON a.id = n.recipient_id ORDER BY 1, 2",
    )
    return [(row["username"], row["type"]) for row in rows]


async def streamed(conn: Connection, post_id: int) -> list[str]:
    return await fetch_column(conn, "SELECT kind FROM stream_event WHERE object_id = $1 ORDER BY id", post_id)


async def is_hidden(conn: Connection, post_id: int) -> bool:
    return bool(await fetch_value(conn, "SELECT hidden_at IS NOT NULL FROM post WHERE id = $1", post_id))


async def test_a_listing_that_a_filter_finds_leaves_nothing_behind_until_it_is_released(
    conn: Connection, alice: Actor, mod: Account
) -> None:
    listing = await verbs.publish(conn, HERE, alice, make_draft(text="Payez par Western-Union ou en cryptos."))

    held = await held_posts.find(conn, listing.id)
    assert held is not None
    assert (held.reason, held.matched, held.local) == ("filter", "Arnaques : « western-union »", True)
    owned = [list(await held_posts.map_own(conn, id, [listing.id])) for id in (alice.id, mod.actor_id)]
    assert owned == [[listing.id], []]
    assert (await list_sent(conn), await streamed(conn, listing.id)) == ([], [])
    assert await told(conn) == [("alice", "post_held"), ("max", "held_post")]
    assert await is_hidden(conn, listing.id)
    before = await posts.find_by_uri(conn, listing.uri)

    await release(conn, HERE, listing.id, mod)

    create, *announces = await list_sent(conn)
    assert (create.type, create.hosts) == ("Create", ["friend.test"])
    assert [one.type for one in announces] == ["Announce", "Announce"]
    assert await streamed(conn, listing.id) == ["post"]
    assert await told(conn) == [("alice", "post_released"), ("zoe", "status")]
    after = await posts.find_by_uri(conn, listing.uri)
    assert before is not None and after is not None and after.published_at >= before.published_at
    assert not await is_hidden(conn, listing.id)
    assert await held_posts.find(conn, listing.id) is None
    assert await fetch_column(conn, "SELECT act FROM journal_entry") == ["post_released"]
    [kept] = await filters.list_all(conn)
    assert (kept.matched, kept.matched_at is not None) == (1, True)


async def test_whatever_its_author_does_meanwhile_nobody_hears_of_it(
    conn: Connection, alice: Actor, mod: Account
) -> None:
    listing = await verbs.publish(conn, HERE, alice, make_draft(title="Cryptomonnaie", audience="coop"))
    carl = await make_remote_actor(conn, "carl")
    note = await notes.publish(conn, HERE, alice, NoteDraft(text="@carl@henin.test Des cryptos ?", audience="network"))

    await verbs.edit(conn, HERE, alice, listing.uri, make_draft(title="Tente", audience="network"))
    await verbs.pause(conn, HERE, alice, listing.uri)
    await notes.edit(conn, HERE, alice, note, NoteDraft(text="@carl@henin.test @zoe Rien.", audience="network"))
    await verbs.withdraw(conn, HERE, alice, listing.uri)

    assert await list_sent(conn) == []
    assert ("zoe", "mention") not in await told(conn)
    assert (await held_posts.find(conn, listing.id), carl.local) == (None, False)
    with pytest.raises(Conflict):
        await release(conn, HERE, listing.id, mod)
    await release(conn, HERE, note.id, mod)
    [create] = await list_sent(conn)
    assert (create.type, create.hosts) == ("Create", ["friend.test", "henin.test"])
    assert "Rien." in create.activity["object"]["content"]
    assert ("zoe", "mention") in await told(conn)


async def test_private_messages_and_the_cooperatives_own_words_are_never_looked_at(
    conn: Connection, alice: Actor
) -> None:
    coop = await make_local_actor(conn, "accueil_coop", type="Organization")
    private = await notes.publish(conn, HERE, alice, NoteDraft(text="@zoe Des cryptos ?", audience="direct"))
    own = await notes.publish(conn, HERE, coop, NoteDraft(text="Attention aux cryptos !", audience="network"))

    assert [await held_posts.find(conn, one.id) for one in (private, own)] == [None, None]


async def test_a_new_version_that_a_filter_finds_waits_and_the_listing_stands_as_it_was(
    conn: Connection, alice: Actor, mod: Account
) -> None:
    listing = await verbs.publish(conn, HERE, alice, make_draft())
    sent = len(await list_sent(conn))

    unchanged = await verbs.edit(conn, HERE, alice, listing.uri, make_draft(title="Cryptomonnaie", price=None))

    assert unchanged.details.title == "Tente quatre places"
    assert len(await list_sent(conn)) == sent
    assert not await is_hidden(conn, listing.id)
    await sanctions.refresh(conn, alice.id)
    assert not await is_hidden(conn, listing.id)
    await filters.save(conn, replace(WORDS, name="Plus", patterns=("cryptomonnaie",)))
    await release(conn, HERE, listing.id, mod)  # somebody has looked at it, whatever else is wanted by now
    changed = await listings.find_by_post(conn, listing.id)
    assert changed is not None and changed.details.title == "Cryptomonnaie"
    assert "Update" in [one.type for one in (await list_sent(conn))[sent:]]
    [_, more] = await filters.list_all(conn)
    await filters.delete(conn, more.id)
    again = await verbs.edit(conn, HERE, alice, listing.uri, make_draft(title="Cryptomonnaie", text="Autre prix."))
    assert again.post.source == "Autre prix."


async def test_of_two_versions_that_wait_the_later_one_counts_and_a_clean_one_ends_the_wait(
    conn: Connection, alice: Actor, mod: Account
) -> None:
    note = await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour.", audience="network"))

    for text in ("Des cryptos", "Des cryptos pour tous"):
        await notes.edit(conn, HERE, alice, note, NoteDraft(text=text, audience="network"))

    held = await held_posts.find(conn, note.id)
    assert held is not None and held.draft is not None and held.draft["text"] == "Des cryptos pour tous"
    await notes.edit(conn, HERE, alice, note, NoteDraft(text="Bonsoir.", audience="network"))
    assert await held_posts.find(conn, note.id) is None
    [standing] = await posts.list_by_ids(conn, [note.id])
    assert standing.source == "Bonsoir."
    assert await nothing_waits(conn)


@pytest.mark.parametrize("standing", [True, False])
async def test_whoever_decides_about_another_text_than_she_read_is_asked_to_read_again(
    conn: Connection, alice: Actor, mod: Account, standing: bool
) -> None:
    first, then = ("Bonjour.", "Des cryptos") if standing else ("Des cryptos", "Rien de tel.")
    note = await notes.publish(conn, HERE, alice, NoteDraft(text=first, audience="network"))
    if standing:
        await notes.edit(conn, HERE, alice, note, NoteDraft(text="Encore des cryptos", audience="network"))
    read = await held_posts.find(conn, note.id)
    assert read is not None
    await notes.edit(conn, HERE, alice, note, NoteDraft(text=then, audience="network"))

    for act in (
        release(conn, HERE, note.id, mod, version=read.version),
        refuse(conn, HERE, note.id, mod, "Non.", version=read.version),
    ):
        with pytest.raises(Conflict, match="held_post_changed"):
            await act

    again = await held_posts.find(conn, note.id)
    assert again is not None
    await release(conn, HERE, note.id, mod, version=again.version)
    assert [one.source for one in await posts.list_by_ids(conn, [note.id])] == [then]


async def nothing_waits(conn: Connection) -> bool:
    """Whether no case is open, the team has no news of one, and no words of a version to come are kept."""
    left = """
        SELECT (SELECT count(*) FROM held_post) + (SELECT count(*) FROM moderation_case WHERE closed_at IS NULL)
            + (SELECT count(*) FROM notification WHERE type = 'held_post')
    """
    return int(await fetch_value(conn, left)) == 0


@pytest.mark.parametrize("gone", ["draft", "post", "author"])
async def test_what_its_author_takes_back_waits_for_nobody_any_more(
    conn: Connection, alice: Actor, mod: Account, gone: str
) -> None:
    text = "Bonjour." if gone == "draft" else "Des cryptos"
    note = await notes.publish(conn, HERE, alice, NoteDraft(text=text, audience="network"))
    if gone == "draft":
        await notes.edit(conn, HERE, alice, note, NoteDraft(text="Des cryptos pour tous", audience="network"))
    assert not await nothing_waits(conn)

    if gone == "author":
        await people.delete(conn, HERE, alice)
    else:
        await delete_post(conn, HERE, alice, note)

    assert await nothing_waits(conn)


async def test_what_is_refused_stays_hidden_by_a_decision_that_its_author_reads(
    conn: Connection, alice: Actor, mod: Account
) -> None:
    listing = await verbs.publish(conn, HERE, alice, make_draft(title="Cryptomonnaie"))
    held = await held_posts.find(conn, listing.id)
    with pytest.raises(Invalid):
        await refuse(conn, HERE, listing.id, mod, "  ")

    await refuse(conn, HERE, listing.id, mod, "Nous ne voulons pas de cela ici.")

    [decision] = await decisions.list_in_force(conn, alice.id)
    assert (decision.kind, decision.post_ids, decision.words, decision.decided_by) == (
        "hide", [listing.id], "Nous ne voulons pas de cela ici.", mod.actor_id,
    )  # fmt: skip
    assert held is not None and decision.case_id == held.case_id
    assert not await fetch_value(conn, "SELECT count(*) FROM moderation_case WHERE closed_at IS NULL")
    assert await is_hidden(conn, listing.id)
    assert [one for one in await list_sent(conn) if one.activity["actor"] == alice.uri] == []
    assert ("alice", "decision") in await told(conn)
    with pytest.raises(Conflict):
        await refuse(conn, HERE, listing.id, mod, "Encore.")


async def test_nobody_releases_her_own_and_nothing_of_who_is_suspended_appears(conn: Connection, alice: Actor) -> None:
    await execute(conn, "UPDATE account SET roles = '{moderator}' WHERE actor_id = $1", alice.id)
    listing = await verbs.publish(conn, HERE, alice, make_draft(title="Cryptomonnaie"))
    with pytest.raises(NotFound):
        await release(conn, HERE, listing.id, await accounts.get(conn, alice.id))
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)

    with pytest.raises(Conflict):
        await release(conn, HERE, listing.id, None)

    assert await held_posts.find(conn, listing.id) is not None


async def test_a_filter_that_only_tells_holds_nothing(conn: Connection, alice: Actor, mod: Account) -> None:
    [kept] = await filters.list_all(conn)
    await filters.save(conn, replace(WORDS, action="tell"), kept.id)

    listing = await verbs.publish(conn, HERE, alice, make_draft(title="Cryptomonnaie"))

    assert await held_posts.find(conn, listing.id) is None
    assert ("max", "held_post") in await told(conn)
    assert ("alice", "post_held") not in await told(conn)
    assert await fetch_column(conn, "SELECT words FROM moderation_note") == ["Arnaques : « cryptomonnaie »"]


@pytest.mark.parametrize(
    "rule",
    [replace(WORDS, on_local=False), replace(WORDS, patterns=("vélo",)), None],
    ids=["elsewhere", "other", "paused"],
)
async def test_what_no_filter_finds_is_published_at_once(
    conn: Connection, alice: Actor, rule: ModerationRule | None
) -> None:
    [kept] = await filters.list_all(conn)
    if rule is None:
        await filters.pause(conn, kept.id, paused=True)
    else:
        await filters.save(conn, rule, kept.id)

    listing = await verbs.publish(conn, HERE, alice, make_draft(title="Cryptomonnaie"))

    assert (await held_posts.find(conn, listing.id), len(await list_sent(conn))) == (None, 3)


async def set_first_posts(conn: Connection, number: int) -> None:
    await preferences.save(conn, replace(await preferences.load(conn), first_posts=number))


async def test_first_posts_of_a_new_member_wait_until_so_many_were_released(
    conn: Connection, alice: Actor, mod: Account
) -> None:
    await set_first_posts(conn, 2)
    held: list[Post] = []
    for number in range(3):
        draft = NoteDraft(text=f"Bonjour {number}", audience="network")
        held.append(await notes.publish(conn, HERE, alice, draft))
    assert [(await held_posts.find(conn, one.id)) is not None for one in held] == [True] * 3
    assert await list_sent(conn) == []

    for one in held[:2]:
        await release(conn, HERE, one.id, mod)
    fourth = await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour encore", audience="network"))

    assert await held_posts.find(conn, fourth.id) is None
    assert [one.type for one in await list_sent(conn)] == ["Create"] * 3
    assert await is_hidden(conn, held[2].id), "only what is released appears"
    now = {one.id: one.published_at for one in await posts.list_by_ids(conn, [held[0].id, held[2].id])}
    assert now[held[0].id] != held[0].published_at and now[held[2].id] == held[2].published_at


async def test_the_team_places_and_whoever_published_before_do_not_wait(conn: Connection, mod: Account) -> None:
    await make_local_actor(conn, "instance", type="Application")
    old = await make_member(conn, "olga")
    await make_note(conn, old)
    await set_first_posts(conn, 1)
    place = await make_member(conn, "atelier", type="Organization")
    maxime = await actors.get(conn, mod.actor_id)

    for author in (old, place, maxime):
        note = await notes.publish(conn, HERE, author, NoteDraft(text="Bonjour", audience="network"))
        assert await held_posts.find(conn, note.id) is None


async def test_what_was_planned_waits_when_its_moment_comes(conn: Connection, alice: Actor) -> None:
    wish = posting.PostRequest(
        text="Des cryptos",
        warning="",
        sensitive=None,
        audience="network",
        language=None,
        parent_id=None,
        media_ids=(),
    )
    at = datetime.now(UTC) + timedelta(hours=1)

    note = await scheduled_posts.publish_due(conn, HERE, await scheduled_posts.schedule(conn, alice, wish, at, None))

    assert note is not None
    assert (await held_posts.find(conn, note.id)) is not None
    assert (await list_sent(conn), await streamed(conn, note.id)) == ([], [])
