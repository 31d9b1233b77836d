"""Thanks for an exchange: once each, in private or for all, the same for people here and elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest

from federation.json.fields import PUBLIC
from federation.texts.html_cleaner import to_text
from models import posts
from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements, exchange_messages, exchanges, thanks
from models.exchanges.agreements import Terms
from models.news import news
from models.people import actors
from models.posts import conversations
from models.relations.blocking import blocks
from models.store.database import Connection, execute, fetch_value
from outbox.exchanges.agreements.agreements import accept, propose, request
from outbox.exchanges.agreements.fulfilment import report
from outbox.exchanges.agreements.thanks import Choice, ThanksNote, find_choice, thank
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.confirmed_exchanges import confirm_here, exchange, list_lines
from tests.factories import HERE, make_listing, make_local_actor, make_member, make_remote_actor
from tests.outbox.sent_activities import list_sent, mark_delivered
from tests.server_pair import Pair, make_pair

GUEST = (
    "INSERT INTO guest (id, listing_id, actor_id, email, name, language, confirmed_at)"
    " VALUES (1, $2, $1, 'l@example.net', 'Léonie', 'fr', now())"
)

KIND = ThanksNote(text="Réparé en 20 minutes, merci !")


@pytest.fixture
async def pair(conn: Connection, second_conn: Connection) -> Pair:
    """Alice helps, Bob is elsewhere; both say that it is done."""
    pair = await make_pair(conn, second_conn, mode="service")
    await exchange(pair)
    return pair


async def test_private_thanks_are_a_note_in_the_thread_that_says_for_what(pair: Pair) -> None:
    here = pair.here
    await thank(here.conn, here.site, here.owner, await here.get(), KIND)

    note = (await list_sent(here.conn))[-1].activity["object"]
    own = next(one for one in await agreements.list_reports(here.conn, (await here.get()).id) if "lomme" in one.uri)
    assert (note["type"], note["to"], note["additionalType"]) == ("Note", [here.partner.uri], ["Thanks"])
    assert (note["thanksFor"], note["inReplyTo"]) == (own.uri, here.listing.uri)
    assert to_text(note["content"]).endswith("Réparé en 20 minutes, merci !")
    [(who, event, post)] = await list_lines(here)
    assert (who, event.details, post.audience) == ("alice", {"activity": post.uri, "note": post.id}, "direct")


async def test_each_side_has_the_thanks_of_both(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await thank(here.conn, here.site, here.owner, await here.get(), KIND)
    await pair.carry()
    await thank(there.conn, there.site, there.partner, await there.get(), ThanksNote(text="De rien !"))
    await pair.carry()

    for side in (here, there):
        lines = await list_lines(side)
        assert [(who, to_text(post.content).partition(" ")[2]) for who, _, post in lines] == [
            ("alice", "Réparé en 20 minutes, merci !"),
            ("bob", "De rien !"),
        ]
        assert [await exchange_messages.find_by_message(side.conn, post.id) for _, _, post in lines] == [None, None]
    assert here.ignored == there.ignored == []


async def test_whoever_is_thanked_has_not_read_it_and_who_thanks_has(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await thank(here.conn, here.site, here.owner, await here.get(), KIND)
    await pair.carry()

    [(_, ours, _)], [(_, theirs, _)] = await list_lines(here), await list_lines(there)
    mine = await exchanges.get_for(here.conn, ours.exchange_id, here.owner.id)
    hers = await exchanges.get_for(there.conn, theirs.exchange_id, there.partner.id)
    assert mine.owner_read_id == ours.id
    assert hers.partner_read_id < theirs.id == hers.last_id


async def test_public_thanks_answer_the_listing_and_name_the_other(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await thank(there.conn, there.site, there.partner, await there.get(), ThanksNote(text="Merci !", public=True))
    note = (await list_sent(there.conn))[-1].activity["object"]
    await pair.carry()

    assert (note["to"], note["inReplyTo"], note["additionalType"]) == ([PUBLIC], here.listing.uri, ["Thanks"])
    assert there.owner.uri in note["cc"] and note["tag"][0]["href"] == there.owner.uri
    [(who, _, post)] = await list_lines(here)
    assert (who, post.audience) == ("bob", "network")
    [received] = await thanks.list_received(here.conn, here.owner.id, hidden=False, limit=5)
    assert (received.author_id, received.post_id) == (here.partner.id, post.id)


async def test_the_owner_thanks_in_public_below_her_own_listing(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await thank(here.conn, here.site, here.owner, await here.get(), ThanksNote(text="Bravo !", public=True))
    note = (await list_sent(here.conn))[-1].activity["object"]
    await pair.carry()

    assert here.partner.uri in note["cc"] and note["inReplyTo"] == here.listing.uri
    [received] = await thanks.list_received(there.conn, there.partner.id, hidden=False, limit=5)
    assert received.author_id == there.owner.id


@pytest.mark.parametrize("audience", ["coop", "territories"])
async def test_what_a_listing_for_some_was_about_is_never_told_to_all(conn: Connection, audience: str) -> None:
    held = await confirm_here(conn, post={"audience": audience})
    alice, carol = await actors.get(conn, held.owner_id), await actors.get(conn, held.partner_id)
    choice = await find_choice(conn, held, alice.id)

    with pytest.raises(Invalid, match="thanks_not_public"):
        await thank(conn, HERE, alice, held, ThanksNote(text="Merci !", public=True))
    await thank(conn, HERE, alice, held, KIND)

    assert choice == Choice(public=False)
    found = await thanks.find(conn, held.id, alice.id)
    assert found is not None and found.post_id is not None
    [note] = await posts.list_by_ids(conn, [found.post_id])
    assert note.audience == "direct"
    assert await thanks.list_received(conn, carol.id, hidden=True, limit=5) == []


async def test_nobody_thanks_before_both_say_that_it_is_done(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, mode="service")
    await exchange(pair, confirmed=False)
    held = await pair.here.get()

    with pytest.raises(Conflict, match="not_done_yet"):
        await thank(conn, HERE, pair.here.owner, held, KIND)
    assert await find_choice(conn, held, pair.here.owner.id) is None


async def test_once_and_again_only_when_it_was_taken_back(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await thank(here.conn, here.site, here.owner, await here.get(), KIND)
    await pair.carry()
    await thank(here.conn, here.site, here.owner, await here.get(), KIND)
    assert await pair.carry() == [], "a second tap on one button is the first one"
    with pytest.raises(Conflict, match="already_thanked"):
        await thank(here.conn, here.site, here.owner, await here.get(), ThanksNote(text="Et encore merci."))
    assert await find_choice(here.conn, await here.get(), here.owner.id) is None

    await mark_delivered(here.conn)
    [(_, _, note)] = await list_lines(here)
    await notes.delete(here.conn, here.site, here.owner, note)
    await pair.carry()
    assert [await list_lines(side) for side in (here, there)] == [[], []]
    await thank(here.conn, here.site, here.owner, await here.get(), ThanksNote(text="Mille mercis."))
    await pair.carry()

    assert [to_text(post.content)[-13:] for _, _, post in await list_lines(there)] == ["Mille mercis."]


async def test_an_edit_changes_the_words_and_not_what_they_are_for(pair: Pair) -> None:
    here, there = pair.here, pair.there
    await thank(here.conn, here.site, here.owner, await here.get(), KIND)
    await pair.carry()
    [(_, before, note)] = await list_lines(here)

    draft = NoteDraft(text="@bob@henin.test Merci à toi, et à Nadia !", audience="direct")
    await notes.edit(here.conn, here.site, here.owner, note, draft)
    sent = (await list_sent(here.conn))[-1].activity
    await pair.carry()

    assert (sent["type"], sent["object"]["additionalType"]) == ("Update", ["Thanks"])
    for side in (here, there):
        [(_, _, post)] = await list_lines(side)
        assert to_text(post.content).endswith("et à Nadia !")
    assert [event.id for _, event, _ in await list_lines(here)] == [before.id]


async def test_strangers_blocked_people_and_empty_words(pair: Pair) -> None:
    here = pair.here
    held, carol = await here.get(), await make_member(here.conn, "carol")

    with pytest.raises(NotFound):
        await thank(here.conn, here.site, carol, held, KIND)
    for text in ("", " \n ", "\u202e"):
        with pytest.raises(Invalid):
            await thank(here.conn, here.site, here.owner, held, ThanksNote(text=text))
    with pytest.raises(Invalid, match="message_too_long"):
        await thank(here.conn, here.site, here.owner, held, ThanksNote(text="a" * 2001))
    with pytest.raises(Invalid, match="thanks_name_others"):
        await thank(here.conn, here.site, here.owner, held, ThanksNote(text="Merci, et bravo @carol !"))
    await blocks.save(here.conn, uri="https://lomme.test/b", actor_id=here.owner.id, target_id=here.partner.id)
    with pytest.raises(Conflict, match="messaging_blocked"):
        await thank(here.conn, here.site, here.owner, held, KIND)
    assert await find_choice(here.conn, held, here.owner.id) is None


async def test_thanks_between_two_members_are_the_same(conn: Connection) -> None:
    held = await confirm_here(conn)
    carol = await actors.get(conn, held.partner_id)

    await thank(conn, HERE, carol, held, ThanksNote(text="Superbe vélo.", public=True))

    [received] = await thanks.list_received(conn, held.owner_id, hidden=False, limit=5)
    [note] = await posts.list_by_ids(conn, [received.post_id])
    assert (received.author_id, received.listing_id, note.thanks_for is not None) == (carol.id, held.listing_id, True)


async def test_thanks_that_were_read_in_an_app_are_told_by_no_mail(conn: Connection) -> None:
    held = await confirm_here(conn)
    alice, carol = await actors.get(conn, held.owner_id), await actors.get(conn, held.partner_id)
    await thank(conn, HERE, carol, held, KIND)
    found = await thanks.find(conn, held.id, carol.id)
    assert found is not None
    assert [one.kind for one in await news.list_entries(conn, alice.id, [found.event_id])] == ["thanked"]

    for talk in await conversations.list_owned(conn, alice.id):
        await conversations.mark_read(conn, alice.id, talk.id)

    assert await news.list_entries(conn, alice.id, [found.event_id]) == []


async def test_somebody_with_only_a_mastodon_account_gets_a_note_that_reads_well(conn: Connection) -> None:
    alice, dora = await make_member(conn), await make_remote_actor(conn, "dora", "mastodon.test")
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=dora.id)
    start = datetime.now(UTC) + timedelta(days=3)
    terms = Terms(begins_at=start, ends_at=start + timedelta(days=1))
    held = await accept(conn, HERE, dora, await propose(conn, HERE, alice, thread, terms))
    with pytest.raises(Conflict):
        await thank(conn, HERE, alice, held, KIND)
    held = await report(conn, HERE, alice, held, "back")

    await thank(conn, HERE, alice, held, ThanksNote(text="Elle est revenue propre."))

    sent = (await list_sent(conn))[-1]
    note = sent.activity["object"]
    assert to_text(note["content"]) == ("@dora Elle est revenue propre.\n\nMerci pour « Tente quatre places » !")
    assert "thanksFor" not in note and "additionalType" not in note and sent.hosts == ["mastodon.test"]
    assert await agreements.count_confirmed(conn, alice.id) == 0, "only she says so"


async def test_to_the_apps_of_a_member_a_guest_s_thanks_are_told_without_their_words(conn: Connection) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    alice, guest = await make_member(conn), await make_remote_actor(conn, "guest-1", "")
    await execute(conn, GUEST, guest.id, (listing := await make_listing(conn, alice, mode="gift")).id)
    held = await accept(conn, HERE, alice, await request(conn, HERE, guest, listing, Terms()))
    await report(conn, HERE, guest, held, "done")
    await report(conn, HERE, alice, held, "done")

    await thank(conn, HERE, guest, held, ThanksNote(text="Belle tente !"))

    found = await thanks.find(conn, held.id, guest.id)
    assert found is not None and found.post_id is None
    told = await fetch_value(conn, "SELECT post_id FROM exchange_notice WHERE event_id = $1", found.event_id)
    [letter] = await posts.list_by_ids(conn, [told])
    assert "Du nouveau avec une personne sans compte" in letter.content and "Belle tente" not in letter.content


async def test_exchanges_are_counted_when_both_confirm_and_guests_are_not(pair: Pair) -> None:
    here, there = pair.here, pair.there
    guest = await make_remote_actor(here.conn, "guest-1", "")
    alone = await request(here.conn, here.site, guest, here.listing, Terms())
    await accept(here.conn, here.site, here.owner, alone)
    await report(here.conn, here.site, guest, alone, "done")
    done = await report(here.conn, here.site, here.owner, alone, "done")

    counts = [
        await agreements.count_confirmed(side.conn, one.id)
        for side in (here, there)
        for one in (side.owner, side.partner)
    ]

    assert done.verified
    assert counts == [1, 1, 1, 1]
