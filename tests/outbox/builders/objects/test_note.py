"""An ordinary post on the wire."""

from dataclasses import replace

from federation.documents.serialize import to_json
from models.posts import Tag
from outbox.builders.objects.note import build_note
from tests.golden import require_golden
from tests.outbox.sample_people import ALICE, BOB, LATER, PUBLIC, SITE, UUID, picture, post

ID = f"https://lomme.example/users/alice/notes/{UUID}"


def test_a_reply_is_exactly_this() -> None:
    value = post(
        content="<p>Merci !</p>",
        in_reply_to_uri="https://henin.example/notes/1",
        context_uri="https://henin.example/contexts/1",
        to_uris=[PUBLIC],
        cc_uris=[f"{ALICE.uri}/followers", BOB.uri],
        updated_at=LATER,
    )

    written = to_json(build_note(SITE, ALICE, value, mentioned=[BOB], tags=[Tag(tag="velo", name="Vélo")]))

    del written["@context"]
    assert written == {
        "id": ID,
        "type": "Note",
        "attributedTo": "https://lomme.example/users/alice",
        "published": "2026-11-24T09:00:00Z",
        "updated": "2026-11-24T17:41:00Z",
        "url": f"https://lomme.example/@alice/{UUID}",
        "to": [PUBLIC],
        "cc": ["https://lomme.example/users/alice/followers", "https://henin.example/users/bob"],
        "inReplyTo": "https://henin.example/notes/1",
        "content": "<p>Merci !</p>",
        "contentMap": {"fr": "<p>Merci !</p>"},
        "attachment": [],
        "tag": [
            {"type": "Mention", "href": "https://henin.example/users/bob", "name": "@bob@henin.example"},
            {"type": "Hashtag", "name": "#Vélo", "href": "https://lomme.example/tags/v%C3%A9lo"},
        ],
        "sensitive": False,
        "interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}},
        "context": "https://henin.example/contexts/1",
        "replies": f"{ID}/replies",
        "likes": f"{ID}/likes",
        "shares": f"{ID}/shares",
    }


def test_a_message_to_one_person_says_nothing_of_everybody() -> None:
    written = to_json(build_note(SITE, ALICE, post(to_uris=[BOB.uri], cc_uris=[]), mentioned=[BOB]))

    assert (written["to"], written["cc"]) == ([BOB.uri], [])
    assert "interactionPolicy" not in written
    assert written["context"] == f"{ID}/context"


def test_a_warning_makes_a_note_sensitive() -> None:
    written = to_json(build_note(SITE, ALICE, post(warning="Accident")))

    assert (written["summary"], written["sensitive"]) == ("Accident", True)


def test_pictures_films_and_sounds_are_documents_with_their_words() -> None:
    media = [picture(focus_x=0.5, focus_y=-0.25), picture(type="video", mime_type="video/mp4", description="")]

    first, second = to_json(build_note(SITE, ALICE, post(), media=media))["attachment"]

    assert (first["type"], first["name"]) == ("Document", "Petit vélo rouge contre un mur")
    assert first["focalPoint"] == [0.5, -0.25]
    assert (second["type"], second["mediaType"]) == ("Document", "video/mp4")
    assert "name" not in second


def test_a_film_and_a_sound_are_documents_that_say_how_long_they_last_and_what_stands_for_them() -> None:
    film = picture(
        id=2,
        type="video",
        mime_type="video/mp4",
        description="La roue tourne",
        file_key="91aa.mp4",
        thumbnail_key="91ab.jpg",
        duration=12.34,
        measures={"frame_rate": "30/1", "film": "h264"},
    )
    sound = replace(
        film,
        type="audio",
        mime_type="audio/ogg",
        description="",
        file_key="91ac.ogg",
        thumbnail_key=None,
        width=None,
        height=None,
        blurhash=None,
        duration=61.0,
    )

    written = to_json(build_note(SITE, ALICE, post(content="<p>Voilà</p>"), media=[film, sound]))

    require_golden("declic/note_with_films", written)


def test_a_note_may_be_sensitive_without_a_warning() -> None:
    written = to_json(build_note(SITE, ALICE, post(sensitive=True)))

    assert written["sensitive"] is True
    assert "summary" not in written
