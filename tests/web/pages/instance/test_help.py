"""The legal and help pages: what the cooperative says of itself is what it does."""

import json
from dataclasses import replace
from importlib.metadata import requires, version

import pytest

from federation.instance import Instance
from models import preferences
from models.exchanges import guests
from models.moderation.decisions import APPEAL_TIME
from models.store.database import transaction
from models.traffic.inbound import forgotten_received
from outbox.people import account_deletion
from tests.invitations import publish_charter
from tests.limit_constants import ROOT
from tests.today import today
from tests.web.pages.conftest import Browser
from tests.web.shown_pages import PAGES
from web.pages.instance.help_texts import EASY, IDEAS, ROLES
from web.pages.instance.legal_pages import CHECKED
from web.rendering.data_register.register import REGISTER
from web.rendering.formats import format_day
from web.rendering.role_words import RIGHT_WORDS


async def test_the_register_is_a_table_with_the_lengths_of_the_code(visitor: Browser) -> None:
    page = await visitor.get("/donnees-personnelles")

    rows = page.html.xpath("//main//table/tbody/tr")
    assert [row.xpath("string(th/text())").strip() for row in rows] == [
        entry.name for entry in REGISTER if entry.asked(preferences.Preferences())
    ]
    assert all(len(row.xpath("td")) == 3 and all(cell.text_content().strip() for cell in row) for row in rows)
    heads = [head.text_content() for head in page.html.xpath("//main//thead//th")][1:]
    assert all(row.xpath("td/@data-head") == heads for row in rows), "a phone shows them above each cell"
    assert f"ce qui n’a pas pu l’être : {forgotten_received.FAILED_KEPT_DAYS} jours" in page.words()


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("sanscompte", f"sont effacés {guests.KEPT.days} jours après la fin ; reste qu’un échange a eu lieu"),
        ("donnees", f"vous avez {account_deletion.GRACE.days} jours pour changer d’avis"),
    ],
)
async def test_help_tells_lengths_of_the_code(visitor: Browser, page: str, said: str) -> None:
    assert said in (await visitor.get(f"/aide/{page}")).words()


async def change(instance: Instance, **chosen: object) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), **chosen))  # type: ignore[arg-type] # by name


async def test_moderation_is_told_as_the_cooperative_chose_it(visitor: Browser, instance: Instance) -> None:
    await change(instance, suspension_by_two=False, talks_opened=False, journal_shown=True)
    before = (await visitor.get("/moderation")).words()
    await change(instance, suspension_by_two=True, talks_opened=True, journal_shown=False)
    async with transaction(instance.pool) as conn:
        await publish_charter(conn)
    page = await visitor.get("/moderation")
    after = page.words()

    assert f"effacé après {APPEAL_TIME.days} jours" in before
    assert "Exclure demande deux" in before and "Suspendre et exclure demandent deux" in after
    assert "rien d’autre de la conversation" in before and "les deux personnes le voient" in after
    assert page.html.xpath("//main//*[@class='prose']/ol/li/@value")[:1] == ["1"], "decisions name these numbers"
    assert "Les membres le lisent, sans les noms" in before and "Seule l’équipe le lit" in after


async def test_what_a_machine_checked_is_what_was_released(visitor: Browser) -> None:
    pinned = json.loads((ROOT / "tests" / "peers" / "package.json").read_text())
    words = (await visitor.get("/accessibilite")).words()

    assert CHECKED.version == version("declic")
    assert CHECKED.axe in {one for group in pinned.values() if isinstance(group, dict) for one in group.values()}
    assert f"axe-core {CHECKED.axe}" in words and format_day(CHECKED.day, "fr") in words
    assert f"version {CHECKED.version} du" in words and f"{CHECKED.pages} pages" in words
    assert CHECKED.day <= today()
    # Of pages that were added since, a run (`make accessibility`) has to look at the tenth that may be missing.
    addresses = len({page.address for page in PAGES.values()})
    assert 0.9 * addresses <= CHECKED.pages <= addresses
    assert "%" not in words.replace("400 %", "")


async def test_credits_name_what_is_really_used(visitor: Browser) -> None:
    page = await visitor.get("/credits")

    named = {row.text_content().strip().lower().replace("_", "-") for row in page.html.xpath("//main//tbody//th")}
    assert {one.split("==")[0].lower() for one in requires("declic") or () if "extra" not in one} - named == set()
    assert all(cell.text_content().strip() for cell in page.html.xpath("//main//tbody//td"))
    assert "GeoNames" in page.words() and "Bricolage Grotesque" in page.words() and "Lucide" in page.words()


@pytest.mark.parametrize("path", ["/donnees-personnelles", "/moderation", "/credits", "/accessibilite", "/aide"])
async def test_every_page_leads_there(visitor: Browser, path: str) -> None:
    page = await visitor.get("/annonces")

    assert page.html.xpath("//footer//a[@href=$path]", path=path)


async def test_each_idea_and_each_role_has_its_page_and_the_start_leads_to_all(visitor: Browser) -> None:
    start = await visitor.get("/aide")
    led = {href for href in start.html.xpath("//main//a/@href") if href.startswith("/aide/")}

    assert led == {f"/aide/{slug}" for slug in (*IDEAS, *ROLES, "glossaire")} | {"/aide/facile/comment"}
    for href in sorted(led):
        page = await visitor.get(href)
        assert page.status == 200 and len(page.words()) > 150, href


async def test_easy_pages_and_the_full_ones_lead_to_each_other(visitor: Browser) -> None:
    for slug in EASY:
        full = f"/aide/{slug}" if slug in IDEAS else "/aide"
        easy = await visitor.get(f"/aide/facile/{slug}")

        assert easy.html.xpath("//main//a[@href=$full]", full=full)
        assert (await visitor.get(full)).html.xpath("//main//a[@href=$easy]", easy=f"/aide/facile/{slug}")


def test_easy_sentences_are_short() -> None:
    assert len(EASY) == 5
    assert [one for lines in EASY.values() for one in lines if len(one.split()) > 13] == []


@pytest.mark.parametrize("path", ["/aide/inconnue", "/aide/facile/inconnue"])
async def test_a_page_of_help_that_does_not_exist_is_not_found(visitor: Browser, path: str) -> None:
    assert (await visitor.get(path)).status == 404


async def test_the_page_of_a_role_names_what_the_table_of_rights_gives_it(visitor: Browser) -> None:
    page, admin = await visitor.get("/aide/moderateur"), await visitor.get("/aide/administration")

    lines = [one.text_content() for one in page.html.xpath("//main//*[@class='prose']/ul/li")]
    assert RIGHT_WORDS["reports"] in lines and RIGHT_WORDS["settings"] not in page.words()
    assert "tout ce que peuvent les autres" in admin.words() and RIGHT_WORDS["settings"] in admin.words()
