"""Uploading pictures through a client."""

from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData
from PIL import Image

from federation.sandbox import films
from federation.sandbox.films import TYPES
from models.errors import Invalid
from models.listings.listings import ListingDraft
from models.store.database import connection, fetch_value, transaction
from outbox.listings.listings import publish
from tests.factories import make_member
from tests.film_files import FORMATS, make_film, make_gif
from tests.web.api import strict, strict_instance
from tests.web.api.conftest import Alice, Answer, Api


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 48), "#1B4A9C").save(file, "PNG")
    return file.getvalue()


async def upload(api: Api, body: bytes, path: str = "/api/v2/media", **fields: Any) -> Answer:
    form = FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    form.add_field("file", body, filename="tente.png", content_type="image/png")
    return await api.ask("POST", path, data=form)


async def test_a_picture_is_ready_at_once_and_keeps_its_words(alice: Alice) -> None:
    for path in ("/api/v2/media", "/api/v1/media"):
        answer = await upload(alice.api, picture(), path, description="Une tente", focus="-0.5,1")

        strict.attachment(answer.json)
        assert answer.status == 200
        assert (answer.json["type"], answer.json["description"]) == ("image", "Une tente")
        assert answer.json["meta"]["original"]["size"] == "64x48"
        assert answer.json["meta"]["focus"] == {"x": -0.5, "y": 1.0}
        assert answer.json["url"].startswith("https://lomme.test/media/")


async def test_its_words_change_and_it_goes_into_a_status(alice: Alice) -> None:
    id = (await upload(alice.api, picture())).json["id"]

    changed = await alice.api.ask("PUT", f"/api/v1/media/{id}", json={"description": "Verte"})
    read = await alice.api.get(f"/api/v1/media/{id}", strict.attachment)
    status = await alice.api.post("/api/v1/statuses", strict.status, **{"media_ids[]": id})

    assert changed.json["description"] == read["description"] == "Verte"
    assert [one["id"] for one in status["media_attachments"]] == [id]
    assert (await alice.api.ask("DELETE", f"/api/v1/media/{id}")).status == 409


async def test_an_upload_is_its_owners_alone(alice: Alice) -> None:
    id = (await upload(alice.api, picture())).json["id"]
    async with connection(alice.api.pool) as conn:
        bob = await alice.api.as_member(await make_member(conn, "bob"))

    answers = [
        await bob.ask("GET", f"/api/v1/media/{id}"),
        await bob.ask("PUT", f"/api/v1/media/{id}", data={"description": "x"}),
        await bob.ask("DELETE", f"/api/v1/media/{id}"),
        await alice.api.ask("GET", f"/api/v1/media/{'9' * 30}"),
    ]

    assert [answer.status for answer in answers] == [404] * 4
    assert (await alice.api.ask("DELETE", f"/api/v1/media/{id}")).status == 200


async def test_what_is_no_picture_is_refused_with_a_sentence_and_nothing_is_kept(alice: Alice) -> None:
    answers = [
        await upload(alice.api, b"<svg onload=alert(1)>"),
        await upload(alice.api, picture()[:60]),
        await upload(alice.api, b""),
        await upload(alice.api, picture(), description="x" * 1501),
        await upload(alice.api, picture(), focus="a,b"),
        await alice.api.ask("POST", "/api/v2/media", data={"description": "x"}),
    ]

    assert [answer.status for answer in answers] == [422] * 6
    assert {answer.json["field"] for answer in answers} == {"file", "description", "focus"}
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM media") == 0


async def test_a_film_has_its_type_its_poster_its_length_and_measures_wherever_it_goes(alice: Alice) -> None:
    answer = await upload(alice.api, make_film("mov", size=(640, 360)), description="Le vélo roule")

    strict.attachment(answer.json)
    assert (answer.status, answer.json["type"], answer.json["description"]) == (200, "video", "Le vélo roule")
    addresses = {name: answer.json[name].partition("?")[0] for name in ("url", "preview_url")}
    assert addresses["url"].endswith(".mp4") and addresses["preview_url"].endswith(".jpg")
    meta = answer.json["meta"]
    assert (meta["length"][:5], meta["size"], meta["fps"], meta["audio_encode"]) == ("0:00:", "640x360", 10, "aac")
    assert meta["small"]["size"] == "640x360" and meta["original"]["frame_rate"] == "10/1"
    for name, telling in (("url", b"Alice"), ("preview_url", b"Exif")):
        path = alice.api.instance.store.find(addresses[name].rpartition("/")[2])
        assert path is not None and telling not in path.read_bytes()
    status = await alice.api.post(
        "/api/v1/statuses", strict.status, status="Voici", **{"media_ids[]": answer.json["id"]}
    )
    assert status["media_attachments"] == [answer.json | addresses]
    async with connection(alice.api.pool) as conn:
        body = await fetch_value(conn, "SELECT body::jsonb -> 'object' -> 'attachment' -> 0 FROM activity")
    assert (body["type"], body["mediaType"], body["name"]) == ("Document", "video/mp4", "Le vélo roule")
    assert (body["duration"], body["width"], body["height"]) == ("PT1S", 640, 360)
    assert body["icon"] == {"type": "Image", "mediaType": "image/jpeg", "url": addresses["preview_url"]}


async def test_sounds_gifs_that_move_and_gifs_that_do_not_have_their_types(alice: Alice) -> None:
    sound = (await upload(alice.api, make_film("ogg"))).json
    moving = (await upload(alice.api, make_gif())).json
    still = (await upload(alice.api, make_gif(frames=1))).json

    for one in (sound, moving, still):
        strict.attachment(one)
    assert [one["type"] for one in (sound, moving, still)] == ["audio", "gifv", "image"]
    assert (sound["preview_url"], sound["meta"]["audio_channels"], sound["meta"]["length"][:5]) == (
        None,
        "mono",
        "0:00:",
    )
    assert ".mp4?" in moving["url"] and ".jpg?" in still["url"]


async def test_nothing_of_an_upload_lies_about_that_was_not_kept(alice: Alice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "MAX_BYTES", 300_000)
    folder = alice.api.instance.store.folder
    await upload(alice.api, make_film("mp4"))
    before = {path for path in folder.rglob("*") if path.is_file()}

    for body in (b"hello" * 100, make_film("mjpeg"), make_film("mp4")[:-300], make_gif(frames=1)[:40]):
        assert (await upload(alice.api, body)).status == 422
    too_heavy = await upload(alice.api, b"\0" * (films.MAX_BYTES + 1))

    assert too_heavy.status == 413
    assert len(before) == 5, "the film, its poster and three copies of that"
    assert {path for path in folder.rglob("*") if path.is_file()} == before


async def test_what_is_announced_is_what_tests_make_and_the_child_copies(alice: Alice) -> None:
    announced = (await alice.api.get("/api/v2/instance", strict_instance.instance))["configuration"][
        "media_attachments"
    ]

    assert {one for one in announced["supported_mime_types"] if not one.startswith("image/")} == {
        *(TYPES[name] for name in FORMATS if name in TYPES),
        "video/quicktime",
    }
    assert (announced["video_size_limit"], announced["video_matrix_limit"]) == (40 * 1024 * 1024, 3840 * 2160)


async def test_a_picture_may_stand_for_a_film_or_for_another_picture(alice: Alice) -> None:
    for body in (make_film("mp3"), picture()):
        form = FormData()
        form.add_field("file", body, filename="x.bin")
        form.add_field("thumbnail", picture(), filename="petit.png")
        made = await alice.api.ask("POST", "/api/v2/media", data=form)
        other = FormData()
        other.add_field("thumbnail", picture(), filename="autre.png")
        changed = await alice.api.ask("PUT", f"/api/v1/media/{made.json['id']}", data=other)

        strict.attachment(changed.json)
        assert made.json["preview_url"] != changed.json["preview_url"]
        assert made.json["url"] == changed.json["url"]
        gone = made.json["preview_url"].rpartition("/")[2].partition("?")[0]
        async with connection(alice.api.pool) as conn:
            assert await fetch_value(conn, "SELECT EXISTS (SELECT FROM unused_file WHERE key = $1)", gone)


async def test_a_broken_film_or_thumbnail_is_refused_and_the_field_named(alice: Alice) -> None:
    form = FormData()
    form.add_field("file", picture(), filename="x.png")
    form.add_field("thumbnail", b"<svg>", filename="x.svg")

    broken = await upload(alice.api, make_film("mp4")[:-300])
    thumbnail = await alice.api.ask("POST", "/api/v2/media", data=form)

    assert (broken.status, broken.json["field"]) == (422, "file")
    assert (thumbnail.status, thumbnail.json["field"]) == (422, "thumbnail")


async def test_a_film_is_no_picture_of_a_listing(alice: Alice) -> None:
    film = (await upload(alice.api, make_film("mp4"))).json["id"]
    draft = ListingDraft(kind="offer", mode="gift", title="Tente", media_ids=(int(film),))

    async with transaction(alice.api.pool) as conn:
        with pytest.raises(Invalid):
            await publish(conn, alice.api.site, alice.actor, draft)
