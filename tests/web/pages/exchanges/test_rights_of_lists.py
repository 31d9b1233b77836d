"""Whose listing, thread, draft or photo it is decides, at every address of choosing, waiting, copying and keeping."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import pytest

from federation.instance import Instance
from models.exchanges import exchanges, reserves
from models.exchanges.agreements import Terms
from models.listings import listing_drafts
from models.listings.listing_drafts import FormContent, OpenForm
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.posts.media import media, uploads
from models.posts.media.media import StoredPicture
from models.store.database import connection, execute, transaction
from outbox.exchanges.agreements.agreements import request
from tests.factories import make_listing, make_member
from tests.sample_village import Village
from tests.web.applicants import add_applicant
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

Who = Literal["visitor", "stranger", "partner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sofa:
    """Maryse gives a sofa, Hocine asks for it; she has a draft with a photo, and a place a listing."""

    listing: Listing
    of_place: Listing
    thread_id: int
    draft_id: int
    photo_id: int
    actors: dict[Who, Actor | None]

    def fill_in(self, words: str) -> str:
        """An address or a value with these ids."""
        return words.format(
            listing=self.listing.id,
            place=self.of_place.id,
            thread=self.thread_id,
            draft=self.draft_id,
            photo=self.photo_id,
        )


@pytest.fixture
async def sofa(instance: Instance, lomme: Village) -> Sofa:
    """It is hers."""
    async with transaction(instance.pool) as conn:
        listing = await make_listing(conn, lomme.alice, mode="gift", title="Canapé")
        asked = await request(conn, lomme.site, lomme.hocine, listing, Terms())
        stored = StoredPicture(
            file_key=f"{'a' * 32}.jpg",
            thumbnail_key=f"{'b' * 32}.jpg",
            byte_size=1,
            width=1,
            height=1,
            blurhash="",
            mime_type="image/jpeg",
            likeness=None,
        )
        photo = await uploads.create_upload(conn, lomme.alice.id, stored)
        left = FormContent(kind="offer", title="Secret", fields=[("title", "Secret")], media_ids=[photo.id])
        draft = await listing_drafts.keep_form(conn, lomme.alice.id, OpenForm(), left)
        place = await make_member(conn, "remise", type="Organization", name="La Remise")
        return Sofa(
            listing=listing,
            of_place=await make_listing(conn, place, title="Scie"),
            thread_id=asked.exchange_id,
            draft_id=draft.id,
            photo_id=photo.id,
            actors={"visitor": None, "stranger": await make_member(conn, "eve"), "partner": lomme.hocine},
        )


REFUSED: list[tuple[str, str, dict[str, str]]] = [
    ("POST", "/annonces/d/{listing}/copier", {}),
    ("POST", "/annonces/d/{listing}/etat", {"act": "withdraw"}),
    ("GET", "/annonces/d/{listing}/reponses", {}),
    ("POST", "/annonces/d/{listing}/liste", {"person": "{thread}"}),
    ("GET", "/echanges/{thread}/choisir", {}),
    ("POST", "/echanges/{thread}/choisir", {"others": "Non"}),
    ("POST", "/coop/lieux/remise/annonces/d/{place}/copier", {}),
    ("POST", "/coop/lieux/remise/annonces/d/{place}/etat", {"act": "withdraw"}),
    ("GET", "/coop/lieux/remise/publier/plusieurs", {}),
    ("POST", "/coop/lieux/remise/publier/plusieurs", {"table": "titre;mode\nScie;don"}),
    ("POST", "/coop/lieux/remise/publier/photos", {}),
]
"""What only the author of the listing does, or who runs the place."""


async def test_what_is_anothers_is_refused_at_every_address(
    open_browser: OpenBrowser, instance: Instance, sofa: Sofa
) -> None:
    for who, actor in sofa.actors.items():
        browser = await open_browser(actor)
        for method, path, fields in REFUSED:
            values = {name: sofa.fill_in(value) for name, value in fields.items()}
            address = sofa.fill_in(path)
            answer = await browser.send(address, values) if method == "POST" else await browser.get(address)
            refused = answer.location.startswith("/connexion") if who == "visitor" else answer.status in (403, 404)
            assert refused, (who, method, path, answer.status, answer.location)
    async with connection(instance.pool) as conn:
        assert await reserves.list_places(conn, sofa.listing.id) == []
        thread = await exchanges.find(conn, listing_id=sofa.listing.id, partner_id=sofa.actors["partner"].id)  # type: ignore[union-attr]  # the table made both
        assert thread is not None and thread.id == sofa.thread_id


async def test_whoever_waits_to_be_let_in_does_nothing_of_it(
    open_browser: OpenBrowser, instance: Instance, sofa: Sofa
) -> None:
    waiting = await add_applicant(instance)
    async with connection(instance.pool) as conn:
        carole = await open_browser(await actors.get(conn, waiting.actor_id))

    for path in ("/annonces/d/{listing}/copier", "/annonces/d/{listing}/prevenir", "/publier/plusieurs"):
        answer = await carole.send(sofa.fill_in(path), {"table": "titre;mode\nScie;don"})
        assert (answer.status, answer.location) == (303, "/compte/attente"), path
    assert (await carole.get("/publier/plusieurs")).location == "/compte/attente", "a page that she could not send"


async def test_drafts_and_photos_of_another_are_neither_shown_changed_taken_nor_deleted(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, sofa: Sofa
) -> None:
    eve = await open_browser(sofa.actors["stranger"])

    assert "Secret" not in (await eve.get(f"/publier?brouillon={sofa.draft_id}")).text
    await eve.send("/compte/brouillons", {"draft": str(sofa.draft_id)})
    fields = {"title": "Mien", "kept_draft": str(sofa.draft_id), "draft_version": "1", "media": str(sofa.photo_id)}
    await eve.send("/publier/brouillon", fields, form_on="/publier")
    await eve.send("/publier", {**fields, "act": "keep", f"alt_{sofa.photo_id}": "Vu"}, form_on="/publier")

    async with connection(instance.pool) as conn:
        [hers] = await listing_drafts.list_kept(conn, lomme.alice.id)
        assert (hers.title, hers.version, hers.media_ids) == ("Secret", 1, [sofa.photo_id])
        actor = sofa.actors["stranger"]
        assert actor is not None
        assert all(one.media_ids == [] for one in await listing_drafts.list_kept(conn, actor.id))
        photo = await media.find(conn, sofa.photo_id)
        assert photo is not None and (photo.owner_id, photo.description) == (lomme.alice.id, "")


async def test_nobody_waits_for_what_is_hidden_from_her(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, sofa: Sofa
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET hidden_at = now() WHERE id = $1", lomme.tent.id)
    eve = await open_browser(sofa.actors["stranger"])

    assert (await eve.get(f"/annonces/d/{lomme.tent.id}/prevenir")).status == 404
    assert (await eve.send(f"/annonces/d/{lomme.tent.id}/prevenir", {})).status == 404
    async with connection(instance.pool) as conn:
        assert await reserves.list_places(conn, lomme.tent.id) == []
