"""What happens in a thread reaches the apps of members as private messages, and their words back take effect."""

from dataclasses import replace
from typing import Any

import pytest

from models import posts
from models.errors import Conflict, NotFound
from models.exchanges import agreements, exchange_notices, exchanges
from models.listings import listings
from models.news import news, notifications
from models.news.notifications import NotificationPage
from models.people.actors import Actor
from models.personal_data import account_erasure
from models.posts import Post, conversations
from models.posts.provenance import App
from models.posts.reading import list_members_who_may_read
from models.relations import reactions
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.timelines import Page, PostFilter, list_by_author, list_home
from outbox import posting
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.endings import withdraw
from outbox.exchanges.agreements.fulfilment import report
from outbox.moderation import reports
from outbox.moderation.reports import Complaint
from outbox.posting import PostRequest
from outbox.relations import blocks
from outbox.relations import reactions as outbox_reactions
from outbox.threads.agreement_context import Said, remind
from tests.factories import HERE, make_listing, make_local_actor, make_member
from tests.outbox.sent_activities import list_sent
from tests.points import give, switch_on
from tests.sample_threads import days
from tests.server_pair import make_pair

WISH = PostRequest(text="", warning="", sensitive=None, audience=None, language=None, parent_id=None, media_ids=())


async def list_notices(conn: Connection, reader: Actor) -> list[Post]:
    """What this server told her apps, the oldest first."""
    ids = await fetch_column(
        conn, "SELECT post_id FROM exchange_notice WHERE reader_id = $1 ORDER BY post_id", reader.id
    )
    return sorted(await posts.list_by_ids(conn, ids), key=lambda post: post.id)


async def say(conn: Connection, author: Actor, parent: Post, text: str) -> Post:
    """Somebody of ours answers in an app."""
    return await posting.post(conn, HERE, author, replace(WISH, text=text, parent_id=parent.id), App(name="Tusky"))


async def meet(conn: Connection, **details: Any) -> tuple[Actor, Actor, Any]:
    """Two members, and a listing of Alice's."""
    alice, bob = await make_member(conn, "alice"), await make_member(conn, "bob")
    return alice, bob, await make_listing(conn, alice, **details)


async def ask(conn: Connection) -> tuple[Actor, Actor, Post, Any]:
    """Bob asks Alice for her tent; what her app says."""
    alice, bob, listing = await meet(conn, title="Tente", mode="loan")
    asked = await request(conn, HERE, bob, listing, days(10, 12), Said(text="Pour Wissant."))
    [notice] = await list_notices(conn, alice)
    return alice, bob, notice, asked


async def test_an_offer_from_another_server_is_a_private_message_of_whoever_asks(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn, title="Tente", mode="loan")
    there = pair.there
    await request(there.conn, there.site, there.partner, there.listing, days(10, 12), Said(text="Pour Wissant."))

    await pair.carry()

    alice, bob = pair.here.owner, pair.here.partner
    [notice] = await list_notices(conn, alice)
    assert (notice.kind, notice.audience, notice.author_id, notice.local) == ("notice", "direct", bob.id, False)
    assert "Pour Wissant." in notice.content and "« Tente »" in notice.content
    assert f'Pour répondre\u00a0: <a href="{notice.url}"' in notice.content, "there she has buttons"
    assert str(notice.url).startswith(f"{HERE.url}/echanges/")
    assert "« oui »" not in notice.content and "/accord/" not in notice.content, "that is for people who have none"
    assert notice.content.startswith('<p><span class="h-card">')
    assert notice.in_reply_to_id == pair.here.listing.id
    [told] = await notifications.list_notifications(conn, alice.id, NotificationPage())
    assert (told.type, told.actor_id, told.post_id) == ("mention", bob.id, notice.id)
    [talk] = await conversations.list_owned(conn, alice.id)
    assert (talk.last_post_id, talk.unread, talk.participant_ids) == (notice.id, True, [bob.id])
    origin = (await posts.map_parts(conn, [notice.id], None))[notice.id].provenance
    assert origin.application == HERE.host, "an app says who wrote it"
    assert await list_notices(there.conn, there.partner) == [], "nobody is told her own acts"


async def test_a_oui_from_an_app_settles_it_on_both_servers(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, title="Tente", mode="loan")
    there = pair.there
    await request(there.conn, there.site, there.partner, there.listing, days(10, 12))
    await pair.carry()
    [question] = await list_notices(conn, pair.here.owner)

    answer = await say(conn, pair.here.owner, question, "@bob@henin.test Oui, avec plaisir !")
    await pair.carry()

    assert ((await pair.here.get()).state, (await pair.there.get()).state) == ("agreed", "agreed")
    assert answer.in_reply_to_id == question.id, "in the app it stands below the question"
    assert answer.in_reply_to_uri == pair.here.listing.uri, "elsewhere below what they have"
    assert answer.audience == "direct"
    told = [post.content for post in await list_notices(conn, pair.here.owner)]
    assert len(told) == 2 and "nous sommes d’accord" in told[1], "her app says that it was heard"
    thread = await exchanges.find(there.conn, listing_id=there.listing.id, partner_id=there.partner.id)
    assert thread is not None
    entries = await exchanges.list_entries(there.conn, thread.id)
    assert sorted(entry.kind for entry in entries) == ["event", "event", "message"]
    [confirmed] = await list_notices(there.conn, there.partner)
    assert "nous sommes d’accord" in confirmed.content


async def test_a_partner_answers_a_counter_from_her_app(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, title="Tente", mode="loan")
    there = pair.there
    await request(there.conn, there.site, there.partner, there.listing, days(10, 14))
    await pair.carry()
    await counter(conn, HERE, pair.here.owner, await pair.here.get(), days(10, 12))
    await pair.carry()
    [question] = await list_notices(there.conn, there.partner)
    assert "je vous propose ceci" in question.content
    assert "au lieu du" in question.content and "En entier" in question.content, "first what is other, then all of it"

    wish = replace(WISH, text="d’accord", parent_id=question.id)
    await posting.post(there.conn, there.site, there.partner, wish, None)
    await pair.carry()

    assert ((await pair.here.get()).state, (await pair.there.get()).state) == ("agreed", "agreed")


async def test_whatever_else_she_writes_is_a_message_to_the_other_one(conn: Connection) -> None:
    alice, bob, question, asked = await ask(conn)

    note = await say(conn, alice, question, "Plutôt le dimanche ?")

    assert (await agreements.get(conn, asked.id)).state == "requested"
    assert "@bob" in note.source or await posts.list_mentions(conn, [note.id]) == {note.id: [bob.id]}
    assert note.id in [entry.id for entry in await exchanges.list_entries(conn, asked.exchange_id)]
    assert [one.post_id for one in await notifications.list_notifications(conn, bob.id, NotificationPage())] == [
        note.id
    ]


async def test_a_non_from_an_app_refuses_and_says_so(conn: Connection) -> None:
    alice, bob, question, asked = await ask(conn)

    await say(conn, alice, question, "Non merci")

    assert (await agreements.get(conn, asked.id)).state == "refused"
    assert "vous dites non" in (await list_notices(conn, alice))[-1].content
    assert "ce n’est pas possible" in (await list_notices(conn, bob))[-1].content


async def write(conn: Connection, author: Actor, parent: Post, text: str) -> Post:
    """In private, below the listing or a message."""
    wish = replace(WISH, text=text, parent_id=parent.id, audience="direct")
    return await posting.post(conn, HERE, author, wish, None)


async def test_a_oui_to_another_question_binds_nobody(conn: Connection) -> None:
    alice, bob, _, asked = await ask(conn)
    listing = await listings.find_by_post(conn, asked.listing_id)
    assert listing is not None
    await write(conn, alice, await write(conn, bob, listing.post, "Je viens à vélo, c’est bon ?"), "oui")

    assert (await agreements.get(conn, asked.id)).state == "requested"


async def test_a_oui_to_thanks_after_the_question_is_one(conn: Connection) -> None:
    alice, bob, _, asked = await ask(conn)
    listing = await listings.find_by_post(conn, asked.listing_id)
    assert listing is not None
    await write(conn, alice, await write(conn, bob, listing.post, "Merci d’avance, bonne soirée !"), "oui")

    assert (await agreements.get(conn, asked.id)).state == "agreed"


async def test_a_oui_to_what_says_more_after_the_question_binds_nobody(conn: Connection) -> None:
    alice, bob, _, asked = await ask(conn)
    listing = await listings.find_by_post(conn, asked.listing_id)
    assert listing is not None
    await write(conn, alice, await write(conn, bob, listing.post, "On sera quatre, finalement dimanche."), "oui")

    assert (await agreements.get(conn, asked.id)).state == "requested"
    assert "exactement « oui » ou « non »" in (await list_notices(conn, alice))[-1].content


async def test_a_oui_to_terms_that_were_replaced_is_none(conn: Connection) -> None:
    alice, bob, first, asked = await ask(conn)
    asked = await counter(conn, HERE, alice, asked, days(10, 11))
    asked = await counter(conn, HERE, bob, asked, days(20, 29))

    await say(conn, alice, first, "oui")

    assert (await agreements.get(conn, asked.id)).state == "countered"


async def test_a_yes_that_cannot_be_is_said_to_be_none(conn: Connection) -> None:
    alice, _, question, asked = await ask(conn)
    await execute(
        conn,
        "INSERT INTO unavailability (id, listing_id, begins_at, ends_at) VALUES (1, $1, $2, $3)",
        asked.listing_id,
        asked.begins_at,
        asked.ends_at,
    )

    await say(conn, alice, question, "oui")

    assert (await agreements.get(conn, asked.id)).state == "requested"
    told = (await list_notices(conn, alice))[-1].content
    assert "n’a pas pu être notée" in told and "ces dates ont été prises entre-temps" in told


async def test_what_is_no_answer_is_explained_once_in_the_app(conn: Connection) -> None:
    alice, _, question, asked = await ask(conn)

    await say(conn, alice, question, "Ok, je regarde")
    await say(conn, alice, question, "Parfait, à quelle heure")
    _, hint = await list_notices(conn, alice)

    assert "exactement « oui » ou « non »" in hint.content, "she answers in words where there are no buttons"
    assert f"{HERE.url}/echanges/{asked.exchange_id}" in hint.content and "/accord/" not in hint.content
    assert (await agreements.get(conn, asked.id)).state == "requested"
    await say(conn, alice, hint, "Ça marche, merci !")
    assert (await agreements.get(conn, asked.id)).state == "agreed"


async def test_a_yes_in_an_app_to_what_was_taken_back_is_told_so(conn: Connection) -> None:
    alice, bob, question, asked = await ask(conn)
    await withdraw(conn, HERE, bob, asked)

    await say(conn, alice, question, "oui")

    assert (await agreements.get(conn, asked.id)).state == "withdrawn"
    assert "la demande a été retirée" in (await list_notices(conn, alice))[-1].content


async def test_whoever_passes_for_its_author_never_sees_it(conn: Connection) -> None:
    alice, bob, question, asked = await ask(conn)

    assert await posts.find_visible(conn, question.id, bob.id) is None, "it holds a link that says yes for Alice"
    assert await posts.find_visible(conn, question.id, alice.id) is not None
    assert await list_members_who_may_read(conn, question.id) == [alice.id]
    own = await list_by_author(conn, bob.id, bob.id, PostFilter(), Page())
    hers = await list_by_author(conn, bob.id, alice.id, PostFilter(), Page())
    homes = [await list_home(conn, reader.id, Page()) for reader in (alice, bob)]
    assert question.id not in [entry.post_id for entries in (own, hers, *homes) for entry in entries]
    assert await conversations.list_owned(conn, bob.id) == []
    assert await fetch_value(conn, "SELECT count(*) FROM exchange_message WHERE post_id = $1", question.id) == 0
    assert [entry.kind for entry in await exchanges.list_entries(conn, asked.exchange_id)] == ["event"]


async def test_nothing_of_it_leaves_the_server(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn, title="Tente", mode="loan")
    there = pair.there
    await request(there.conn, there.site, there.partner, there.listing, days(10, 12))
    await pair.carry()
    [question] = await list_notices(conn, pair.here.owner)
    before = len(await list_sent(conn))

    await outbox_reactions.favourite(conn, HERE, pair.here.owner, question)
    await outbox_reactions.unfavourite(conn, HERE, pair.here.owner, question)
    await outbox_reactions.favourite(conn, HERE, pair.here.owner, question)

    await make_local_actor(conn, "instance", type="Application")
    complaint = Complaint(target=pair.here.partner, content="Non", post_ids=(question.id,), forward=True)
    await reports.report(conn, HERE, pair.here.owner, complaint)

    [flag] = (await list_sent(conn))[before:]
    assert flag.activity["object"] == [pair.here.partner.uri], "it is told, without a message that is not theirs"
    assert await reactions.find_favourite(conn, actor_id=pair.here.owner.id, post_id=question.id) is not None
    assert (await pair.here.get()).state == "requested", "to like a question is no yes"


async def test_the_page_tells_each_thing_once(conn: Connection) -> None:
    alice, _, question, _ = await ask(conn)

    assert await news.list_news(conn, alice.id) == [], "it is a line of the thread already"
    assert [one.kind for one in await news.list_threads(conn, alice.id)] == ["requested"]
    assert await news.count_unread(conn, alice.id) == 1
    assert question.id


async def test_what_was_read_in_an_app_is_told_by_no_mail(conn: Connection) -> None:
    alice, _, question, asked = await ask(conn)
    [entry] = await exchanges.list_entries(conn, asked.exchange_id)
    assert len(await news.list_entries(conn, alice.id, [entry.id])) == 1
    [talk] = await conversations.list_owned(conn, alice.id)

    await conversations.mark_read(conn, alice.id, talk.id)

    assert await news.list_entries(conn, alice.id, [entry.id]) == []
    assert question.id == talk.last_post_id


async def test_a_silent_thread_rings_nowhere_but_is_all_there(conn: Connection) -> None:
    alice, bob, _, asked = await ask(conn)
    await exchanges.save_muted(conn, asked.exchange_id, alice.id, muted=True)

    await withdraw(conn, HERE, bob, asked)

    assert "Je retire ma demande" in (await list_notices(conn, alice))[-1].content
    assert len(await notifications.list_notifications(conn, alice.id, NotificationPage())) == 1


async def test_reminders_and_the_other_ones_word_lead_to_the_page(conn: Connection) -> None:
    alice, bob, _, asked = await ask(conn)
    await accept(conn, HERE, alice, asked)
    await remind(conn, HERE, asked.id, "begins_soon")
    await remind(conn, HERE, asked.id, "begins_soon")
    await report(conn, HERE, bob, asked, "back")

    hers = [post.content for post in await list_notices(conn, alice)]
    his = [post.content for post in await list_notices(conn, bob)]
    assert ["Rappel" in content for content in hers] == [False, True, False]
    assert "c’est rendu" in hers[2] and f"{HERE.url}/echanges/{asked.exchange_id}" in hers[2]
    assert ["nous sommes d’accord" in content for content in his] == [True, False]


async def test_an_answer_after_a_block_is_refused(conn: Connection) -> None:
    alice, bob, question, _ = await ask(conn)
    await blocks.block(conn, HERE, bob, alice)

    with pytest.raises((Conflict, NotFound)):
        await say(conn, alice, question, "oui")


async def test_an_answer_to_somebody_who_went_away_for_good_says_that_she_cannot_be_written_to(
    conn: Connection,
) -> None:
    alice, bob, question, _ = await ask(conn)
    await execute(conn, "UPDATE actor SET moved_to = 'https://arras.test/users/bob' WHERE id = $1", bob.id)

    with pytest.raises(Conflict) as refused:
        await say(conn, alice, question, "oui")

    assert refused.value.code == "messaging_blocked"


async def test_what_is_told_goes_with_whom_it_was_told(conn: Connection) -> None:
    alice, _, question, _ = await ask(conn)
    assert await exchange_notices.find_exchange(conn, question.id) is not None

    await account_erasure.erase(conn, alice.id)

    assert await posts.list_by_ids(conn, [question.id]) == []


async def test_points_go_by_the_name_that_the_cooperative_gave_them(conn: Connection) -> None:
    alice, bob, listing = await meet(conn, title="Tente", mode="loan", points=6)
    await switch_on(conn)
    await give(conn, bob, 50)

    await request(conn, HERE, bob, listing, days(10, 12))

    [notice] = await list_notices(conn, alice)
    assert "6\u00a0graines" in notice.content
