"""A listing's page has one thing to do for each reader; the rest stands near, or is explained before it is done."""

from datetime import UTC, datetime, timedelta

import pytest

from federation.instance import Instance
from models.store.database import execute, transaction
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.listings.test_listing_page import OpenBrowser, path_of

COPY = "/annonces/d/{}"


def main_acts(page: Page) -> list[str]:
    """What is yellow beside the listing, without what stands in its bar and below it."""
    found = page.html.xpath("//article//*[contains(@class, 'primary')]")
    return [" ".join(one.text_content().split()) for one in found]


def folded(page: Page, name: str) -> str:
    """What stands behind this name."""
    found = page.html.xpath("//article//details[normalize-space(./summary) = $name]", name=name)
    return " ".join(" ".join(one.text_content() for one in found).split())


async def change(instance: Instance, listing_id: int, status: str, *, days: int | None = None) -> None:
    until = None if days is None else datetime.now(UTC) + timedelta(days=days)
    async with transaction(instance.pool) as conn:
        await execute(
            conn, "UPDATE listing SET status = $2, expires_at = $3 WHERE post_id = $1", listing_id, status, until
        )


async def test_each_reader_has_one_main_act(
    visitor: Browser, alice: Browser, open_browser: OpenBrowser, lomme: Village
) -> None:
    hocine, copy = await open_browser(lomme.hocine), COPY.format(lomme.sewing.id)

    assert main_acts(await visitor.get(path_of(lomme, "tent"))) == ["Répondre à Maryse"]
    assert main_acts(await alice.get(copy)) == ["Demander des dates"]
    assert main_acts(await hocine.get(path_of(lomme, "tent"))) == ["Demander des dates"]
    assert main_acts(await hocine.get(path_of(lomme, "wanted"))) == ["Proposer mon aide"]


async def test_what_is_rare_is_folded_and_what_must_be_found_is_not(
    visitor: Browser, alice: Browser, lomme: Village
) -> None:
    for reader in (visitor, alice):
        page = await reader.get(COPY.format(lomme.sewing.id))

        assert page.html.xpath("//article//a[starts-with(@href, '/signaler/annonce/')]")
        assert not page.html.xpath("//article//details//a[starts-with(@href, '/signaler/annonce/')]")
        assert page.html.xpath("//article//button[@data-print]")
        assert "lomme.test/a/" in folded(page, "Partager")
    for words in ("J’aime", "Faire passer", "Garder", "Masquer ou bloquer"):
        assert words in folded(page, "Plus")


async def test_what_i_did_with_it_is_not_folded_away(alice: Browser, lomme: Village) -> None:
    copy = COPY.format(lomme.sewing.id)

    await alice.send(f"/reactions/{lomme.sewing.id}", {"act": "like"}, form_on=copy)

    assert (await alice.get(copy)).html.xpath("//details[normalize-space(./summary) = 'Plus']/@open")


async def test_what_is_not_for_everybody_has_no_address_to_pass_on(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET audience = 'coop' WHERE id = $1", lomme.drill.id)

    assert not folded(await alice.get(path_of(lomme, "drill")), "Partager")


async def test_a_visitor_of_what_is_over_is_led_to_what_is_like_it(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    await change(instance, lomme.wanted.id, "paused", days=3)

    page = await visitor.get(path_of(lomme, "wanted"))

    assert main_acts(page) == [] and "Répondre à" not in page.words()
    assert page.html.xpath("//article//a[@href='#aussi']") and page.html.xpath("//h2[@id='aussi']")


STATES = [
    ("open", 5, "Disponible. Elle s’arrête le", "C’est fait"),
    ("open", None, "Disponible. Elle reste jusqu’à ce que vous la retiriez.", "Mettre en pause"),
    ("paused", 5, "En pause. Personne ne peut la demander", "Rouvrir"),
    ("fulfilled", 5, "Fait. Elle n’est plus dans les listes.", "Rouvrir"),
    ("expired", -1, "Terminé. Elle s’est arrêtée le", "Rouvrir et prolonger"),
    ("open", -1, "Disponible. Elle s’est arrêtée le", "Rouvrir et prolonger"),
]
"""The status and the days that are left; what its author reads, and what she is offered first."""


async def test_its_author_reads_how_it_stands_and_has_one_next_step(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    for status, days, said, step in STATES:
        await change(instance, lomme.tent.id, status, days=days)

        page = await alice.get(path_of(lomme, "tent"))

        assert said in page.words()
        assert main_acts(page) == [step]
        (main,) = page.html.xpath("//section[@aria-labelledby='gerer']//summary[contains(@class, 'primary')]")
        assert main.getparent().xpath(".//p") and main.getparent().xpath(".//form")  # what it does, before it is done


@pytest.mark.parametrize("status", ["open", "paused", "reserved"])
async def test_who_seeks_reads_of_help_and_not_of_what_is_asked_for(
    alice: Browser, lomme: Village, instance: Instance, status: str
) -> None:
    await change(instance, lomme.wanted.id, status, days=5)

    page = await alice.get(path_of(lomme, "wanted"))

    panel = page.html.xpath("string(//section[@aria-labelledby='gerer'])")
    assert "demander" not in panel and "l’a eue" not in panel and "la proposez" not in panel
    assert "Vous ne cherchez plus." in panel


async def test_every_other_act_says_what_it_does_before(alice: Browser, lomme: Village) -> None:
    page = await alice.get(path_of(lomme, "tent"))

    for act in page.html.xpath("//details[normalize-space(./summary) = 'Autres']//details"):
        assert len(act.xpath("string(.//p)")) > 20, act.text_content()
    acts = page.html.xpath("//section[@aria-labelledby='gerer']//input[@name='act']/@value")
    assert sorted(acts) == ["cancelled", "done", "elsewhere", "pause", "prolong", "withdraw"]


async def test_what_is_reserved_leads_its_author_to_the_exchange(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    await change(instance, lomme.tent.id, "reserved", days=5)

    page = await alice.get(path_of(lomme, "tent"))

    (step,) = page.html.xpath("//section[@aria-labelledby='gerer']//a[contains(@class, 'primary')]/@href")
    assert step.startswith("/echanges/")
    assert "Rendre disponible" in folded(page, "Autres")
