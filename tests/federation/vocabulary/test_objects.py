"""What people publish, read from every shape in which it comes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from federation.errors import Malformed
from federation.json.fields import PUBLIC
from federation.vocabulary.embedded import id_of, note_of, read_embedded, read_object
from federation.vocabulary.marketplace import FlohmarktOffer, Proposal
from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import Note, Tombstone, read_note
from federation.vocabulary.parts import Document, Hashtag, Mention
from federation.vocabulary.places import Place
from tests.payloads import load_json

ID = "https://a.example/notes/1"
BOB = "https://a.example/users/bob"


def note(**properties: Any) -> Note:
    return read_note({"id": ID, "type": "Note", **properties})


def test_a_note_of_mastodon_is_read_whole() -> None:
    read = read_object(load_json("mastodon/create_note")["object"])

    assert isinstance(read, Note)
    assert read.attributed_to == "https://social.example/users/bob"
    assert read.is_public
    assert read.language == "fr"
    assert read.in_reply_to == "https://lomme.example/users/alice/items/0b9c6f2e-3f0e-4c1c-9a55-6a1f0b7f1a01"
    assert read.replies == "https://social.example/users/bob/statuses/112233/replies"
    assert read.mentions == (Mention(href="https://lomme.example/users/alice", name="@alice@lomme.example"),)
    assert read.hashtags == (Hashtag(name="velo", href="https://social.example/tags/velo"),)
    assert [emoji.name for emoji in read.emojis] == ["velo"]
    assert read.attachments[0].name == "Mon vélo actuel"
    assert read.attachments[0].focal_point == (0.0, 0.25)
    assert read.raw["atomUri"] == "https://social.example/users/bob/statuses/112233"


def test_single_values_and_lists_are_the_same() -> None:
    read = read_object(load_json("gotosocial/create_note")["object"])

    assert isinstance(read, Note)
    assert read.to == (PUBLIC,)
    assert len(read.attachments) == 1
    assert read.hashtags[0].name == "velo"
    assert (read.sensitive, read.summary) == (True, "attention")


def test_an_attachment_takes_its_measures_from_its_link() -> None:
    read = read_object(load_json("pleroma/create_note")["object"])

    assert isinstance(read, Note)
    assert read.attachments == (
        Document(url="https://pleroma.example/m.png", media_type="image/png", name="alt", width=20, height=10),
    )


def test_alternative_text_in_summary_is_not_lost() -> None:
    read = note(attachment={"type": "Image", "url": "https://a.example/1.png", "summary": "Une roue"})

    assert read.attachments[0].name == "Une roue"


def test_a_film_is_shown_by_name_content_and_page() -> None:
    read = read_object(load_json("peertube/create_video")["object"])

    assert isinstance(read, Note)
    assert (read.type, read.name, read.url) == ("Video", "Réparer une crevaison", "https://tube.example/w/1")
    assert read.media_type == "text/markdown"
    assert read.attributed_to == "https://tube.example/accounts/bob"


def test_a_question_is_shown_like_a_note() -> None:
    read = read_object(load_json("mastodon/question")["object"])

    assert isinstance(read, Note)
    assert read.type == "Question"
    assert "atelier" in read.content


def test_an_event_has_a_time_and_a_place() -> None:
    read = read_object(load_json("mobilizon/create_event")["object"])

    assert isinstance(read, Event)
    assert read.status == "CONFIRMED"
    assert read.note.start_time == datetime(2026, 12, 5, 13, tzinfo=UTC)
    assert read.note.location == Place(
        name="Maison du vélo",
        latitude=50.65,
        longitude=2.98,
        street="3 rue du Bourg",
        postcode="59160",
        locality="Lomme",
        region="Nord",
        country="France",
    )
    assert [one.media_type for one in read.note.attachments] == ["image/jpeg"]


def test_a_note_of_flohmarkt_carries_its_data() -> None:
    read = read_object(load_json("flohmarkt/create_item")["object"])

    assert isinstance(read, FlohmarktOffer)
    assert (read.data.name, read.data.price) == ("Table basse", "10 €")
    assert (read.data.latitude, read.data.longitude) == (50.6, 3.0)


@pytest.mark.parametrize(
    ("attributed", "author"),
    [
        (BOB, BOB),
        ([BOB], BOB),
        ({"type": "Person", "id": BOB}, BOB),
        ([{"type": "Group", "id": "https://a.example/c"}, {"type": "Person", "id": BOB}], BOB),
        ([BOB, "https://a.example/users/carole"], None),
        ([BOB, {"type": "Person", "id": "https://a.example/users/carole"}], "https://a.example/users/carole"),
        (1, None),
        ("1", None),
        (None, None),
    ],
)
def test_an_author_is_one_actor_or_nobody(attributed: object, author: str | None) -> None:
    assert note(attributedTo=attributed).attributed_to == author


def test_what_is_too_much_is_cut_and_not_refused() -> None:
    read = note(
        content="x" * 1_000_000,
        attachment=[{"type": "Document", "url": f"https://a.example/{n}.png"} for n in range(100)],
        tag=[{"type": "Hashtag", "name": f"#tag{n}"} for n in range(10_000)]
        + [{"type": "Mention", "href": f"https://a.example/users/u{n}"} for n in range(5_000)],
        to=[f"https://a.example/users/u{n}" for n in range(5_000)],
    )

    assert len(read.content) == 100_000
    assert len(read.attachments) == 16
    assert len(read.hashtags) == 100
    assert len(read.to) == 1000


def test_a_mention_is_found_behind_many_hashtags() -> None:
    tags: list[dict[str, str]] = [{"type": "Hashtag", "name": f"#tag{n}"} for n in range(500)]

    read = note(tag=[*tags, {"type": "Mention", "href": BOB}])

    assert read.mentions == (Mention(href=BOB),)


@pytest.mark.parametrize(
    "place",
    [
        {"type": "Place"},
        {"type": "Place", "latitude": "nord", "longitude": 2},
        {"type": "Place", "latitude": 91, "longitude": 2},
        "Lomme",
        [],
        5,
    ],
)
def test_a_place_that_says_nothing_is_none(place: object) -> None:
    assert note(location=place).location is None


def test_a_radius_is_read_in_its_unit() -> None:
    place = {"type": "Place", "name": "Lomme", "latitude": 50.6, "longitude": 3, "radius": 2, "units": "km"}

    assert note(location=place).location == Place(name="Lomme", latitude=50.6, longitude=3.0, radius=2000)


@pytest.mark.parametrize("id", [None, 1, "", "1", "urn:uuid:1", ["x"], {"id": "x"}])
def test_an_object_without_an_address_is_malformed(id: object) -> None:
    with pytest.raises(Malformed):
        read_object({"type": "Note", "id": id})


def test_an_object_may_be_an_address_or_lack_what_it_needs() -> None:
    assert read_embedded(ID) == ID
    assert read_embedded([{"id": ID}]) == ID
    assert read_embedded({"type": "Person", "id": BOB}) == BOB
    with pytest.raises(Malformed):
        read_embedded(None)


def test_every_object_tells_its_id_and_who_may_speak_for_it() -> None:
    proposal = read_object(load_json("mitra/proposal"))
    event = read_object(load_json("mobilizon/create_event")["object"])
    actor = read_object(load_json("mastodon/actor"))

    assert isinstance(proposal, Proposal)
    assert id_of(proposal) == proposal.note.id
    assert proposal.note.attributed_to == "https://mitra.example/users/bob"
    assert note_of(event) is not None
    assert id_of(actor) == load_json("mastodon/actor")["id"]
    assert note_of(actor) is None
    assert id_of(Tombstone(id=ID)) == ID
