"""The same thing is published again from a draft: nothing goes out by a tap, and each listing has its own photos."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.listings import listing_drafts, listings
from models.people.actors import Actor
from models.posts.media import media, uploads
from models.store.database import connection, execute, fetch_value, transaction
from outbox.listings.listings import close
from tests.factories import make_listing, make_member
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import PHOTO, changed, errors, send_form, typed

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def publish_with_photo(alice: Browser, instance: Instance) -> listings.Listing:
    page = await alice.get("/publier")
    fields = changed(
        page, title="Échelle", text="Six mètres.", mode="loan", max_duration="P1W", deposit="20", act="publish",
        first_day="2099-01-01", last_day="2099-01-02",
    )  # fmt: skip
    answer = await send_form(alice, "/publier", page, [*fields, ("alt_new", "Une échelle")], [PHOTO.read_bytes()])
    assert answer.status == 303, errors(answer)
    async with connection(instance.pool) as conn:
        found = await listings.find_by_url(conn, instance.site.url + answer.location.partition("?")[0])
    assert found is not None
    return found


async def count_posts(instance: Instance) -> int:
    async with connection(instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM post WHERE kind = 'listing'"))


@pytest.mark.parametrize("over", [False, True])
async def test_a_copy_is_a_draft_with_all_but_the_days_and_its_own_photos(
    alice: Browser, instance: Instance, lomme: Village, over: bool
) -> None:
    first = await publish_with_photo(alice, instance)
    if over:
        async with transaction(instance.pool) as conn:
            await close(conn, instance.site, lomme.alice, first.uri, "done")
    before = await count_posts(instance)

    answer = await alice.send(f"/annonces/d/{first.id}/copier", {})
    again = await alice.send(f"/annonces/d/{first.id}/copier", {})
    form = await alice.get(answer.location)

    assert answer.location == again.location and answer.location.startswith("/publier?brouillon=")
    assert await count_posts(instance) == before
    values = dict(typed(form))
    assert (values["title"], values["text"].strip(), values["mode"], values["max_duration"], values["deposit"]) == (
        "Échelle", "Six mètres.", "loan", "P1W", "20"
    )  # fmt: skip
    assert (values["first_day"], values["expires"]) == ("", "") and "C’est une copie" in form.words()

    published = await send_form(alice, "/publier", form, changed(form, act="publish"))
    assert published.status == 303, errors(published)
    async with connection(instance.pool) as conn:
        second = await listings.find_by_url(conn, instance.site.url + published.location.partition("?")[0])
        assert second is not None
        photos = await media.list_by_posts(conn, [first.id, second.id])
        assert await listing_drafts.list_kept(conn, lomme.alice.id) == []
    [[old], [new]] = photos[first.id], photos[second.id]
    assert (old.description, new.description) == ("Une échelle", "Une échelle")
    assert not {old.file_key, old.thumbnail_key} & {new.file_key, new.thumbnail_key}


async def test_who_goes_back_and_publishes_another_one_reads_whose_the_photos_are(
    alice: Browser, instance: Instance
) -> None:
    page = await alice.get("/publier")
    filled = changed(page, title="Scie", mode="gift", act="add")
    before = await send_form(alice, "/publier", page, filled, [PHOTO.read_bytes()])
    first = await send_form(alice, "/publier", before, changed(before, act="publish"))
    again = await send_form(alice, "/publier", before, changed(before, act="publish"))
    posts = await count_posts(instance)

    other = await send_form(alice, "/publier", before, changed(before, act="publish", title="Marteau"))

    assert first.status == 303 and first.location == again.location
    assert other.status == 422 and "dans une annonce déjà publiée" in errors(other)["photos"]
    assert await count_posts(instance) == posts and dict(typed(other))["title"] == "Marteau"


async def test_a_copy_without_room_for_photos_says_so(alice: Browser, instance: Instance, lomme: Village) -> None:
    first = await publish_with_photo(alice, instance)
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO media (id, owner_id, mime_type, description, file_key)
            SELECT n, $1, 'image/jpeg', '', n::text FROM generate_series(1, $2::integer) n
            """,
            lomme.alice.id,
            uploads.MAX_UNATTACHED,
        )

    answer = await alice.send(f"/annonces/d/{first.id}/copier", {})
    form = await alice.get(answer.location)

    assert "Toutes les photos n’ont pas pu être copiées" in form.words() and dict(typed(form))["title"] == "Échelle"


async def test_one_draft_too_many_is_said_on_the_page_of_the_listing(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO listing_draft (id, actor_id, kind, title, fields, media_ids)
            SELECT n, $1, 'offer', '', '[]', '{}' FROM generate_series(1, $2::integer) n
            """,
            lomme.alice.id,
            listing_drafts.MOST,
        )

    answer = await alice.send(f"/annonces/d/{lomme.tent.id}/copier", {})

    assert answer.status == 422 and "brouillons" in answer.words()


async def test_drafts_of_a_place_which_nobody_sees_in_a_list_are_never_too_many(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        place = await make_member(conn, "remise", type="Organization", name="La Remise")
        saw = await make_listing(conn, place, title="Scie")
        await execute(
            conn,
            """
            INSERT INTO listing_draft (id, actor_id, kind, title, fields, media_ids)
            SELECT n, $1, 'offer', '', '[]', '{}' FROM generate_series(1, $2::integer) n
            """,
            place.id,
            listing_drafts.MOST,
        )
    nadia = await open_browser(lomme.admin)

    answer = await nadia.send(f"/coop/lieux/remise/annonces/d/{saw.id}/copier", {})

    assert "Scie" in (await nadia.get(answer.location)).text
    async with connection(instance.pool) as conn:
        assert len(await listing_drafts.list_kept(conn, place.id)) == listing_drafts.MOST


async def test_only_ones_own_can_be_copied(open_browser: OpenBrowser, instance: Instance, lomme: Village) -> None:
    hocine = await open_browser(lomme.hocine)

    answer = await hocine.send(f"/annonces/d/{lomme.tent.id}/copier", {})

    assert answer.status == 404
    async with connection(instance.pool) as conn:
        assert await listing_drafts.list_kept(conn, lomme.hocine.id) == []
