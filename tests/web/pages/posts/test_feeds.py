"""A member's feed with her news, profiles, notes and hashtags."""

from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models.people.actors import Actor
from models.relations import reactions
from models.store.database import connection, execute, transaction
from tests.factories import make_follow, make_note, make_remote_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def test_feed_is_for_members(visitor: Browser) -> None:
    assert (await visitor.get("/fil")).location.startswith("/connexion")


async def test_feed_shows_what_the_followed_published_and_what_is_new(alice: Browser, lomme: Village) -> None:
    page = await alice.get("/fil")

    assert "Tente 4 places" in page.words()
    assert "Léonie vous a écritTente 4 places" in page.words()
    assert page.html.xpath("//aside//a[contains(., 'Toutes les nouvelles')]/@href") == ["/notifications"]


async def test_empty_feed_says_how_to_fill_it(open_browser: OpenBrowser, lomme: Village) -> None:
    admin = await open_browser(lomme.admin)

    assert "Votre fil est encore vide" in (await admin.get("/fil")).words()


async def test_tag_page_holds_what_carries_it_accents_and_case_aside(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        insert = "INSERT INTO post_tag (post_id, tag, name) VALUES ($1, 'heninbeaumont', 'HéninBeaumont')"
        await execute(conn, insert, lomme.sewing.id)

    page = await visitor.get("/tags/H%C3%A9nin-Beaumont")

    assert "Machine à coudre" in page.words()
    assert "#Hénin-Beaumont" in page.words()


async def test_profile_elsewhere_shows_its_plate_and_no_counters(visitor: Browser, lomme: Village) -> None:
    page = await visitor.get("/@bob@henin.test")

    assert "Couture et retouches." in page.words()
    assert page.html.xpath("//a[contains(@class, 'plate')]/@href")[-1] == "/@coop@henin.test"
    assert page.html.xpath("//meta[@name='robots']/@content") == ["noindex"]


async def test_member_goes_to_her_own_profile(alice: Browser) -> None:
    assert (await alice.get("/moi")).location == "/@alice"
    assert "Mon compte" in (await alice.get("/@alice")).words()


async def test_nobody_is_not_found_and_servers_have_no_profile(visitor: Browser) -> None:
    assert (await visitor.get("/@personne")).status == 404
    assert (await visitor.get("/@x@nulle.test")).status == 404
    assert (await visitor.get("/@instance")).status == 404


async def test_deleted_member_is_gone(visitor: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await conn.execute("UPDATE actor SET deleted_at = now() WHERE id = $1", lomme.hocine.id)

    assert (await visitor.get("/@hocine")).status == 410


async def test_note_in_another_language_says_so(alice: Browser, lomme: Village) -> None:
    page = await alice.get(f"/notes/{lomme.distant_note.id}")

    assert page.html.xpath("//div[contains(@class, 'e-content')]/@lang") == ["en"]


async def test_private_note_of_others_is_not_found(visitor: Browser, lomme: Village) -> None:
    assert (await visitor.get(f"/notes/{lomme.message.id}")).status == 404


async def test_note_of_ours_has_its_own_address(visitor: Browser, lomme: Village, instance: Instance) -> None:
    async with connection(instance.pool) as conn:
        row = await conn.fetchrow(
            "SELECT id, url FROM post WHERE local AND kind = 'note' AND author_id = $1", lomme.alice.id
        )
    assert row is not None

    by_id = await visitor.get(f"/notes/{row['id']}")
    page = await visitor.get(by_id.location)

    assert by_id.location == row["url"].removeprefix(lomme.site.url)
    assert "Oui, le sac fait 60 cm sur 25." in page.words()


async def test_listing_by_the_address_of_a_note_leads_to_its_page(visitor: Browser, lomme: Village) -> None:
    assert (await visitor.get(f"/notes/{lomme.sewing.id}")).location == f"/annonces/d/{lomme.sewing.id}"


async def test_there_is_no_news_of_what_may_not_be_seen_any_more(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "DELETE FROM exchange")
        await execute(conn, "DELETE FROM mention WHERE post_id = $1", lomme.message.id)

    assert "Léonie vous a écrit" not in (await alice.get("/fil")).words()


async def test_somebody_who_is_not_confirmed_has_no_page(visitor: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE account SET confirmed_at = NULL WHERE actor_id = $1", lomme.alice.id)

    assert (await visitor.get(f"/@{lomme.alice.username}")).status == 404


async def test_feed_leaves_out_what_she_wrote_to_one_person_and_who_merely_passes_listings_on(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await make_note(conn, lomme.alice, content="<p>Rien que pour toi, Léonie.</p>", audience="direct")
        stream = await make_remote_actor(conn, "offres", "henin.test", type="Group", name="Offres d’ailleurs")
        await make_follow(conn, lomme.alice, stream)
        await reactions.share(conn, uri=f"{stream.uri}/1", actor_id=stream.id, post_id=lomme.sewing.id)

    page = await alice.get("/fil")

    assert "Machine à coudre" in page.words()
    assert "Rien que pour toi" not in page.words() and "Offres d’ailleurs" not in page.words()
