"""Agreements with somebody who has only a Mastodon account: asked in words, answered in words or by a link."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from inbox.processing.dispatch import apply
from models import posts
from models.errors import Conflict, Gone
from models.exchanges import agreements, exchange_messages, exchanges
from models.exchanges.agreements import Agreement, Terms, links
from models.exchanges.exchanges import Exchange
from models.listings.listings import Listing
from models.moments import PARIS
from models.people.actors import Actor
from models.store.database import Connection, execute
from outbox.builders.texts.terms import write_act
from outbox.exchanges.agreements.agreements import accept, propose, request
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.threads.messages import Words
from outbox.threads.messages import write as write_message
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from tests.inbox.handlers.activities import by, note_by
from tests.outbox.sent_activities import list_sent

START = (datetime.now(PARIS) + timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)
TERMS = Terms(begins_at=START, ends_at=START + timedelta(days=3), place="La Remise")


async def meet(conn: Connection, **details: Any) -> tuple[Actor, Actor, Listing]:
    """Alice lends a tent; Bob has an account on a server that knows nothing of it."""
    alice, bob = await make_member(conn), await make_remote_actor(conn, "bob", "mastodon.test")
    return alice, bob, await make_listing(conn, alice, **details)


async def write(conn: Connection, bob: Actor, alice: Actor, parent: str, content: str) -> None:
    """Bob answers in private."""
    mention = {"type": "Mention", "href": alice.uri, "name": f"@{alice.username}@lomme.test"}
    note = note_by(bob, to=[alice.uri], tag=[mention], inReplyTo=parent, content=content)
    await apply(conn, HERE, bob, by(bob, "Create", note, to=[alice.uri]))


async def ask_in_words(conn: Connection, bob: Actor, alice: Actor, listing: Listing) -> Exchange:
    """Bob asks for the tent by a direct message, and a thread begins."""
    await write(conn, bob, alice, listing.uri, "<p>@alice Bonjour, elle est libre en mai ?</p>")
    thread = await exchanges.find(conn, listing_id=listing.id, partner_id=bob.id)
    assert thread is not None
    return thread


async def last_note(conn: Connection) -> dict[str, Any]:
    """What was sent last, which is a private note."""
    sent = (await list_sent(conn))[-1]
    assert (sent.type, sent.hosts) == ("Create", ["mastodon.test"])
    note: dict[str, Any] = sent.activity["object"]
    assert note["type"] == "Note"
    return note


def token_of(note: dict[str, Any]) -> str:
    """The link in a note."""
    return str(note["content"]).partition(f"{HERE.url}/accord/")[2].partition('"')[0]


async def state_of(conn: Connection, agreement: Agreement) -> str:
    """As it stands now."""
    return (await agreements.get(conn, agreement.id)).state


async def test_an_owner_proposes_days_and_a_private_oui_settles_it(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    thread = await ask_in_words(conn, bob, alice, listing)

    proposed = await propose(conn, HERE, alice, thread, TERMS)
    question = await last_note(conn)
    assert question["to"] == [bob.uri]
    assert "La Remise" in question["content"] and "oui" in question["content"]
    await write(conn, bob, alice, question["id"], "<p>@alice Oui, merci beaucoup !</p>")

    assert await state_of(conn, proposed) == "agreed"
    confirmed = await last_note(conn)
    assert "nous sommes d’accord" in confirmed["content"]


async def test_how_many_hours_are_proposed_is_told(conn: Connection) -> None:
    alice, bob, listing = await meet(conn, mode="service", unit="hour", unit_based=True)
    thread = await ask_in_words(conn, bob, alice, listing)

    await propose(conn, HERE, alice, thread, replace(TERMS, quantity=Decimal(3), unit="hour"))

    assert "3\u00a0heures" in (await last_note(conn))["content"], "a yes would be to three"


async def test_a_private_non_refuses(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    proposed = await propose(conn, HERE, alice, await ask_in_words(conn, bob, alice, listing), TERMS)

    await write(conn, bob, alice, (await last_note(conn))["id"], "<p>@alice non merci</p>")

    assert await state_of(conn, proposed) == "refused"


async def test_what_says_more_is_a_message_that_a_person_reads(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    proposed = await propose(conn, HERE, alice, await ask_in_words(conn, bob, alice, listing), TERMS)

    await write(conn, bob, alice, (await last_note(conn))["id"], "<p>@alice Oui mais plutôt dimanche</p>")

    assert await state_of(conn, proposed) == "countered"
    written = await exchange_messages.find_last_message(conn, proposed.exchange_id, bob.id)
    assert written is not None
    assert "plutôt dimanche" in (await posts.list_by_ids(conn, [written]))[0].content


async def test_only_whoever_is_asked_answers(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    proposed = await propose(conn, HERE, alice, await ask_in_words(conn, bob, alice, listing), TERMS)
    question = (await last_note(conn))["id"]
    mallory = await make_remote_actor(conn, "mallory", "mastodon.test")

    await write(conn, mallory, alice, question, "<p>@alice oui</p>")

    assert await state_of(conn, proposed) == "countered"


async def test_a_public_oui_binds_nobody(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    proposed = await propose(conn, HERE, alice, await ask_in_words(conn, bob, alice, listing), TERMS)
    mention = {"type": "Mention", "href": alice.uri, "name": "@alice@lomme.test"}

    note = note_by(bob, tag=[mention], inReplyTo=(await last_note(conn))["id"], content="<p>oui</p>")
    await apply(conn, HERE, bob, by(bob, "Create", note))

    assert await state_of(conn, proposed) == "countered"


async def test_one_of_ours_asks_somebody_elsewhere_in_words(conn: Connection) -> None:
    carol, dora = await make_member(conn, "carol"), await make_remote_actor(conn, "dora", "mastodon.test")
    listing = await make_listing(conn, dora, mode="gift")

    asked = await request(conn, HERE, carol, listing, Terms())
    question = await last_note(conn)
    assert question["inReplyTo"] == listing.uri
    await write(conn, dora, carol, question["id"], "<p>@carol oui</p>")

    assert await state_of(conn, asked) == "agreed"


async def test_a_link_names_one_offer_and_tells_that_it_was_used(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    proposed = await propose(conn, HERE, alice, await ask_in_words(conn, bob, alice, listing), TERMS)
    token = token_of(await last_note(conn))

    found = await links.find(conn, token)
    assert found is not None
    assert (found.agreement_id, found.actor_id, found.offer_uri) == (proposed.id, bob.id, proposed.offer_uri)
    used = [(await links.use(conn, token)).used for _ in range(2)]

    assert used == [False, True]
    assert (await links.find(conn, token)) == replace(found, used=True)
    with pytest.raises(Gone):
        await links.use(conn, token + "x")


async def test_somebody_who_can_ask_herself_is_not_proposed_to(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    thread = await ask_in_words(conn, bob, alice, listing)
    await propose(conn, HERE, alice, thread, TERMS)

    with pytest.raises(Conflict, match="proposal_already_open"):
        await propose(conn, HERE, alice, thread, TERMS)


async def test_two_members_here_may_propose_too(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=carol.id)

    proposed = await propose(conn, HERE, alice, thread, TERMS)
    agreed = await accept(conn, HERE, carol, proposed)

    assert (proposed.state, agreed.state) == ("countered", "agreed")
    assert await list_sent(conn) == []


def test_whole_days_are_told_as_days_also_over_the_change_of_the_clocks() -> None:
    first = datetime(2027, 3, 27, tzinfo=PARIS)
    terms = Terms(begins_at=first.astimezone(UTC), ends_at=datetime(2027, 3, 29, tzinfo=PARIS).astimezone(UTC))
    details = type("Details", (), {"title": "Tente", "kind": "offer"})

    said = write_act("agreed", details, terms, "fr")  # type: ignore[arg-type]  # as much of a listing as it reads

    assert said == "C’est noté, nous sommes d’accord pour « Tente », du 27 mars au 28 mars."


async def change(conn: Connection, bob: Actor, alice: Actor, note: dict[str, Any], content: str) -> None:
    """Bob edits what he wrote."""
    edited = note | {"content": content, "updated": (datetime.now(UTC) + timedelta(seconds=5)).isoformat()}
    await apply(conn, HERE, bob, by(bob, "Update", edited, to=[alice.uri]))


def answer_by(bob: Actor, alice: Actor, parent: str, content: str) -> dict[str, Any]:
    """A private answer as Mastodon writes it."""
    mention = {"type": "Mention", "href": alice.uri, "name": f"@{alice.username}@lomme.test"}
    return note_by(bob, to=[alice.uri], tag=[mention], inReplyTo=parent, content=content)


async def test_a_slip_that_is_edited_into_a_yes_is_one(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    proposed = await propose(conn, HERE, alice, await ask_in_words(conn, bob, alice, listing), TERMS)
    note = answer_by(bob, alice, (await last_note(conn))["id"], "<p>@alice pui</p>")
    await apply(conn, HERE, bob, by(bob, "Create", note, to=[alice.uri]))
    assert await state_of(conn, proposed) == "countered"

    await change(conn, bob, alice, note, "<p>@alice oui</p>")

    assert await state_of(conn, proposed) == "agreed"


async def test_what_was_agreed_outlives_an_edit_and_the_note_itself(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    proposed = await propose(conn, HERE, alice, await ask_in_words(conn, bob, alice, listing), TERMS)
    note = answer_by(bob, alice, (await last_note(conn))["id"], "<p>@alice oui</p>")
    await apply(conn, HERE, bob, by(bob, "Create", note, to=[alice.uri]))

    await change(conn, bob, alice, note, "<p>@alice non</p>")
    await apply(conn, HERE, bob, by(bob, "Delete", note["id"], to=[alice.uri]))

    assert await state_of(conn, proposed) == "agreed", "to end it, one says so"


async def test_to_like_the_question_is_no_yes(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    proposed = await propose(conn, HERE, alice, await ask_in_words(conn, bob, alice, listing), TERMS)

    await apply(conn, HERE, bob, by(bob, "Like", (await last_note(conn))["id"], to=[alice.uri]))

    assert await state_of(conn, proposed) == "countered"


async def test_a_yes_to_another_message_binds_nobody(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    thread = await ask_in_words(conn, bob, alice, listing)
    proposed = await propose(conn, HERE, alice, thread, TERMS)
    asked = await write_message(conn, HERE, alice, thread, Words(text="Vous venez à vélo ?"))
    assert asked is not None

    await write(conn, bob, alice, asked.uri, "<p>@alice oui</p>")
    assert await state_of(conn, proposed) == "countered"
    await write(conn, bob, alice, listing.uri, "<p>@alice oui</p>")
    assert await state_of(conn, proposed) == "countered", "nor to what was there before"


async def test_a_yes_to_a_question_that_was_written_over_binds_nobody(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    proposed = await propose(conn, HERE, alice, await ask_in_words(conn, bob, alice, listing), TERMS)
    question = await posts.find_by_uri(conn, (await last_note(conn))["id"])
    assert question is not None
    await notes.edit(conn, HERE, alice, question, NoteDraft(text="Vous venez à vélo ?", audience="direct"))

    await write(conn, bob, alice, question.uri, "<p>@alice oui</p>")

    assert await state_of(conn, proposed) == "countered"
    hint = await last_note(conn)
    assert "exactement « oui » ou « non »" in hint["content"]
    await write(conn, bob, alice, hint["id"], "<p>@alice oui</p>")
    assert await state_of(conn, proposed) == "agreed"


@pytest.mark.parametrize("was", ["a question", "a question, of next year", "below a warning"])
async def test_a_yes_to_thanks_with_a_question_beside_them_binds_nobody(conn: Connection, was: str) -> None:
    alice, bob, listing = await meet(conn)
    thread = await ask_in_words(conn, bob, alice, listing)
    proposed = await propose(conn, HERE, alice, thread, TERMS)
    said = await write_message(conn, HERE, alice, thread, Words(text="Vous venez à vélo ?"))
    assert said is not None
    thanks = NoteDraft(text="@bob@mastodon.test Merci !", audience="direct")
    if was != "below a warning":
        await notes.edit(conn, HERE, alice, said, thanks)
        later = timedelta(days=365 if "year" in was else 0)  # elsewhere anybody writes what day they like
        await execute(conn, "UPDATE post SET published_at = published_at + $2 WHERE id = $1", said.id, later)
    else:
        said = await notes.answer(conn, HERE, alice, said, replace(thanks, warning="Vous venez à vélo ?"))

    await write(conn, bob, alice, said.uri, "<p>@alice oui</p>")

    assert await state_of(conn, proposed) == "countered"


async def test_a_question_is_a_note_that_any_client_shows_to_whom_it_is_for(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    thread = await ask_in_words(conn, bob, alice, listing)
    before = (await exchanges.list_entries(conn, thread.id))[-1]

    await propose(conn, HERE, alice, thread, TERMS)

    question = await last_note(conn)
    [said] = await posts.list_by_ids(conn, [before.id])
    assert (question["to"], question.get("cc", [])) == ([bob.uri], [])
    assert question["inReplyTo"] == said.uri, "below what Bob wrote"
    assert [tag["href"] for tag in question["tag"] if tag["type"] == "Mention"] == [bob.uri]
    assert question["content"].startswith('<p><span class="h-card"><a href="'), "Mastodon tells whom the text names"
    assert question["contentMap"] == {"fr": question["content"]}
    assert set(re.findall(r"<(\w+)", question["content"])) <= {"p", "span", "a", "br"}
    assert f'href="{HERE.url}/accord/' in question["content"]
    kept = await posts.find_by_uri(conn, question["id"])
    assert kept is not None and "/accord/" not in kept.content, "whoever asks does not get to say yes for him"
