"""`declic setup`: the questions of the first-run page on a terminal, with its sentences and its effects."""

import click
import pytest
from click.testing import CliRunner

from federation.instance import Instance
from models import preferences
from models.access import one_time_links
from models.people import accounts, actors
from models.settings import LANGUAGES
from models.store.database import Pool, connection, transaction
from outbox.people.built_in_actors import create_built_in_actors, list_missing
from tests.web.form_client import add_communes, shared_keys
from tests.web.small_app import make_instance
from web.commands.first_run import ACCOUNT, ENTRIES, IDENTITY, ask_all
from web.rendering.i18n import find_catalogue
from web.security.one_time_links import make_setup_link

PASSWORD = "trente-deux vélos bleus"

REMISE = ["La Remise", "coopérative d’habitants", "1", "59160 Lomme", ""]

AWA = ["Awa", "awa", "awa@example.org", PASSWORD]


@pytest.fixture
async def fresh(pool: Pool) -> Instance:
    """An instance that was started for the first time: nobody is there."""
    instance = make_instance(pool)
    await add_communes(instance)
    async with transaction(instance.pool) as conn:
        missing = await list_missing(conn)
        await create_built_in_actors(conn, instance.site, {name: shared_keys() for name in missing})
    return instance


async def answer(instance: Instance, *lines: str, language: str = "fr") -> str:
    """What is said on the terminal to somebody who types these lines."""
    with CliRunner().isolation(input="\n".join(lines) + "\n") as streams:
        try:
            await ask_all(instance, language)
        finally:
            said = streams[2].getvalue()
    return said.decode()


async def test_the_questions_set_up_the_instance_as_the_pages_do(fresh: Instance) -> None:
    async with transaction(fresh.pool) as conn:
        link = await make_setup_link(conn, fresh.site)
    assert link is not None

    said = await answer(fresh, "y", *REMISE, *AWA, "2")

    assert "http://lomme.test" in said and "définitive" in said and PASSWORD not in said
    async with connection(fresh.pool) as conn:
        chosen, awa = await preferences.load(conn), await accounts.find_by_username(conn, "awa")
        coop = await actors.find_local(conn, "coop")
        left = await one_time_links.find(conn, link.rpartition("/")[2])
    assert awa is not None and awa.roles == ["admin"] and awa.confirmed_at is not None and awa.language == "fr"
    assert (chosen.name, chosen.territory_codes, chosen.territory_name) == ("La Remise", ("59355",), "Lomme")
    assert (chosen.registration, chosen.closed) == ("approval", chosen.closed)
    assert coop is not None and coop.name == "La Remise"
    assert left is None, "the address of the page leads nowhere any more"


async def test_what_was_wrong_is_said_and_asked_again_alone(fresh: Instance) -> None:
    said = await answer(
        fresh, "y", "La Remise", "", "1", "Atlantide", "", "", "59160 Lomme",
        "Awa", "admin", "awa@example.org", "court", "awa", PASSWORD, "4",
    )  # fmt: skip

    assert "Atlantide" in said and "réservé" in said and "10 caractères" in said
    assert said.count("Votre courriel") == 1
    async with connection(fresh.pool) as conn:
        assert await accounts.find_by_username(conn, "awa") is not None
        assert (await preferences.load(conn)).registration == "closed"


async def test_several_places_of_a_name_are_offered_by_number(fresh: Instance) -> None:
    said = await answer(fresh, "y", "La Remise", "", "3", "59160", "", *AWA, "1", language="en")

    assert "Hénin-Carvin" in said or "Lille" in said
    async with connection(fresh.pool) as conn:
        assert (await preferences.load(conn)).territory_kind == "epci"


async def test_who_stops_in_the_middle_keeps_what_was_answered(fresh: Instance) -> None:
    with pytest.raises(click.Abort):
        await answer(fresh, "y", *REMISE, "Awa")

    async with connection(fresh.pool) as conn:
        assert (await preferences.load(conn)).name == "La Remise"
        assert not await accounts.has_admin(conn)


async def test_nothing_is_asked_of_whoever_does_not_mean_this_address(fresh: Instance) -> None:
    with pytest.raises(click.Abort):
        await answer(fresh, "n")


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "fr"])
def test_the_questions_are_asked_in_each_language(language: str) -> None:
    """The catalogues hold sentences of pages: what is asked here has to stand on one."""
    asked = [*IDENTITY, *ACCOUNT, *ENTRIES]
    sentences = {text for one in asked for text in (one.words, one.hint, *(label for _, label in one.choices)) if text}
    sentences |= {"Lequel ?", "Cette plateforme répond à l’adresse :", "C’est la bonne adresse, pour longtemps"}

    said = find_catalogue(language).ugettext
    assert [one for one in sorted(sentences) if said(one) == one] == []
