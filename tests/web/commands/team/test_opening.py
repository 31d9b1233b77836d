"""`declic open` and `declic close-site`, in both languages."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.databases import copy_database, with_database
from tests.servers import make_environment
from tests.web.commands.team.test_team_commands import Shell
from tests.web.warm_commands import WarmCommands


@pytest.fixture
async def shell(postgres_url: str, furnished: str, commands: WarmCommands, tmp_path: Path) -> AsyncIterator[Shell]:
    """Commands on an instance that is founded by the first of them."""
    name = f"{furnished}_opening"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, furnished, name)
    url = with_database(postgres_url, name)
    yield Shell(make_environment(tmp_path, 8999, database_url=url), url, commands)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_a_new_instance_is_closed_until_a_command_opens_it_and_it_closes_again(shell: Shell) -> None:
    refused = await shell.refusal("open")
    planned = await shell.result("open", "--publisher", "La Remise", "--host", "Chez nous", "--dry-run")
    untouched = await shell.sql("SELECT value FROM preference WHERE key = 'closed'")
    opened = await shell.result("ouvrir", "--publisher", "La Remise", "--host", "Chez nous")
    again = await shell.result("open")
    told = await shell.sql("SELECT string_agg(key || value, ' ' ORDER BY key) FROM preference WHERE key LIKE 'legal_%'")
    acts = await shell.acts()
    would = await shell.result("close-site", "--dry-run")
    closed = await shell.result("fermer-le-site")

    assert "--publisher and --host" in refused and "/coop/ouverture/mentions" in refused
    assert planned.startswith("would open http") and untouched == "true"
    assert opened.startswith("opened http") and again.startswith("open already") and would.startswith("would close")
    assert "La Remise" in told and "Chez nous" in told and acts == ["settings_changed"]
    assert (
        closed.startswith("closed http")
        and await shell.sql("SELECT value FROM preference WHERE key = 'closed'") == "true"
    )
    assert "longer than 300" in await shell.refusal("open", "--publisher", "x" * 301)
