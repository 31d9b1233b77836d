"""`declic dues`: who has paid until when, from a terminal."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from tests.databases import copy_database, with_database
from tests.servers import make_environment
from tests.today import today
from tests.web.commands.team.test_team_commands import Shell
from tests.web.warm_commands import WarmCommands

NEXT_YEAR = today() + timedelta(days=365)


@pytest.fixture
async def shell(postgres_url: str, furnished: str, commands: WarmCommands, tmp_path: Path) -> AsyncIterator[Shell]:
    """Commands on an instance that asks for dues, of Zoe and Bob who never paid."""
    name = f"{furnished}_dues"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, furnished, name)
    url = with_database(postgres_url, name)
    shell = Shell(make_environment(tmp_path, 9, database_url=url, url="http://lomme.test"), url, commands)
    await shell.sql("INSERT INTO preference (key, value) VALUES ('dues', 'true'), ('dues_amounts', 'true')")
    await shell.sql(
        """
        WITH come AS (
            INSERT INTO actor (id, uri, type, local, username, host, url, inbox)
            SELECT 70 + n, 'http://lomme.test/users/' || name, 'Person', true, name, 'lomme.test', '', ''
            FROM unnest(ARRAY['zoe', 'bob']) WITH ORDINALITY AS one (name, n) RETURNING id, username
        )
        INSERT INTO account (actor_id, email, confirmed_at) SELECT id, username || '@example.org', now() FROM come
        """
    )
    yield shell
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def read(shell: Shell, *options: str) -> dict[str, tuple[str | None, str]]:
    """Until when each member's dues go, and how she stands."""
    lines = json.loads(await shell.result("dues", "list", "--json", *options))
    return {one["name"]: (one["until"], one["standing"]) for one in lines}


async def test_what_is_noted_is_listed_told_and_stands_in_the_journal(shell: Shell) -> None:
    name = "zoe"
    assert (await read(shell, "--standing", "never")).keys() >= {name}
    await shell.result("dues", "note", name, (today() - timedelta(days=9)).isoformat())
    ended = await read(shell, "--standing", "ended")

    noted = await shell.result("adhesions", "noter", name, NEXT_YEAR.strftime("%d/%m/%Y"), "--amount", "12,50")
    after = await read(shell, "--standing", "valid")
    free = await shell.result("dues", "note", name, "--free")

    assert [*ended] == [name]
    assert noted == f"{name} {NEXT_YEAR.isoformat()}" and free == f"{name} free"
    assert after[name] == (NEXT_YEAR.isoformat(), "valid") and (await read(shell))[name] == (None, "free")
    acts = json.loads(await shell.result("journal", "--json"))
    assert [(one["act"], one["by"], one["about"], one["details"]) for one in acts[:2]] == [
        ("dues_noted", None, None, {"count": 1}),
        ("dues_noted", None, None, {"count": 1}),
    ]


async def test_a_table_is_noted_once_and_its_bad_lines_are_named(shell: Shell, tmp_path: Path) -> None:
    first, second = "zoe", "bob@example.org"
    table = tmp_path / "adhesions.csv"
    table.write_text(f"identifiant;jusqu'au;montant\n{first};{NEXT_YEAR};20\n{second};un jour;20\nzzz;{NEXT_YEAR};\n")

    status, out, refused = await shell.run("dues", "import", str(table))
    table.write_text(f"identifiant;jusqu'au\n{first};{NEXT_YEAR}\n{second};{NEXT_YEAR}\n")
    noted = await shell.result("dues", "importer", str(table))

    assert (status, out.strip()) == (1, "1")
    assert "Line 3: un jour is no date." in refused and "Line 4: nobody here has the account zzz." in refused
    assert "2 of 3 lines were not noted." in refused
    assert noted == "2" and (await read(shell))["bob"] == (NEXT_YEAR.isoformat(), "valid")
    acts = json.loads(await shell.result("journal", "--json"))
    assert [(one["act"], one["details"]["count"]) for one in acts[:2]] == [("dues_noted", 1), ("dues_noted", 1)]


async def test_of_two_lines_about_one_member_the_latest_day_counts_and_the_same_again_changes_nothing(
    shell: Shell, tmp_path: Path
) -> None:
    table = tmp_path / "adhesions.csv"
    table.write_text(f"identifiant;jusqu'au\nzoe;{NEXT_YEAR}\nzoe@example.org;{today() + timedelta(days=9)}\n")

    noted = [await shell.result("dues", "import", str(table)) for _ in range(2)]

    assert noted == ["1", "1"] and (await read(shell))["zoe"] == (NEXT_YEAR.isoformat(), "valid")
    acts = json.loads(await shell.result("journal", "--json"))
    assert [one["details"] for one in acts if one["act"] == "dues_noted"] == [{"count": 1}]


async def test_of_an_authority_nothing_is_noted(shell: Shell, tmp_path: Path) -> None:
    table = tmp_path / "adhesions.csv"
    table.write_text(f"identifiant;jusqu'au\nbob;{NEXT_YEAR}\n")
    await shell.sql("UPDATE account SET authority = true WHERE email = 'bob@example.org'")

    _, _, refused = await shell.run("dues", "import", str(table))
    alone = await shell.refusal("dues", "note", "bob", NEXT_YEAR.isoformat())

    assert "no dues are asked of this account" in refused and alone
    assert await shell.sql("SELECT count(*) FROM dues") == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("awa",), "Say until which day, or --free."),
        (("awa", "demain"), "demain is no date such as 2027-12-31."),
        (("awa", "2027-12-31", "--amount", "beaucoup"), "beaucoup is no amount"),
        (("awa", "--free", "--amount", "20"), "leave --free or --amount out"),
        (("personne", "--free"), "There is no member named personne here"),
    ],
)
async def test_a_slip_is_named_and_nothing_noted(shell: Shell, words: tuple[str, ...], said: str) -> None:
    before = await shell.sql("SELECT count(*) FROM dues")

    assert said in await shell.refusal("dues", "note", *words)

    assert await shell.sql("SELECT count(*) FROM dues") == before


async def test_where_no_dues_are_asked_for_it_says_how_to_begin(shell: Shell) -> None:
    await shell.sql("UPDATE preference SET value = 'false' WHERE key = 'dues'")

    assert "`declic settings set dues true` begins to" in await shell.refusal("dues", "list")
