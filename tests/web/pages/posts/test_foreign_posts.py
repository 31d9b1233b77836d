"""What other servers publish, on our pages: with its pictures, films, place and warning."""

import pytest

from federation.instance import Instance
from federation.vocabulary.embedded import is_postlike, note_of, read_object
from inbox.posts.remote_posts import save_post
from models.posts import Post
from models.store.database import transaction
from tests.inbox.posts.test_foreign_documents import published
from tests.payloads import load_json
from tests.sample_village import Village
from tests.web.pages.conftest import Browser


async def keep(instance: Instance, lomme: Village, name: str) -> Post:
    """One of the documents, as if Bob had published it; his name is put in its author's place."""
    document = published(load_json(name))
    document |= {"id": f"{lomme.bob.uri}/{name}", "attributedTo": lomme.bob.uri, "url": f"{lomme.bob.uri}/{name}"}
    found = read_object(document)
    assert is_postlike(found) and note_of(found).is_public
    async with transaction(instance.pool) as conn:
        return (await save_post(conn, lomme.bob, found, through_share=True)).post


@pytest.mark.parametrize(
    ("name", "words", "pictures", "links"),
    [
        (
            "pixelfed/create_album",
            "📍 Lille",
            ["Des rangs de poireaux", "Photo sans description"],
            ["c.mp4"],
        ),
        ("peertube/video", "▶ https://henin.test/users/bob/peertube/video (19:05)", ["Changer une chambre"], []),
        ("hubzilla/note_with_pictures", "Il a tout fait", ["Des copeaux", "Un tour à bois"], []),
        ("akkoma/reply", "voilà le schéma", ["Un schéma"], ["s.ogg"]),
    ],
)
async def test_a_post_of_another_server_is_shown_whole(
    visitor: Browser, lomme: Village, instance: Instance, name: str, words: str, pictures: list[str], links: list[str]
) -> None:
    post = await keep(instance, lomme, name)

    page = await visitor.get(f"/notes/{post.id}")

    shown = page.html.xpath("//main//img/@alt")
    assert words in page.words()
    assert [alt[: len(given)] for alt, given in zip(shown, pictures, strict=True)] == pictures
    for end in links:
        assert [one for one in page.html.xpath("//main//a/@href") if end in one]


async def test_an_event_stands_with_its_hall_and_its_day(visitor: Browser, lomme: Village, instance: Instance) -> None:
    post = await keep(instance, lomme, "wordpress/event")

    page = await visitor.get(f"/rencontres/d/{post.id}")

    assert page.html.xpath("//main//h1/text()") == ["Bourse aux vélos"]
    assert "Samedi 5 décembre 2026, de 10 h à 17 h" in page.words() and "se donne dans la conversation" not in " ".join(
        page.html.xpath("//main//p[not(@hidden)]/text()")
    )
    assert "Halle aux sucres, 33 avenue du Peuple Belge, Lille" in page.words()
    assert page.html.xpath("//main//img/@alt")[0] == "Affiche : une file de vélos"
