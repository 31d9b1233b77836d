"""`declic figures`: what it prints, in either language, and how it fails."""

import csv
import io
import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.store.database import open_pool, transaction
from tests.databases import copy_database, with_database
from tests.figures import add_sample_figures
from tests.servers import make_environment
from tests.web.commands.team.test_team_commands import Shell
from tests.web.warm_commands import WarmCommands
from web.pages.instance.figures.files import COLUMNS


@pytest.fixture(scope="module")
async def shell(
    postgres_url: str, furnished: str, commands: WarmCommands, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shell]:
    """One instance for all commands here."""
    name = f"{furnished}_figures"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, furnished, name)
    url = with_database(postgres_url, name)
    pool = await open_pool(url)
    async with transaction(pool) as conn:
        await add_sample_figures(conn)
    await pool.close()
    env = make_environment(tmp_path_factory.mktemp("figures"), 9, database_url=url, url="http://lomme.test")
    yield Shell(env, url, commands)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_figures_are_printed_as_they_are_shown(shell: Shell) -> None:
    printed = await shell.result("figures", "--period", "2026-03")
    french = await shell.result("chiffres", "--periode", "2026-03", "--format", "json")

    heads, *lines = csv.reader(io.StringIO(printed), delimiter=";")
    assert tuple(heads) == COLUMNS and lines
    assert [[("" if value is None else str(value)) for value in one.values()] for one in json.loads(french)] == lines


async def test_a_period_that_is_not_there_is_said(shell: Shell) -> None:
    status, out, err = await shell.run("figures", "--period", "1999")

    assert (status, out) == (1, "") and "There are no figures of 1999; there are: tout, 2026-T1, 2026-03" in err
