"""`declic pages`: pages that the cooperative writes itself, from a terminal."""

import json
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
    """Commands on a copy of the village."""
    name = f"{furnished}_pages"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, furnished, name)
    url = with_database(postgres_url, name)
    yield Shell(make_environment(tmp_path, 9, database_url=url, url="http://lomme.test"), url, commands)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_a_page_is_written_published_deleted_and_restored(shell: Shell, tmp_path: Path) -> None:
    first, second = tmp_path / "un.md", tmp_path / "deux.md"
    first.write_text("# Adhérer\nVenez *mercredi*.")
    second.write_text("# Adhérer\nVenez *samedi*.")

    untitled = await shell.refusal("pages", "write", "adherer", str(first))
    planned = await shell.result("pages", "write", "adherer", str(first), "--title", "Adhérer", "--dry-run")
    kept = await shell.result("pages", "ecrire", "adherer", str(first), "--title", "Adhérer", "--draft")
    published = await shell.result("pages", "write", "adherer", str(second), "--placed", "menu")
    [listed] = json.loads(await shell.result("pages", "list", "--json"))
    back = await shell.result("pages", "remettre", "adherer", "--version", "1")
    would = await shell.result("pages", "delete", "adherer", "--dry-run")
    deleted = await shell.result("pages", "supprimer", "adherer")
    refused = await shell.refusal("pages", "write", "adherer", str(first))
    restored = await shell.result("pages", "restore", "adherer")

    assert "title" in untitled and planned == "would publish http://lomme.test/pages/adherer"
    assert kept.startswith("kept") and published.startswith("published")
    assert (listed["title"], listed["state"], listed["placed"], listed["version"]) == (
        "Adhérer",
        "published",
        "menu",
        2,
    )
    assert back == "version 1 of adherer stands again" and would == "would delete adherer: Adhérer"
    assert deleted.startswith("deleted") and "was deleted" in refused and restored.startswith("version 3")
    assert await shell.sql("SELECT string_agg(text, '|' ORDER BY version) FROM document_version WHERE title <> ''") == (
        "# Adhérer\nVenez *mercredi*.|# Adhérer\nVenez *samedi*.|# Adhérer\nVenez *mercredi*."
    )
    assert "no page nulle-part" in await shell.refusal("pages", "delete", "nulle-part")
