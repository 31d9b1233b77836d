"""A mail's button keeps a listing longer: no log-in, nothing changed by looking, once for each end."""

from datetime import UTC, datetime, timedelta

import pytest

from federation.instance import Instance
from models.listings import listings
from models.listings.listings import Listing
from models.store.database import connection, execute, transaction
from outbox.listings.listing_expiry import notify_ends
from outbox.listings.listings import close, publish
from tests.outbox.listings.test_listings import make_draft
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.mail.prolong_links import make_prolong_link


async def make_ending(instance: Instance, lomme: Village, *, days: int = 3) -> tuple[Listing, str]:
    """A gift of Alice's that ends in so many days, and the address in her mail."""
    async with transaction(instance.pool) as conn:
        made = await publish(conn, instance.site, lomme.alice, make_draft(mode="gift", title="Canapé"))
        end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
        await execute(conn, "UPDATE listing SET expires_at = $2 WHERE post_id = $1", made.id, end)
        await execute(
            conn, "UPDATE post SET published_at = now() - interval '27 days', updated_at = NULL WHERE id = $1", made.id
        )
        link = await make_prolong_link(conn, instance, made.id, end)
    return made, link.removeprefix(instance.site.url)


async def find(instance: Instance, listing: Listing) -> Listing:
    async with connection(instance.pool) as conn:
        found = await listings.find_by_post(conn, listing.id)
    assert found is not None
    return found


async def test_looking_changes_nothing_and_one_tap_keeps_it_once(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    made, path = await make_ending(instance, lomme)

    page = await visitor.get(path)
    before = (await find(instance, made)).details.expires_at
    done = await visitor.ask("POST", path)
    kept = (await find(instance, made)).details.expires_at
    again = await visitor.ask("POST", path)

    assert page.status == 200 and "Canapé" in page.words() and "no-store" in page.headers["Cache-Control"]
    assert before is not None and kept is not None and kept >= before + timedelta(days=29)
    assert (
        (done.status, again.status) == (200, 200)
        and "C’est prolongé" in done.words()
        and "C’est prolongé" in again.words()
    )
    assert (await find(instance, made)).details.expires_at == kept, "one mail, one time"


@pytest.mark.parametrize("changed", ["done", "deleted", "suspended", "forged"])
async def test_it_acts_for_nobody_who_chose_otherwise(
    visitor: Browser, instance: Instance, lomme: Village, changed: str
) -> None:
    made, path = await make_ending(instance, lomme)
    async with transaction(instance.pool) as conn:
        if changed == "done":
            await close(conn, instance.site, lomme.alice, made.uri, "done")
        elif changed == "deleted":
            await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", made.id)
        elif changed == "suspended":
            await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", lomme.alice.id)
    before = (await find(instance, made)).details

    answer = await visitor.ask("POST", path if changed != "forged" else path[:-3] + "xyz")

    assert answer.status == (200 if changed == "done" else 404)
    assert (await find(instance, made)).details == before


async def test_an_old_mail_does_not_say_of_what_ended_since_that_it_stands(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    made, path = await make_ending(instance, lomme)
    ended = "UPDATE listing SET status = 'expired', expires_at = now() - $2::interval WHERE post_id = $1"
    async with transaction(instance.pool) as conn:
        await execute(conn, ended, made.id, timedelta(days=1))

    for page in (await visitor.get(path), await visitor.ask("POST", path)):
        assert "Cette annonce est déjà finie" in page.words() and "C’est prolongé" not in page.words()


async def test_the_news_of_an_end_have_a_button_until_it_is_another(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    made, _ = await make_ending(instance, lomme)
    await notify_ends(instance)

    news = await alice.get("/notifications")
    [action] = news.html.xpath("//form[.//input[@name='act'][@value='prolong']]/@action")
    await alice.send(action, {"act": "prolong"})
    after = await alice.get("/notifications")

    assert action == f"/annonces/d/{made.id}/etat"
    kept = (await find(instance, made)).details.expires_at
    assert kept is not None and kept > datetime.now(UTC) + timedelta(days=20)
    assert "Votre annonce s’arrête bientôt" in after.words()
    assert not after.html.xpath("//input[@name='act'][@value='prolong']")


@pytest.mark.parametrize("page", ["/chez-moi", "/notifications", "the listing"])
async def test_two_taps_on_one_button_prolong_once_and_the_second_one_is_told_so_kindly(
    alice: Browser, instance: Instance, lomme: Village, page: str
) -> None:
    made, _ = await make_ending(instance, lomme)
    await notify_ends(instance)
    path = made.post.url.removeprefix(instance.site.url) if page == "the listing" else page
    shown = await alice.get(path)
    form = shown.html.xpath(
        f"//form[@action='/annonces/d/{made.id}/etat'][.//input[@name='act'][@value='prolong']]//input"
    )
    fields = {one.get("name"): one.get("value", "") for one in form}

    first = await alice.send(f"/annonces/d/{made.id}/etat", fields)
    kept = (await find(instance, made)).details.expires_at
    second = await alice.send(f"/annonces/d/{made.id}/etat", fields)

    assert (first.status, second.status) == (303, 303)
    assert kept is not None and kept > datetime.now(UTC) + timedelta(days=20)
    assert (await find(instance, made)).details.expires_at == kept
    assert "C’était déjà prolongé" in (await alice.get(second.location)).words()
    assert "C’était déjà prolongé" not in (await alice.get(first.location)).words()


@pytest.mark.parametrize("end", ["", "demain", "2027-05-13", "2027-05-13T10:00:00"])
async def test_a_button_that_shows_no_end_prolongs_all_the_same(
    alice: Browser, instance: Instance, lomme: Village, end: str
) -> None:
    made, _ = await make_ending(instance, lomme)

    await alice.send(f"/annonces/d/{made.id}/etat", {"act": "prolong", "end": end}, form_on="/chez-moi")

    kept = (await find(instance, made)).details.expires_at
    assert kept is not None and kept > datetime.now(UTC) + timedelta(days=20)
