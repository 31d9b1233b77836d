"""Films and sounds on our pages: ours are played in place, of others only the poster is loaded, and through us."""

from dataclasses import replace

from federation.instance import Instance
from federation.media.uploads import FilmUpload, save_film
from federation.sandbox.films import Film
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.store.database import execute, transaction
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.factories import make_note
from tests.film_files import make_film
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.components.attachments import list_attachments


async def publish_film(instance: Instance, lomme: Village, name: str, description: str) -> str:
    """A note of Alice's with a film or a sound; where its page is."""
    async with instance.store.open_spool() as spool:
        path = spool.new()
        path.write_bytes(make_film(name))
        kind = "ogg" if name == "ogg" else "mov"
        sent = FilmUpload(path=path, kind=kind, description=description)
        made = await save_film(instance, sent, spool, owner_id=lomme.alice.id)
    assert made is not None
    async with transaction(instance.pool) as conn:
        note = await notes.publish(
            conn, instance.site, lomme.alice, NoteDraft(text="Voici", audience="network", media_ids=(made.id,))
        )
        return (note.url or "").removeprefix(instance.site.url)


async def test_a_film_of_ours_is_played_on_the_page_with_its_words(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    path = await publish_film(instance, lomme, "mp4", "Le vélo <roule>")

    page = await visitor.get(path)

    [film] = page.html.xpath("//main//video")
    [source] = film.xpath("./source")
    assert (film.get("preload"), film.get("controls"), film.get("autoplay")) == ("none", "", None)
    assert film.get("aria-label", "").replace("\xa0", " ") == "Vidéo : Le vélo <roule>"
    assert "Le vélo <roule> (0:01)" in page.words()
    assert film.get("poster", "").startswith("/media/") and film.get("poster", "").endswith(".jpg")
    assert (source.get("type"), film.get("width"), film.get("height")) == ("video/mp4", "64", "48")
    assert page.html.xpath("//main//figure//a[@download]/@href") == [source.get("src")]
    assert "Tous les navigateurs" not in page.words()


async def test_a_sound_of_ours_too_and_hevc_with_a_warning(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    sound, hevc = await publish_film(instance, lomme, "ogg", ""), await publish_film(instance, lomme, "hevc", "")

    page = await visitor.get(sound)
    warned = await visitor.get(hevc)

    assert page.html.xpath("//main//audio/@aria-label") == ["Son sans description"]
    assert page.html.xpath("//main//audio/source/@type") == ["audio/ogg"]
    assert "Tous les navigateurs ne savent pas lire ce format." in warned.words()


async def test_b49_of_a_film_from_elsewhere_only_the_poster_is_shown_and_it_comes_through_us(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        note = await make_note(conn, lomme.bob, audience="network")
        document = RemoteDocument(
            url="https://henin.test/roue.mp4",
            mime_type="video/mp4",
            description="Changer une roue",
            duration=3662.4,
            poster_url="https://henin.test/roue.jpg",
        )
        await media.save_remote(conn, note.id, [document])
        [kept] = (await media.list_by_posts(conn, [note.id]))[note.id]

    page = await visitor.get(f"/notes/{note.id}")
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE media SET failed_at = now()")
    without = await visitor.get(f"/notes/{note.id}")

    assert page.html.xpath("//main//video") == []
    assert page.html.xpath("//main//div[contains(@class, 'film')]//img/@src") == [f"/media/remote/{kept.id}/small"]
    assert "Voir la vidéo : Changer une roue (1:01:02)" in page.words()
    assert without.html.xpath("//main//div[contains(@class, 'film')]//img") == []
    assert "https://henin.test/roue.jpg" not in page.text
    assert not list_attachments(instance.site, [replace(kept, poster_url=None)])[0].poster


def test_every_kind_of_film_has_a_type_for_clients() -> None:
    silent = Film(suffix="mp4", byte_size=1, duration=30.0, measures={"film": "h264"})

    assert (silent.type, replace(silent, duration=30.1).type) == ("gifv", "video")
    assert replace(silent, measures={"film": "h264", "sound": "aac"}).type == "video"
    assert replace(silent, suffix="weba").type == "audio"
