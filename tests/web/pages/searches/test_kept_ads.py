"""Small ads are kept as they were written, and each reader still sees what is hers, in her language, as it is now."""

from collections import Counter

import pytest

from federation.instance import Instance
from models.store.database import execute, fetch_column, transaction
from outbox.relations import blocks
from tests.points import switch_on
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.searches.test_search import DRILL, TENT, titles
from web.rendering import fragments
from web.rendering.fragments import Fragments


def find_ad(page: Page, title: str) -> str:
    """What one small ad says."""
    (ad,) = page.html.xpath("//ul[@class='listings']/li[.//a[text()=$title]]", title=title)
    return " ".join(ad.text_content().split())


async def test_what_costs_points_is_told_to_members_alone_whoever_looked_before(
    visitor: Browser, alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await switch_on(conn)
        await execute(conn, "UPDATE listing SET points = 7 WHERE post_id = $1", lomme.tent.id)

    read = [find_ad(await browser.get("/annonces"), TENT) for browser in (alice, visitor, alice, visitor)]

    assert ["7 graines" in ad.replace("\u00a0", " ") for ad in read] == [True, False, True, False]


async def test_languages_follow_one_another(visitor: Browser) -> None:
    read = [find_ad(await visitor.get("/annonces", language=one), TENT) for one in ("fr", "en", "fr", "en")]

    assert [ad.split()[0] for ad in read] == ["Prêt", "Loan", "Prêt", "Loan"]


async def test_small_ads_of_all_kinds_are_written_once_for_all_who_look(
    visitor: Browser, lomme: Village, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fragments, "KEPT_SECONDS", 10**12)  # nothing is kept from before, and all until the end
    write, written = Fragments._make, Counter[str]()
    monkeypatch.setattr(Fragments, "_make", lambda self, *asked: (written.update([asked[1]]), write(self, *asked))[1])
    async with transaction(instance.pool) as conn:
        await execute(conn, 'UPDATE listing SET reciprocal = \'{"action": "transfer"}\'')
        kinds = await fetch_column(conn, "SELECT DISTINCT kind FROM listing WHERE status = 'open'")

    shown, again = titles(await visitor.get("/annonces")), titles(await visitor.get("/annonces"))

    assert {"offer", "request", "repair_call"} <= set(kinds)
    assert again == shown
    assert written["small_ad"] == len(shown)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE listing SET title = 'Tente changée' WHERE post_id = $1", "Tente changée"),
        ("UPDATE listing SET status = 'reserved' WHERE post_id = $1", "Réservé"),
        ("UPDATE listing SET place_name = 'Trifouilly' WHERE post_id = $1", "Trifouilly"),
        ("UPDATE actor SET name = 'Alice B.' WHERE id = (SELECT author_id FROM post WHERE id = $1)", "Alice B."),
        ("UPDATE listing SET max_duration = 'P1M' WHERE post_id = $1", "un mois au plus"),
    ],
)
async def test_a_change_is_seen_at_once(
    visitor: Browser, lomme: Village, instance: Instance, change: str, told: str
) -> None:
    before = await visitor.get("/annonces")
    async with transaction(instance.pool) as conn:
        await execute(conn, change, lomme.tent.id)

    after = await visitor.get("/annonces")

    assert told not in before.words()
    assert told in after.words()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE listing SET status = 'cancelled' WHERE post_id = $1",
        "UPDATE post SET deleted_at = now() WHERE id = $1",
        "UPDATE post SET audience = 'author', hidden_at = now() WHERE id = $1",
        "UPDATE actor SET suspended_at = now() WHERE id = (SELECT author_id FROM post WHERE id = $1)",
    ],
)
async def test_what_is_gone_is_gone_at_once(visitor: Browser, lomme: Village, instance: Instance, change: str) -> None:
    before = await visitor.get("/annonces")
    async with transaction(instance.pool) as conn:
        await execute(conn, change, lomme.tent.id)

    after = await visitor.get("/annonces")

    assert TENT in titles(before)
    assert TENT not in titles(after)


async def test_whom_somebody_blocks_is_hidden_from_her_alone_and_until_she_no_longer_does(
    visitor: Browser, alice: Browser, lomme: Village, instance: Instance
) -> None:
    before = [DRILL in titles(await browser.get("/annonces")) for browser in (alice, visitor)]
    async with transaction(instance.pool) as conn:
        await blocks.block(conn, lomme.site, lomme.alice, lomme.hocine)
    blocked = [DRILL in titles(await browser.get("/annonces")) for browser in (alice, visitor)]
    async with transaction(instance.pool) as conn:
        await blocks.unblock(conn, lomme.alice, lomme.hocine)

    after = [DRILL in titles(await browser.get("/annonces")) for browser in (alice, visitor)]

    assert (before, blocked, after) == ([True, True], [False, True], [True, True])


async def test_the_category_that_is_chosen_is_marked_for_who_chose_it(visitor: Browser) -> None:
    chosen = [
        (await visitor.get(path)).html.xpath("string(//select[@id='cat']//option[@selected]/@value)")
        for path in ("/annonces", "/annonces?cat=camping", "/annonces", "/annonces?cat=outillage")
    ]

    assert chosen == ["", "camping", "", "outillage"]
