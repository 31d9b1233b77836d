"""Reporting by address: what is known there leads to its form, a page without an author has one, all else is said."""

import pytest

from federation.instance import Instance
from models.moderation import reports
from models.store.database import connection, transaction
from tests.factories import make_local_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.http.row_ids import write_short


def list_known(village: Village) -> dict[str, str]:
    """Addresses as people have them, and the form that each leads to."""
    tent, hocine, bob = village.tent, village.hocine, village.bob
    return {
        tent.post.url: f"annonce/{tent.id}",
        tent.post.url.removeprefix("http://"): f"annonce/{tent.id}",
        tent.post.url.removeprefix(village.site.url) + "?fait=published#repondre": f"annonce/{tent.id}",
        f"{village.site.url}/a/{write_short(tent.id)}": f"annonce/{tent.id}",
        f"/annonces/d/{village.sewing.id}": f"annonce/{village.sewing.id}",
        village.sewing.uri: f"annonce/{village.sewing.id}",
        f"/notes/{village.distant_note.id}": f"message/{village.distant_note.id}",
        f"{village.site.url}/@hocine": f"compte/{hocine.id}",
        hocine.uri: f"compte/{hocine.id}",
        "@bob@henin.test": f"compte/{bob.id}",
        f"{village.site.url}/@bob@henin.test": f"compte/{bob.id}",
    }


async def test_each_address_leads_to_the_form_of_what_stands_there(visitor: Browser, lomme: Village) -> None:
    known = list_known(lomme)

    led = {
        typed: (await visitor.client.get("/signaler", params={"adresse": typed}, allow_redirects=False))
        for typed in known
    }

    assert {typed: answer.headers.get("Location") for typed, answer in led.items()} == {
        typed: f"/signaler/{form}" for typed, form in known.items()
    }


async def test_what_one_cannot_see_is_as_unknown_as_what_is_not_there_and_stays_typed(
    visitor: Browser, lomme: Village
) -> None:
    for typed in (
        f"/notes/{lomme.message.id}",
        "/notes/1",
        "/@personne",
        "https://ailleurs.example/7",
        f"/annonces/d/{lomme.withdrawn.id}",
        "/compte/profil",
        "n’importe quoi",
        "x" * 900,
    ):
        answer = await visitor.read(
            await visitor.client.get("/signaler", params={"adresse": typed}, headers={"Accept-Language": "fr"})
        )
        assert answer.status == 422 and "Rien de public n’est connu ici" in answer.words(), typed
        assert answer.html.xpath("string(//input[@name='adresse']/@value)") == typed


async def test_a_page_that_nobody_in_particular_wrote_is_reported_by_its_address(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
    led = await visitor.get("/signaler?adresse=/tags/couture")

    sent = await visitor.send(led.location, {"reason": "other", "content": "Des injures."}, form_on=led.location)

    assert sent.status == 303 and "sont prévenues" in (await visitor.get(sent.location)).words()
    async with connection(instance.pool) as conn:
        [kept] = await reports.list_open(conn)
    assert (kept.target_id, kept.object_uris) == (None, [f"{lomme.site.url}/tags/couture"])


@pytest.mark.parametrize("address", ["https://ailleurs.example/", "http://lomme.test.ailleurs.example/", ""])
async def test_pages_of_others_are_no_pages_of_ours(visitor: Browser, lomme: Village, address: str) -> None:
    assert (await visitor.get(f"/signaler/page?adresse={address}")).status == 404
