"""What goes with each mode is asked on the form, and told in words on the page of the listing and on its small ad."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from federation.instance import Instance
from models import listings, preferences
from models.database import connection, execute, fetch_column, transaction
from models.listing_life import end_of, last_day
from models.listings import Listing
from models.moments import PARIS
from tests.factories import make_listing
from tests.village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.test_publish import changed, errors, send_form, typed


def small_ad(page: Page, title: str) -> str:
    """What stands on the small ad with this title."""
    [found] = page.html.xpath(f"//li[contains(@class, 'annonce')][.//a[normalize-space()='{title}']]")
    return " ".join(found.text_content().replace("\u202f", " ").replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("fields", "page_says", "ad_says"),
    [
        (
            {"comment": "loan", "duree": "P1W", "caution": "20", "combien": "3"},
            ["Prêt gratuit, caution de 20 €", "3 en tout", "une semaine au plus"],
            ["caution de 20 €", "3 en tout", "une semaine au plus"],
        ),
        (
            {"comment": "gift", "premier": "premier", "combien": "12"},
            ["Don, au premier qui le demande", "12 en tout"],
            ["au premier qui le demande", "12 en tout"],
        ),
        ({"comment": "gift", "premier": "choisir"}, ["Don, à venir chercher"], []),
        (
            {"comment": "service", "unite": "hour", "combien": "5", "contre": "un repas"},
            ["Coup de main, à l’heure", "contre un repas", "5 heures en tout"],
            ["contre un repas", "5 heures en tout"],
        ),
        ({"comment": "service", "unite": "hour"}, ["Coup de main, à l’heure"], ["à l’heure"]),
        ({"comment": "swap", "contre": "une binette"}, ["Échange, contre une binette"], ["contre une binette"]),
        ({"comment": "sale", "prix": "12,50"}, ["12,50 €"], ["12,50 €"]),
        ({"comment": "sale", "prix_libre": "1"}, ["Prix libre"], ["prix libre"]),
    ],
)
async def test_terms_are_told_wherever_the_listing_is_shown(
    alice: Browser, instance: Instance, fields: dict[str, str], page_says: list[str], ad_says: list[str]
) -> None:
    async with transaction(instance.pool) as conn:
        chosen = await preferences.load(conn)
        await preferences.save(conn, replace(chosen, modes=("gift", "loan", "swap", "sale", "service")))
    form = await alice.get("/publier")

    filled = changed(form, titre="Chose rare", geste="publier", **fields)
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
        form, genre="request", titre="Chose rare", comment="loan", caution="20", duree="P2D", geste="publier"
    )
    answer = await send_form(alice, "/publier", form, filled)
    ad = small_ad(await alice.get("/annonces?q=rare"), "Chose rare")

    assert answer.status == 303 and "caution" not in ad and "deux jours au plus" in ad


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
    answer = await send_form(alice, f"{path}/modifier", form, changed(form, titre="Tente verte", geste="publier"))

    assert "10 jours au plus" in page.words()
    assert dict(typed(form))["duree"] == "P10D"
    assert form.html.xpath("//select[@name='duree']/option[@selected]")[0].text.replace("\u00a0", " ") == "10 jours"
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

    filled = changed(form, titre="Tente", comment="loan", geste="publier")
    answer = await send_form(
        alice, "/publier", form, [pair for pair in filled if pair[0] != "duree"] + [("duree", "longtemps")]
    )

    assert answer.status == 422 and "duree" in errors(answer)


async def test_a_listing_stands_until_the_last_day_allowed_and_not_a_day_longer(
    alice: Browser, instance: Instance
) -> None:
    form, last = await alice.get("/publier"), last_day(datetime.now(PARIS).date())
    filled = {"titre": "Chose rare", "comment": "gift", "geste": "publier"}

    later = await send_form(alice, "/publier", form, changed(form, **filled, fin=f"{last + timedelta(days=1)}"))
    made = await send_form(alice, "/publier", form, changed(form, **filled, fin=f"{last}"))

    assert (later.status, set(errors(later))) == (422, {"fin"})
    assert "un an au plus" in errors(later)["fin"]
    assert made.status == 303
    async with connection(instance.pool) as conn:
        [ends] = await fetch_column(conn, "SELECT expires_at FROM listing WHERE title = 'Chose rare'")
    assert ends == end_of(last)
