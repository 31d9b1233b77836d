"""What is reported inside a community, as who reports, who leads it and who wrote it meet it in a browser."""

from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models.people.actors import Actor
from models.store.database import transaction
from outbox.listings import listings
from tests.factories import make_local_actor
from tests.outbox.communities.inside.sample_inside import share_listing
from tests.outbox.communities.sample_community import put_in
from tests.outbox.listings.test_listings import make_draft
from tests.sample_village import Village
from tests.web.pages.communities.conftest import Communities
from tests.web.pages.conftest import SITE, Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOME = "/communautes/remorques"

PAGE = f"{HOME}/signalements"


async def test_a_report_is_read_settled_and_taken_back_by_who_leads(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        for one in (lomme.hocine, lomme.admin):
            await put_in(conn, one, communities.seen)
        inside = {"audience": "community", "community_id": communities.seen.actor_id}
        draft = make_draft(title="Montres à vendre", **inside)
        listing = await listings.publish(conn, SITE, lomme.hocine, draft)
    nadia, hocine, id = await open_browser(lomme.admin), await open_browser(lomme.hocine), str(listing.id)
    form, there = f"/signaler/annonce/{id}", f"/annonces/d/{id}"
    assert "Celles qui modèrent Les remorques en commun lisent aussi vos mots" in (await nadia.get(form)).words()

    sent = await nadia.send(form, {"reason": "other", "content": "Une vente ?"}, form_on=form)
    assert sent.location == "/signaler/merci?fait=reported", sent.words()

    assert "quelque chose est signalé" in (await alice.get("/notifications")).words()
    assert "Une chose signalée attend" in (await alice.get(HOME)).words()
    words = (await alice.get(PAGE)).words()
    assert "Montres à vendre" in words and "Une vente ?" in words and "Nadia" not in words
    silent = await alice.send(PAGE, {"act": "hide", "post": id}, form_on=PAGE)
    assert silent.status == 422 and "Dites pourquoi" in silent.words()
    hidden = await alice.send(PAGE, {"act": "hide", "post": id, "reason": "Pas de vente ici."}, form_on=PAGE)
    assert hidden.location == f"{PAGE}?fait=hide"

    assert (await nadia.get(there)).status in (303, 404)
    own = await hocine.get((await hocine.get(there)).location.removeprefix(SITE.url))
    assert "Pas de vente ici." in own.words() and "ont retiré ceci" in own.words()
    assert "Quelque chose a été retiré" in (await nadia.get(f"{HOME}/decisions")).words()
    again = await alice.send(PAGE, {"act": "show", "post": id}, form_on=PAGE)
    assert again.location == f"{PAGE}?fait=show"
    assert "Montres à vendre" in (await nadia.get(f"{HOME}/annonces")).words()


async def test_others_neither_read_nor_settle_reports(
    visitor: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await put_in(conn, lomme.hocine, communities.seen)
        listing = await share_listing(conn, lomme.alice, communities.seen)
    hocine = await open_browser(lomme.hocine)

    assert [(await one.get(PAGE)).status for one in (visitor, hocine)] == [404, 404]
    acts = {"act": "hide", "post": str(listing.id), "reason": "Non."}
    assert (await hocine.send(PAGE, acts, form_on=HOME)).status == 404
