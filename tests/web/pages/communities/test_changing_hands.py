"""What members, and who is one no longer, read after something was decided; and two managers at once."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.communities import communities as records
from models.communities import decisions, memberships
from models.people.actors import Actor
from models.store.database import connection, transaction
from outbox.communities.approvals import refuse
from outbox.communities.leaving import remove
from tests.outbox.communities.sample_community import make_neighbour, put_in
from tests.sample_village import Village
from tests.web.pages.communities.conftest import Communities, found
from tests.web.pages.conftest import SITE, Browser
from web.pages.communities import people

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOME, SECRETS = "/communautes/remorques", "/communautes/secrets"


async def test_who_leaves_a_hidden_community_is_told_so_where_she_is_led(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await put_in(conn, lomme.hocine, communities.hidden)
    hocine = await open_browser(lomme.hocine)

    left = await hocine.send(f"{SECRETS}/moi", {"act": "leave"}, form_on=SECRETS)

    assert left.location == "/communautes?fait=left"
    assert "Vous n’êtes plus membre" in (await hocine.get(left.location)).words()


@pytest.mark.parametrize("decided", ["removed", "refused"])
async def test_who_was_put_out_of_a_hidden_community_reads_why_and_nothing_else(
    visitor: Browser,
    open_browser: OpenBrowser,
    instance: Instance,
    lomme: Village,
    communities: Communities,
    decided: str,
) -> None:
    community = communities.hidden
    async with transaction(instance.pool) as conn:
        if decided == "removed":
            await put_in(conn, lomme.hocine, community)
            await remove(conn, SITE, lomme.alice, community, lomme.hocine, "Pas rendu.")
        else:
            await memberships.save(conn, community.actor_id, lomme.hocine.id, memberships.Change(state="asked"))
            await refuse(conn, SITE, lomme.alice, community, lomme.hocine, "Pas rendu.")
    hocine = await open_browser(lomme.hocine)

    assert (await hocine.get("/@secrets")).location == SECRETS
    page = await hocine.get(SECRETS)

    assert page.status == 404
    assert "Pas rendu." in page.words() and "secrets" in page.words()
    assert "On se prête" not in page.text
    assert "Pas rendu." not in (await visitor.get(SECRETS)).text
    assert "Pas rendu." not in (await hocine.get(f"{SECRETS}/charte")).text


async def test_the_address_of_a_decision_shows_it_after_many_others(
    alice: Browser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    id = communities.seen.actor_id
    first = (await alice.get(f"{HOME}/decisions")).html
    [address] = first.xpath("//a[contains(@href, '#d-')]/@href")
    async with transaction(instance.pool) as conn:
        for _ in range(45):
            await decisions.record(conn, id, "edited", actor_id=lomme.alice.id)

    shown = (await alice.get(address.partition("#")[0])).html

    assert shown.xpath(f"//li[@id='{address.partition('#')[2]}']")


async def test_of_two_managers_who_change_the_settings_the_second_one_reads_first(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await put_in(conn, lomme.hocine, communities.seen, "manager")
    hocine, page = await open_browser(lomme.hocine), f"{HOME}/reglages"
    typed = {"description": "On prête.", "access": "open", "approvals_needed": "0", "edited": "0"}

    assert (await hocine.send(page, typed | {"name": "De Hocine"}, form_on=page)).status == 303
    second = await alice.send(page, typed | {"name": "D’Alice"}, form_on=page)

    assert second.status == 422
    assert "Les réglages ont changé entre-temps" in second.words() and "D’Alice" in second.text
    async with connection(instance.pool) as conn:
        kept = await records.find(conn, communities.seen.actor_id)
    assert kept is not None and kept.name == "De Hocine"
    edited = second.html.xpath("string(//input[@name='edited']/@value)")
    again = typed | {"name": "D’Alice", "edited": edited}
    assert (await alice.send(page, again, form_on=page)).status == 303


async def test_the_last_manager_of_many_names_the_next_one_by_her_name(
    alice: Browser, instance: Instance, lomme: Village, communities: Communities, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with transaction(instance.pool) as conn:
        for person in (lomme.hocine, lomme.admin, await make_neighbour(conn, "leonie", host="henin.test")):
            await put_in(conn, person, communities.seen)
    monkeypatch.setattr(people, "PAGE", 2)
    page = f"{HOME}/membres"

    assert "Le nom de qui gérera" in (await alice.get(page)).words()
    unknown = await alice.send(page, {"act": "step_down", "successor": "personne"}, form_on=page)
    assert unknown.status == 422 and "Aucun membre n’a ce nom dans cette communauté" in unknown.words()
    named = await alice.send(page, {"act": "step_down", "successor": "@leonie@henin.test"}, form_on=page)

    assert named.location == f"{page}?fait=step_down"


async def test_who_gave_her_voice_is_not_asked_for_it_again(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        chosen = await found(conn, lomme.alice, "ensemble", approvals_needed=2)
        await memberships.save(conn, chosen.actor_id, lomme.hocine.id, memberships.Change(state="asked"))
    page = "/communautes/ensemble/entrees"

    voice = await alice.send(page, {"act": "approve", "person": str(lomme.hocine.id)}, form_on=page)

    assert voice.location == f"{page}?fait=voice"
    after = await alice.get(page)
    assert "Vous avez donné votre voix" in after.words()
    assert not after.html.xpath("//button[@value='approve']")


async def test_a_founder_alone_is_not_told_of_others_when_the_charter_changes(
    alice: Browser, communities: Communities
) -> None:
    words = (await alice.get(f"{HOME}/charte/nouvelle")).words()

    assert "que vous pour l’instant" in words and "L’autre membre" not in words


async def test_visitors_are_told_that_a_yes_alone_is_not_enough_where_somebody_lets_in(
    visitor: Browser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await found(conn, lomme.alice, "ouverte", access="open")

    assert "demandez à entrer" in (await visitor.get(HOME)).words()
    assert "demandez à entrer" not in (await visitor.get("/communautes/ouverte")).words()
