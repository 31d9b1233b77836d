"""Which notes begin a listing, and what they give it."""

from dataclasses import replace

import pytest

from models.store.database import Connection, fetch_records, fetch_value
from outbox.listings.listing_suggestions import find_kind, read_words, suggest
from outbox.posting import PostRequest, post
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.factories import HERE, make_local_actor, make_member

BEGINS = {
    "#offre une tente": "offer",
    "  #Offre : une tente": "offer",
    "#DEMANDE échelle": "request",
    "#dépannage roue voilée": "repair_call",
    "#DepannageVelo chaîne": "repair_call",
    "Une #offre": None,
    "#offres": None,
    "offre une tente": None,
    "#vélo": None,
    "": None,
}


@pytest.mark.parametrize("text", BEGINS)
def test_a_note_that_begins_with_the_tag_of_a_kind_begins_a_listing(text: str) -> None:
    assert find_kind(text) == BEGINS[text]


def test_the_first_line_is_the_title_and_the_tag_is_no_part_of_the_text() -> None:
    assert read_words("#offre : Tente 4 places\nPeu servie. #Lomme") == (
        "Tente 4 places",
        "Tente 4 places\nPeu servie. #Lomme",
    )
    assert read_words("#offre") == ("", "")
    title, text = read_words("#demande " + "mot " * 60)
    assert len(title) <= 100 and title.endswith("mot") and len(text) > 200


async def test_neither_answers_nor_private_messages_nor_the_cooperative_itself(conn: Connection) -> None:
    alice, coop = await make_member(conn), await make_local_actor(conn, "coop", type="Organization")
    await make_member(conn, "bob")
    first = await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="network"))
    answer = await notes.reply(conn, HERE, alice, first, "#offre une tente", audience="network")
    letter = await notes.publish(conn, HERE, alice, NoteDraft(text="#offre @bob", audience="direct"))
    official = await notes.publish(conn, HERE, coop, NoteDraft(text="#offre de la coop", audience="network"))

    for author, note in ((alice, answer), (alice, letter), (coop, official)):
        assert await suggest(conn, HERE, author, note, "offer") is None

    assert await fetch_value(conn, "SELECT count(*) FROM listing_draft") == 0


async def test_only_a_note_that_begins_like_a_listing_begins_one(conn: Connection) -> None:
    alice = await make_member(conn)
    wish = PostRequest(
        text="", warning="", sensitive=None, audience="network", language=None, parent_id=None, media_ids=()
    )

    for text in ("Bonjour", "Une #offre au milieu", "#demande Échelle", "#lomme Bonjour"):
        await post(conn, HERE, alice, replace(wish, text=text), None)

    rows = await fetch_records(conn, "SELECT d.kind, p.source FROM listing_draft d JOIN post p ON p.id = d.note_id")
    assert [tuple(row) for row in rows] == [("request", "#demande Échelle")]


async def test_drafts_of_one_member_are_bounded(conn: Connection) -> None:
    alice = await make_member(conn)

    for number in range(23):
        note = await notes.publish(conn, HERE, alice, NoteDraft(text=f"#offre {number}", audience="network"))
        assert await suggest(conn, HERE, alice, note, "offer") is not None

    assert await fetch_value(conn, "SELECT count(*) FROM listing_draft") == 20
