"""`declic settings`: what it prints and changes, and how it fails."""

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.databases import copy_database, with_database
from tests.servers import make_environment
from tests.web.commands.team.test_team_commands import Shell
from tests.web.warm_commands import WarmCommands


@pytest.fixture(scope="module")
async def shell(
    postgres_url: str, furnished: str, commands: WarmCommands, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shell]:
    """One instance for all commands here."""
    name = f"{furnished}_settings"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, furnished, name)
    url = with_database(postgres_url, name)
    env = make_environment(tmp_path_factory.mktemp("settings"), 9, database_url=url, url="http://lomme.test")
    yield Shell(env, url, commands)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_a_setting_is_read_changed_and_taken_back(shell: Shell) -> None:
    dry = await shell.result("settings", "set", "accent", "vert", "--dry-run")
    before = await shell.result("settings", "get", "accent")
    await shell.result("reglages", "changer", "accent", "vert")
    after = await shell.result("reglages", "lire", "accent")
    [change, *_] = json.loads(await shell.result("settings", "history", "--key", "accent", "--json"))

    assert (dry, before, after) == ("accent: email -> vert", "email", "vert")
    assert (change["before"], change["after"], change["by"]) == ("email", "vert", None)
    assert await shell.result("settings", "undo", change["id"], "--dry-run") == "accent: vert -> email"
    assert await shell.result("settings", "undo", change["id"]) == "accent: vert -> email"
    assert await shell.result("settings", "get", "accent") == "email"
    assert await shell.acts() == ["settings_changed", "settings_changed"]


@pytest.mark.parametrize(
    ("key", "values", "kept"),
    [
        ("modes", ("gift", "loan"), '["gift","loan"]'),
        ("ai_refused", ("yes",), "true"),
        ("hold_hours", ("30",), "30"),
        ("word_join", ("Rejoindre la communauté",), "Rejoindre la communauté"),
        ("first_posts", ("2",), "2"),
        ("sentence", (), ""),
        ("kilogram_source", ("ADEME, 2024",), "ADEME, 2024"),
        ("kilogram_factor", ("2,5",), "2.5"),
    ],
)
async def test_each_kind_of_value_is_taken(shell: Shell, key: str, values: tuple[str, ...], kept: str) -> None:
    await shell.result("settings", "set", key, *values)

    assert await shell.result("settings", "get", key) == kept


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("set", "acent", "vert"), 'the nearest is "accent"'),
        (("get", "registrations"), 'the nearest is "registration"'),
        (("set", "hold_hours", "2"), "24"),
        (("set", "ai_refused", "perhaps"), "yes or no"),
        (("set", "kinds"), "at least one"),
        (("set", "member_invitations", "3"), "has to be 0"),
        (("set", "member_invitations", "3", "--dry-run"), "has to be 0"),
        (("set", "logo", "logo.png"), "/coop/reglages/plaque"),
        (("set", "limited_federation", "yes"), "/coop/serveurs/liste"),
        (("undo", "7"), "No change 7"),
    ],
)
async def test_what_cannot_be_is_said_in_one_sentence(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    assert said in await shell.refusal("settings", *arguments)


async def test_the_list_has_every_setting(shell: Shell) -> None:
    rows = json.loads(await shell.result("reglages", "lister", "--json"))

    assert {"key": "listing_days", "value": "30", "page": "/coop/reglages/echanges"} in rows
    assert len(rows) > 60
