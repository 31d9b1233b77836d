"""Which questions each way of lending, giving and helping asks, and what of the others is kept: nothing."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium

from federation.instance import Instance
from models.store.database import Pool, connection, execute, fetch_value, transaction
from tests.today import today
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import changed, errors, publish_so, send_form, typed

ASKED = (
    "max_duration", "deposit", "price", "first_come", "unit", "in_return", "condition", "quantity", "first_day",
)  # fmt: skip

QUESTIONS: dict[tuple[str, str], set[str]] = {
    ("offer", "loan"): {"max_duration", "deposit", "condition", "quantity", "first_day"},
    ("offer", "gift"): {"first_come", "condition", "quantity"},
    ("offer", "swap"): {"in_return", "condition", "quantity"},
    ("offer", "sale"): {"price", "condition", "quantity"},
    ("offer", "service"): {"unit", "in_return", "first_day"},
    ("request", "loan"): {"max_duration", "quantity", "first_day"},
    ("request", "gift"): {"quantity"},
    ("request", "swap"): {"in_return", "quantity"},
    ("request", "service"): {"unit", "in_return", "first_day"},
}


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """A village of its own."""
    async with serve_village(pool, tmp_path) as live:
        yield live


@needs_chromium
async def test_each_mode_asks_its_own_questions_without_javascript(live: Live, chromium: Chromium) -> None:
    context = await chromium.new_context(locale="fr-FR", java_script_enabled=False)
    await live.log_in(context, live.village.alice)
    page = await context.new_page()
    await page.goto(f"{live.url}/publier")
    await page.locator("#precisions summary").click()

    for (kind, mode), asked in QUESTIONS.items():
        await page.locator(f"[name=kind][value={kind}]").check()
        await page.locator(f"[name=mode][value={mode}]").check()
        shown = {name for name in ASKED if await page.locator(f"[name={name}]").first.is_visible()}
        assert shown == asked, (kind, mode)

    await page.locator("[name=unit][value=hour]").check()
    assert await page.locator("[name=quantity]").is_visible(), "hours are counted"
    await page.locator("[name=kind][value=repair_call]").check()
    assert not [name for name in ASKED if await page.locator(f"[name={name}]").first.is_visible()]
    await context.close()


@pytest.mark.parametrize(("kind", "mode"), [*QUESTIONS, ("offer", "service by hour")])
async def test_what_goes_with_another_mode_is_not_kept(
    alice: Browser, instance: Instance, kind: str, mode: str
) -> None:
    first = today() + timedelta(days=3)
    everything = {
        "max_duration": "P1W", "deposit": "20", "price": "12", "first_come": "premier", "in_return": "des œufs",
        "condition": "good", "quantity": "4", "first_day": first.isoformat(), "last_day": first.isoformat(),
        "unit": "hour" if mode == "service by hour" else "one",
    }  # fmt: skip
    listing, _ = await publish_so(
        alice, instance, kind=kind, title="Chose", mode=mode.removesuffix(" by hour"), **everything
    )

    held = listing.details
    kept = {
        "max_duration": held.max_duration, "deposit": held.deposit, "price": held.price, "first_come": held.first_come,
        "in_return": held.wants, "condition": held.condition, "quantity": held.quantity != 1,
        "first_day": held.begins_at and held.ends_at,
    }  # fmt: skip
    asked = QUESTIONS.get((kind, mode), QUESTIONS["offer", "service"] | {"quantity"}) - {"unit"}
    assert {name for name, value in kept.items() if value} == asked


async def test_days_that_a_gift_has_already_are_shown_and_stay(alice: Browser, instance: Instance) -> None:
    listing, _ = await publish_so(alice, instance, title="Canapé", mode="gift")
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET begins_at = now() + interval '9 days' WHERE post_id = $1", listing.id)
    path = f"{listing.post.url.removeprefix(instance.site.url)}/modifier"

    page = await alice.get(path)
    answer = await send_form(alice, path, page, changed(page, title="Canapé vert", act="publish"))

    assert date.fromisoformat(dict(typed(page))["first_day"]) > today()
    assert answer.status == 303, errors(answer)
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT begins_at IS NOT NULL FROM listing WHERE post_id = $1", listing.id)


async def test_a_title_that_is_missing_is_asked_for_with_an_example_that_fits(alice: Browser) -> None:
    page = await alice.get("/publier")

    service = await send_form(alice, "/publier", page, changed(page, mode="service", act="publish"))
    wish = await send_form(alice, "/publier", page, changed(page, kind="request", mode="gift", act="publish"))

    assert "petites coutures" in errors(service)["title"] and "bocaux" not in errors(service)["title"]
    assert "Pots de confiture" in errors(wish)["title"]


async def test_what_is_rare_is_closed_until_it_is_filled_in_or_refused(alice: Browser) -> None:
    page = await alice.get("/publier?genre=request")
    wrong = await send_form(alice, "/publier", page, changed(page, title="Roue", mode="loan", expires="2020-01-01"))
    filled = await send_form(
        alice, "/publier", page, changed(page, title="Roue", mode="loan", audience="coop", act="preview")
    )

    assert page.html.xpath("//details[@id='precisions'][not(@open)]")
    assert [len(one.html.xpath("//details[@id='precisions'][@open]")) for one in (wrong, filled)] == [1, 1]


async def test_three_photos_and_a_title_are_published_without_another_answer(
    alice: Browser, instance: Instance
) -> None:
    await publish_so(alice, instance, title="Tente", mode="loan")

    listing, shown = await publish_so(alice, instance, title="Réchaud")

    assert (listing.details.mode, listing.post.source, listing.details.place_name) == ("loan", "", "Lomme")
    assert "Votre annonce est publiée" in shown.words() or "Réchaud" in shown.words()
