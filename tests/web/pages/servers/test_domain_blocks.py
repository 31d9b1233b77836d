"""Administrators set servers aside, let them in, restrict the federation, and bring lists in and out."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models import preferences
from models.people.actors import Actor
from models.servers import access_requests, trust_levels
from models.servers.trust_levels import Decision
from models.store.database import connection, transaction
from tests.factories import make_follow, make_remote_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

PAGE = "/coop/serveurs/liste"

LIST = "#domain,#severity,#public_comment\nevil.test,suspend,Harcèlement\nloud.test,silence,\n"


@pytest.fixture
async def odile(open_browser: Callable[[Actor | None], Awaitable[Browser]], lomme: Village) -> Browser:
    """Odile, who administers."""
    return await open_browser(lomme.admin)


async def decide(odile: Browser, act: str, **fields: str) -> str:
    """What the page says after a decision."""
    answer = await odile.send(PAGE, {"act": act} | fields, form_on=PAGE)
    assert answer.status == 303, answer.words()
    return (await odile.get(answer.location)).words()


async def find(instance: Instance, host: str) -> Decision | None:
    async with connection(instance.pool) as conn:
        return await trust_levels.find(conn, host)


async def test_a_server_is_set_aside_with_a_note_and_a_public_reason_and_comes_back(
    odile: Browser, visitor: Browser, instance: Instance
) -> None:
    words = await decide(odile, "block", domain="https://Evil.test/about", reason="Harcèlement", note="vu par Awa")

    assert await instance.policy.allows("a.evil.test") is False
    assert "Dit à tous : Harcèlement" in words and "Entre vous : vu par Awa" in words
    public = (await visitor.get("/a-l-ecart")).words()
    assert "evil.test" in public and "Harcèlement" in public and "Awa" not in public

    await decide(odile, "back", domain="evil.test")
    assert await instance.policy.allows("a.evil.test") is True
    assert "evil.test" not in (await visitor.get("/a-l-ecart")).words()


async def test_a_reason_that_is_too_long_comes_back_and_decides_nothing(odile: Browser, instance: Instance) -> None:
    fields = {"act": "block", "domain": "evil.test", "reason": "x" * 5000}

    answer = await odile.send(PAGE, fields, form_on=PAGE)

    assert answer.status == 422
    assert await instance.policy.allows("evil.test") is True


async def test_restricted_federation_shows_who_knocked_and_lets_in_with_one_click(
    odile: Browser, instance: Instance
) -> None:
    assert "Sur invitation." in await decide(odile, "restricted")
    async with transaction(instance.pool) as conn:
        await access_requests.add(conn, {"lyon.test": 3})

    words = (await odile.get(PAGE)).words()
    await decide(odile, "let_in", domain="lyon.test")

    assert "lyon.test" in words and "3 fois" in words
    assert await instance.policy.allows("lyon.test") is True
    assert await instance.policy.allows("brest.test") is False
    await decide(odile, "keep_out", domain="lyon.test")
    assert await instance.policy.allows("lyon.test") is False
    await decide(odile, "open")
    assert await instance.policy.allows("brest.test") is True


async def test_a_list_is_shown_with_what_it_would_end_before_it_changes_anything(
    odile: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        mallory = await make_remote_actor(conn, "mallory", "social.evil.test")
        await make_follow(conn, lomme.alice, mallory)

    preview = await odile.send(f"{PAGE}/apercu", {"list": LIST}, form_on=PAGE)

    words = preview.words()
    assert preview.status == 200
    assert "Un serveur serait mis à l’écart" in words and "1 d’ici vers eux" in words
    assert "limité là-bas" in words
    assert await find(instance, "evil.test") is None

    again = preview.html.xpath("string(//textarea[@name='list'])")
    applied = await odile.send(f"{PAGE}/appliquer", {"list": again}, form_on=PAGE)
    assert applied.location == f"{PAGE}?fait=list"
    decided = await find(instance, "evil.test")
    assert decided is not None and (decided.level, decided.public_reason) == ("aside", "Harcèlement")
    assert await find(instance, "loud.test") is None


async def test_limited_ones_are_taken_along_when_asked_for(odile: Browser) -> None:
    preview = await odile.send(f"{PAGE}/apercu", {"list": LIST, "silenced_too": "1"}, form_on=PAGE)

    assert "2 serveurs seraient mis à l’écart" in preview.words()


async def test_the_list_can_be_taken_out_for_others(odile: Browser) -> None:
    await decide(odile, "block", domain="evil.test", reason="Harcèlement", note="vu par Awa")

    answer = await odile.get(f"{PAGE}.csv")

    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "evil.test,suspend,true,true,Harcèlement,false" in answer.text
    assert "Awa" not in answer.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (PAGE, {"act": "block", "domain": ""}),
        (PAGE, {"act": "block", "domain": "pas un site"}),
        (PAGE, {"act": "block", "domain": "lomme.test"}),
        (PAGE, {"act": "danser", "domain": "evil.test"}),
        (f"{PAGE}/apercu", {"list": ""}),
        (f"{PAGE}/apercu", {"list": "<html>"}),
    ],
)
async def test_a_mistake_is_told_and_changes_nothing(
    odile: Browser, instance: Instance, path: str, fields: dict[str, str]
) -> None:
    answer = await odile.send(path, fields, form_on=PAGE)

    assert answer.status == 422
    assert "à revoir" in answer.words()
    async with connection(instance.pool) as conn:
        assert [one.host for one in await trust_levels.list_decided(conn) if one.level == "aside"] == []


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}.csv", "/coop/inconnus"])
async def test_members_do_not_see_these_pages(alice: Browser, visitor: Browser, path: str) -> None:
    assert (await alice.get(path)).status == 404
    assert (await visitor.get(path)).status == 303


async def test_list_is_given_to_applications_and_taken_back(odile: Browser, instance: Instance) -> None:
    await decide(odile, "block", domain="evil.test", reason="Harcèlement")

    given = await decide(odile, "tell")
    async with connection(instance.pool) as conn:
        told = (await preferences.load(conn)).blocks_told
    taken = await decide(odile, "keep_quiet")

    assert told and "Les applications peuvent lire ceux dont la raison est dite à tous." in given
    assert "Les applications n’en voient rien." in taken
