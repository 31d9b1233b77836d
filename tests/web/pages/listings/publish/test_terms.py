"""What goes with each mode is asked on the form, and told in words on the page of the listing and on its small ad."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from federation.instance import Instance
from models import preferences
from models.listings import listings
from models.listings.listing_duration import end_of, last_day
from models.listings.listings import Listing
from models.moments import PARIS
from models.store.database import connection, execute, fetch_column, transaction
from tests.factories import make_listing
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.listings.publish.test_publish_page import changed, errors, send_form, typed


def small_ad(page: Page, title: str) -> str:
    """What stands on the small ad with this title."""
    [found] = page.html.xpath(f"//li[contains(@class, 'listing')][.//a[normalize-space()='{title}']]")
    return " ".join(found.text_content().replace("\u202f", " ").replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("fields", "page_says", "ad_says"),
    [
        (
            {"mode": "loan", "max_duration": "P1W", "deposit": "20", "quantity": "3"},
            ["Prêt gratuit, caution de 20 €", "3 en tout", "une semaine au plus"],
            ["caution de 20 €", "3 en tout", "une semaine au plus"],
        ),
        (
            {"mode": "gift", "first_come": "premier", "quantity": "12"},
            ["Don, au premier qui le demande", "12 en tout"],
            ["au premier qui le demande", "12 en tout"],
        ),
        ({"mode": "gift", "first_come": "choisir"}, ["Don, à venir chercher"], []),
        (
            {"mode": "service", "unit": "hour", "quantity": "5", "in_return": "un repas"},
            ["Coup de main, à l’heure", "contre un repas", "5 heures en tout"],
            ["contre un repas", "5 heures en tout"],
        ),
        ({"mode": "service", "unit": "hour"}, ["Coup de main, à l’heure"], ["à l’heure"]),
        ({"mode": "swap", "in_return": "une binette"}, ["Échange, contre une binette"], ["contre une binette"]),
        ({"mode": "sale", "price": "12,50"}, ["12,50 €"], ["12,50 €"]),
        ({"mode": "sale", "free_price": "1"}, ["Prix libre"], ["prix libre"]),
    ],
)
async def test_terms_are_told_wherever_the_listing_is_shown(
    alice: Browser, instance: Instance, fields: dict[str, str], page_says: list[str], ad_says: list[str]
) -> None:
    async with transaction(instance.pool) as conn:
        chosen = await preferences.load(conn)
        await preferences.save(conn, replace(chosen, modes=("gift", "loan", "swap", "sale", "service")))
    form = await alice.get("/publier")

    filled = changed(form, title="Chose rare", act="publish", **fields)
    answer = await send_form(alice, "/publier", form, filled)
    assert answer.status == 303, errors(answer)
    page, found = await alice.get(answer.location), await alice.get("/annonces?q=rare")

    for words in page_says:
        assert words in page.words()
    for words in ad_says:
        assert words in small_ad(found, "Chose rare")
    assert ("au premier" in small_ad(found, "Chose rare")) == ("premier" in fields.values())


async def test_what_is_looked_for_has_no_deposit_and_no_price(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    form = await alice.get("/publier")

    filled = changed(
        form, kind="request", title="Chose rare", mode="loan", deposit="20", max_duration="P2D", act="publish"
    )
    answer = await send_form(alice, "/publier", form, filled)
    ad = small_ad(await alice.get("/annonces?q=rare"), "Chose rare")

    assert answer.status == 303 and "deposit" not in ad and "deux jours au plus" in ad


async def add_for(instance: Instance, village: Village, duration: str) -> Listing:
    """A tent that may be kept for as long as no list has."""
    url = f"{instance.site.url}/annonces/5f0c9d1e-0000-4000-8000-000000000009"
    async with transaction(instance.pool) as conn:
        return await make_listing(
            conn, village.alice, title="Tente", max_duration=duration, post={"url": url, "source": "Facile."}
        )


async def test_a_duration_that_an_app_gave_is_told_in_words_and_kept_when_the_listing_is_changed(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    tent = await add_for(instance, lomme, "P10D")
    path = tent.post.url.removeprefix(instance.site.url)

    page, form = await alice.get(path), await alice.get(f"{path}/modifier")
    answer = await send_form(alice, f"{path}/modifier", form, changed(form, title="Tente verte", act="publish"))

    assert "10 jours au plus" in page.words()
    assert dict(typed(form))["max_duration"] == "P10D"
    assert (
        form.html.xpath("//select[@name='max_duration']/option[@selected]")[0].text.replace("\u00a0", " ") == "10 jours"
    )
    assert answer.status == 303, errors(answer)
    async with connection(instance.pool) as conn:
        held = await listings.find_by_post(conn, tent.id)
    assert held is not None and (held.details.title, held.details.max_duration) == ("Tente verte", "P10D")


async def test_a_duration_from_elsewhere_that_says_nothing_is_shown_as_it_came(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET max_duration = 'un moment' WHERE post_id = $1", lomme.sewing.id)

    assert "un moment au plus" in (await visitor.get(f"/annonces/d/{lomme.sewing.id}")).words()


async def test_what_is_no_duration_is_refused(alice: Browser) -> None:
    form = await alice.get("/publier")

    filled = changed(form, title="Tente", mode="loan", act="publish")
    answer = await send_form(
        alice,
        "/publier",
        form,
        [pair for pair in filled if pair[0] != "max_duration"] + [("max_duration", "longtemps")],
    )

    assert answer.status == 422 and "max_duration" in errors(answer)


async def test_a_listing_stands_until_the_last_day_allowed_and_not_a_day_longer(
    alice: Browser, instance: Instance
) -> None:
    form, last = await alice.get("/publier"), last_day(datetime.now(PARIS).date())
    filled = {"title": "Chose rare", "mode": "gift", "act": "publish"}

    later = await send_form(alice, "/publier", form, changed(form, **filled, expires=f"{last + timedelta(days=1)}"))
    made = await send_form(alice, "/publier", form, changed(form, **filled, expires=f"{last}"))

    assert (later.status, set(errors(later))) == (422, {"expires"})
    assert "un an au plus" in errors(later)["expires"]
    assert made.status == 303
    async with connection(instance.pool) as conn:
        [ends] = await fetch_column(conn, "SELECT expires_at FROM listing WHERE title = 'Chose rare'")
    assert ends == end_of(last)
