"""Notes, answers in public and in private, and taking one back."""

import pytest

from models import posts
from models.errors import Invalid, NotFound
from models.news import notifications
from models.news.notifications import NotificationPage
from models.people.actors import Actor
from models.posts import Audience
from models.posts.media import uploads
from models.posts.media.media import StoredPicture
from models.posts.media.uploads import MediaWords
from models.store.database import Connection
from outbox.builders.objects.audience import narrow
from outbox.posts.notes import NoteDraft, delete, edit, publish, reply
from tests.factories import HERE, make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.outbox.sent_activities import list_sent, mark_delivered

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


async def told(conn: Connection, reader: Actor) -> list[str]:
    """What the reader is told of."""
    return [one.type for one in await notifications.list_notifications(conn, reader.id, NotificationPage())]


async def test_a_public_answer_goes_to_the_author_and_to_ones_followers(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, await make_remote_actor(conn, "carl", "arras.test"), alice)
    listing = await make_listing(conn, bob)

    answer = await reply(conn, HERE, alice, listing.post, "Est-elle libre ?", audience="network")

    [sent] = await list_sent(conn)
    note = sent.activity["object"]
    assert (sent.type, sent.hosts) == ("Create", ["arras.test", "henin.test"])
    assert (note["inReplyTo"], note["to"]) == (listing.uri, [PUBLIC])
    assert note["cc"] == [f"{alice.uri}/followers", bob.uri]
    assert note["tag"] == [{"type": "Mention", "href": bob.uri, "name": "@bob@henin.test"}]
    assert answer.in_reply_to_id == listing.id and answer.root_id == listing.id


async def test_a_private_answer_goes_to_the_author_alone(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, await make_remote_actor(conn, "carl", "arras.test"), alice)
    listing = await make_listing(conn, bob)

    await reply(conn, HERE, alice, listing.post, "Je passe à 18 h.", audience="direct")

    [sent] = await list_sent(conn)
    assert sent.hosts == ["henin.test"]
    assert sent.activity["to"] == [bob.uri]
    assert PUBLIC not in str(sent.activity)
    stored = await posts.find_by_uri(conn, sent.activity["object"]["id"])
    assert stored is not None and stored.audience == "direct"
    assert await posts.filter_visible(conn, [stored.id], None) == set()
    assert await posts.filter_visible(conn, [stored.id], bob.id) == {stored.id}


async def test_the_author_is_named_in_the_text_since_mastodon_tells_nobody_else(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = await make_listing(conn, bob)

    answer = await reply(conn, HERE, alice, listing.post, "Bonjour", audience="network")

    assert answer.content == (
        f'<p><span class="h-card"><a href="{bob.url}" class="u-url mention">@<span>bob</span></a></span> Bonjour</p>'
    )
    assert answer.source == "Bonjour"


async def test_answering_oneself_names_nobody(conn: Connection) -> None:
    alice = await make_member(conn)
    listing = await make_listing(conn, alice)

    answer = await reply(conn, HERE, alice, listing.post, "Toujours là.", audience="network")

    assert answer.content == "<p>Toujours là.</p>"
    assert await told(conn, alice) == []


async def test_an_answer_among_ourselves_tells_the_author_and_leaves_nothing(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    listing = await make_listing(conn, anna)

    await reply(conn, HERE, alice, listing.post, "Bonjour", audience="direct")

    assert await told(conn, anna) == ["mention"]
    assert [one.hosts for one in await list_sent(conn)] == [[]]


async def test_people_named_in_the_text_get_it_first(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    bob = await make_remote_actor(conn)

    note = await publish(
        conn, HERE, alice, NoteDraft(text="Merci @bob@henin.test et @anna ! #Merci", audience="network")
    )

    [sent] = await list_sent(conn)
    assert sent.hosts == ["henin.test"]
    assert {one["href"] for one in sent.activity["object"]["tag"]} == {
        bob.uri,
        anna.uri,
        f"{HERE.url}/tags/merci",
    }
    assert await told(conn, anna) == ["mention"]
    assert [tag.tag for tag in (await posts.list_tags(conn, [note.id]))[note.id]] == ["merci"]


async def test_a_private_message_names_somebody(conn: Connection) -> None:
    alice = await make_member(conn)

    with pytest.raises(Invalid) as error:
        await publish(conn, HERE, alice, NoteDraft(text="Coucou @personne@nulle.test", audience="direct"))

    assert error.value.field == "text"


@pytest.mark.parametrize(
    ("parent", "wanted", "becomes"),
    [
        ("network", "network", "network"),
        ("network", "direct", "direct"),
        ("unlisted", "network", "network"),
        ("coop", "network", "coop"),
        ("coop", "direct", "direct"),
        ("territories", "network", "direct"),
        ("followers", "followers", "direct"),
        ("direct", "network", "direct"),
    ],
)
def test_an_answer_is_never_for_more_people(parent: Audience, wanted: Audience, becomes: Audience) -> None:
    assert narrow(parent, wanted) == becomes


async def test_what_one_cannot_see_one_cannot_answer(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    hidden = await make_note(conn, bob, audience="direct")

    with pytest.raises(NotFound):
        await reply(conn, HERE, alice, hidden, "Bonjour", audience="network")


@pytest.mark.parametrize(("text", "field"), [("", "text"), ("x" * 5001, "text")])
async def test_an_empty_or_endless_text_is_refused(conn: Connection, text: str, field: str) -> None:
    alice = await make_member(conn)

    with pytest.raises(Invalid) as error:
        await publish(conn, HERE, alice, NoteDraft(text=text, audience="network"))

    assert error.value.field == field


async def test_markup_and_control_characters_are_only_text(conn: Connection) -> None:
    alice = await make_member(conn)

    note = await publish(conn, HERE, alice, NoteDraft(text="<b>Non\x00\u202e</b>", audience="network"))

    assert note.content == "<p>&lt;b&gt;Non&lt;/b&gt;</p>"


async def test_a_warning_folds_the_note(conn: Connection) -> None:
    alice = await make_member(conn)

    await publish(conn, HERE, alice, NoteDraft(text="Photo", audience="network", warning="Araignée"))

    note = (await list_sent(conn))[0].activity["object"]
    assert (note["summary"], note["sensitive"]) == ("Araignée", True)


async def test_a_note_for_the_cooperative_is_not_sent(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    listing = await make_listing(conn, anna, post={"audience": "coop"})

    answer = await reply(conn, HERE, alice, listing.post, "Je la veux bien.", audience="network")

    assert answer.audience == "coop"
    assert await list_sent(conn) == []
    assert await told(conn, anna) == ["mention"]


async def test_taking_back_tells_everybody_who_got_it(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = await make_listing(conn, bob)
    answer = await reply(conn, HERE, alice, listing.post, "Bonjour", audience="direct")
    await mark_delivered(conn)

    await delete(conn, HERE, alice, answer)

    sent = (await list_sent(conn))[-1]
    assert (sent.type, sent.hosts) == ("Delete", ["henin.test"])
    assert sent.activity["to"] == [bob.uri]


async def test_nobody_else_takes_it_back(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    note = await make_note(conn, anna)

    with pytest.raises(NotFound):
        await delete(conn, HERE, alice, note)


async def test_an_edit_gives_new_words_to_the_pictures_that_stay_and_to_no_others(conn: Connection) -> None:
    alice = await make_member(conn)
    stays, goes = [
        await uploads.create_upload(
            conn,
            alice.id,
            StoredPicture(file_key=name, thumbnail_key=name, byte_size=9, width=3, height=2, blurhash="L0"),
            "Avant",
        )
        for name in ("a", "b")
    ]
    note = await publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="network", media_ids=(stays.id,)))
    words = tuple(MediaWords(id=one.id, description="Après") for one in (stays, goes))

    changed = NoteDraft(text="Bonsoir", audience="network", media_ids=(stays.id,), media_words=words)
    await edit(conn, HERE, alice, note, changed)

    found = [await uploads.get_own(conn, one.id, alice.id) for one in (stays, goes)]
    assert [one.description for one in found] == ["Après", "Avant"]
