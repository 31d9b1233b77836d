"""The page of one listing: for anybody, for members, for its author; ours, a copy, and one that is gone."""

import json
from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_value, transaction
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


def path_of(village: Village, name: str) -> str:
    return str(getattr(village, name).post.url.removeprefix(village.site.url))


async def test_anybody_reads_the_facts_and_finds_three_doors(visitor: Browser, lomme: Village) -> None:
    page = await visitor.get(path_of(lomme, "tent"))

    words = page.words()
    assert "Du 1er mai au 30 juin 2027, une semaine au plus" in words
    assert "Prêt gratuit, sans caution, en bon état" in words
    assert "Ce qu’en dit Maryse" in words
    assert "Trois portes pour répondre" in words
    assert not page.html.xpath("//textarea")


async def test_photos_carry_their_words_and_come_from_our_origin(visitor: Browser, lomme: Village) -> None:
    page = await visitor.get(path_of(lomme, "tent"))

    photos = page.html.xpath("//img[contains(@class, 'u-photo')]")
    assert [photo.get("alt") for photo in photos] == ["Photo : tente", "Photo : tente-2", "Photo : tente-3"]
    assert all(photo.get("src").startswith("/media/") for photo in photos)


async def test_copy_says_whose_it_is_and_leads_to_the_original(visitor: Browser, lomme: Village) -> None:
    page = await visitor.get(f"/annonces/d/{lomme.sewing.id}")

    assert "Annonce venue de Coop des deux terrils, copie mise à jour il y a" in page.words()
    assert page.html.xpath("//a[contains(., 'original')]/@href") == [lomme.sewing.post.url]
    assert page.html.xpath("//link[@rel='alternate']/@href") == [lomme.sewing.uri]
    assert page.html.xpath("//link[@rel='canonical']/@href") == [lomme.sewing.post.url]


async def test_address_by_id_of_ours_leads_to_its_own(visitor: Browser, lomme: Village) -> None:
    page = await visitor.get(f"/annonces/d/{lomme.tent.id}")

    assert (page.status, page.location) == (303, path_of(lomme, "tent"))


async def test_withdrawn_listing_is_gone(visitor: Browser, lomme: Village) -> None:
    page = await visitor.get(path_of(lomme, "withdrawn"))

    assert page.status == 410
    assert "Cette annonce n’est plus là" in page.words()


@pytest.mark.parametrize(
    "path", ["/annonces/00000000-0000-0000-0000-000000000000", "/annonces/d/1", "/annonces/d/9223372036854775808"]
)
async def test_listing_that_never_was_is_not_found(visitor: Browser, path: str) -> None:
    assert (await visitor.get(path)).status == 404


async def test_listing_for_the_coop_is_hidden_from_others(
    visitor: Browser, alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET audience = 'coop' WHERE id = $1", lomme.drill.id)

    assert (await visitor.get(path_of(lomme, "drill"))).status == 404
    assert (await alice.get(path_of(lomme, "drill"))).status == 200


async def test_questions_are_for_all_and_messages_for_two_in_their_thread(
    visitor: Browser, alice: Browser, open_browser: OpenBrowser, lomme: Village
) -> None:
    path = path_of(lomme, "tent")
    hocine = await open_browser(lomme.hocine)

    assert "Elle rentre dans une remorque de vélo ?" in (await visitor.get(path)).words()
    mine = await alice.get(path)
    assert "Je peux passer samedi ?" in mine.words(), "beside who wrote it, for her alone"
    (thread,) = mine.html.xpath("//section[@aria-labelledby='echanges']//li//a/@href")
    assert "Je peux passer samedi ?" in (await alice.get(thread)).words()
    assert "Je peux passer samedi ?" not in (await visitor.get(path)).text
    assert "Je peux passer samedi ?" not in (await hocine.get(path)).text


async def test_description_is_marked_in_its_own_language(visitor: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET language = 'nl' WHERE id = $1", lomme.sewing.id)

    page = await visitor.get(f"/annonces/d/{lomme.sewing.id}")

    assert page.html.xpath("//h1/@lang") == ["nl"]
    assert page.html.xpath("//div[contains(@class, 'e-content')]/@lang") == ["nl"]


async def test_page_prints_as_a_poster_with_a_code(visitor: Browser, lomme: Village) -> None:
    page = await visitor.get(path_of(lomme, "tent"))

    (poster,) = page.html.xpath("//div[@class='poster']")
    assert poster.xpath(".//*[local-name()='svg']//*[local-name()='path']")
    assert len(poster.xpath(".//ul[@class='tear-offs']/li")) == 9
    assert "style=" not in page.text


async def test_short_address_of_the_poster_leads_to_the_listing(visitor: Browser, lomme: Village) -> None:
    page = await visitor.get(path_of(lomme, "tent"))
    short = page.html.xpath("string(//ul[@class='tear-offs']/li[1])").partition("/a/")[2].strip()

    found = await visitor.get(f"/a/{short.upper()}")

    assert found.location == path_of(lomme, "tent")
    assert (await visitor.get("/a/zzzzzzzzzzzzz")).status == 404
    assert (await visitor.get("/a/1")).status == 404


async def test_where_it_is_stands_on_a_map_as_blurred_as_others_may_know_it(visitor: Browser, lomme: Village) -> None:
    page = await visitor.get(lomme.tent.post.url.removeprefix(lomme.site.url))

    (drawn,) = page.html.xpath("//declic-map")
    assert [drawn.get(f"data-{name}") for name in ("latitude", "longitude", "radius")] == ["50.6453", "2.9871", "2000"]
    assert drawn.get("hidden") is not None, "a script shows it"
    words = json.loads(drawn.get("data-words", "{}"))["map"]
    assert words.replace("\xa0", " ").replace("\u202f", " ") == "Carte : Lomme (59160), à peu près"


async def test_page_holds_no_inline_style_or_script(alice: Browser, lomme: Village) -> None:
    page = await alice.get(path_of(lomme, "tent"))

    scripts = "//script[not(@src) and not(@type='application/ld+json')]"  # which is data, and never runs
    assert not page.html.xpath(f"//*[@style] | //style | {scripts} | //*[starts-with(name(@*), 'on')]")


async def test_author_sees_where_it_went_and_why_not(alice: Browser, lomme: Village, instance: Instance) -> None:
    await alice.send(f"/annonces/d/{lomme.tent.id}/etat", {"act": "pause"}, form_on=path_of(lomme, "tent"))
    async with transaction(instance.pool) as conn:
        activity = await fetch_value(conn, "SELECT id FROM activity WHERE object_uri = $1", lomme.tent.uri)
        await execute(conn, "DELETE FROM delivery")
        for number, (host, state, error) in enumerate(
            [("henin.test", "done", None), ("lens.test", "failed", "The name lens.test does not exist.")]
        ):
            await execute(
                conn,
                """
                INSERT INTO delivery (activity_id, actor_id, inbox, host, state, error)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                activity,
                lomme.alice.id,
                f"https://{host}/inbox/{number}",
                host,
                state,
                error,
            )

    page = await alice.get(path_of(lomme, "tent"))

    assert "Envoyée à 2 plateformes, reçue par 1." in page.words()
    assert "Le nom lens.test n’existe pas." in page.words()


@pytest.mark.parametrize(
    ("act", "status", "reason"),
    [
        ("done", "fulfilled", "here"),
        ("elsewhere", "fulfilled", "elsewhere"),
        ("cancelled", "cancelled", None),
        ("pause", "paused", None),
    ],
)
async def test_author_closes_and_opens_again(
    alice: Browser, lomme: Village, instance: Instance, act: str, status: str, reason: str | None
) -> None:
    path, change = path_of(lomme, "tent"), f"/annonces/d/{lomme.tent.id}/etat"

    answer = await alice.send(change, {"act": act}, form_on=path)
    async with connection(instance.pool) as conn:
        row = await conn.fetchrow("SELECT status, closed_reason FROM listing WHERE post_id = $1", lomme.tent.id)
    closed = await alice.get(path)
    await alice.send(change, {"act": "reopen"}, form_on=path)

    assert answer.location == f"{path}?fait=state"
    assert row is not None and tuple(row) == (status, reason)
    assert "Rouvrir" in closed.words()
    assert "Disponible" in (await alice.get(path)).words()


async def test_what_has_ended_has_one_button_that_puts_it_back(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    path = path_of(lomme, "tent")
    async with connection(instance.pool) as conn:
        await conn.execute(
            "UPDATE listing SET expires_at = now() + interval '2 days' WHERE post_id = $1", lomme.tent.id
        )
    open_page = (await alice.get(path)).words()
    async with connection(instance.pool) as conn:
        await conn.execute(
            "UPDATE listing SET status = 'expired', expires_at = now() - interval '1 day' WHERE post_id = $1",
            lomme.tent.id,
        )

    ended = await alice.get(path)
    await alice.send(f"/annonces/d/{lomme.tent.id}/etat", {"act": "prolong"}, form_on=path)

    assert "Nous vous l’écrirons" in open_page and "Prolonger" in open_page
    assert 'value="reopen"' not in ended.text and "Rouvrir et prolonger" in ended.words()
    assert "Disponible" in (await alice.get(path)).words()


async def test_others_cannot_change_its_state(open_browser: OpenBrowser, lomme: Village, instance: Instance) -> None:
    hocine = await open_browser(lomme.hocine)

    answer = await hocine.send(f"/annonces/d/{lomme.tent.id}/etat", {"act": "withdraw"}, form_on=path_of(lomme, "tent"))

    assert answer.status == 404
    assert (await hocine.get(path_of(lomme, "tent"))).status == 200


async def test_author_withdraws_for_good(alice: Browser, visitor: Browser, lomme: Village) -> None:
    path = path_of(lomme, "tent")

    answer = await alice.send(f"/annonces/d/{lomme.tent.id}/etat", {"act": "withdraw"}, form_on=path)

    assert answer.location == "/@alice"
    assert (await visitor.get(path)).status == 410


async def test_expired_listing_cannot_be_opened_before_its_date_is_moved(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "UPDATE listing SET status = 'expired', expires_at = now() - interval '1 day' WHERE post_id = $1",
            lomme.tent.id,
        )

    answer = await alice.send(f"/annonces/d/{lomme.tent.id}/etat", {"act": "reopen"}, form_on=path_of(lomme, "tent"))

    assert answer.status == 422
    assert "La date de fin de cette annonce est passée" in answer.words()


async def test_a_copy_stands_under_the_plate_of_its_coop_even_where_it_does_not_name_it(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET territory_uri = NULL")
        await execute(conn, "UPDATE actor SET territory_uri = NULL WHERE NOT local")

    for path in (f"/annonces/d/{lomme.sewing.id}", f"/notes/{lomme.distant_note.id}", "/abonnements"):
        page = await alice.get(path)
        plates = page.html.xpath("//main//*[contains(@class, 'plate')]")
        assert plates, path
        assert all("Hénin-Carvin" in plate.text_content() for plate in plates), path


async def test_a_server_without_a_coop_keeps_its_own_name(alice: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET territory_uri = NULL, type = 'Person' WHERE NOT local")

    page = await alice.get(f"/notes/{lomme.distant_note.id}")

    assert "henin.test" in page.html.xpath("string(//main//*[contains(@class, 'plate')])")
