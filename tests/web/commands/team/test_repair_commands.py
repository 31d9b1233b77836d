"""`declic rustine` and `declic open-data`: what they print and make, and how they fail."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.databases import copy_database, with_database
from tests.rustine import BIKES, make_files
from tests.servers import make_environment
from tests.web.commands.team.test_team_commands import Shell
from tests.web.warm_commands import WarmCommands
from web.pages.repairs.figures.open_files import COLUMNS


@pytest.fixture(scope="module")
async def shell(
    postgres_url: str, furnished: str, commands: WarmCommands, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shell]:
    """One instance for all commands here."""
    name = f"{furnished}_repairs"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, furnished, name)
    url = with_database(postgres_url, name)
    env = make_environment(tmp_path_factory.mktemp("repairs"), 9, database_url=url, url="http://lomme.test")
    yield Shell(env, url, commands)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in make_files():
        (tmp_path / file.name).write_bytes(file.body)
    (tmp_path / "notes.txt").write_text("à lire")
    return tmp_path


async def test_a_folder_is_looked_at_imported_once_and_undone(shell: Shell, folder: Path) -> None:
    looked = await shell.run("rustine", "importer", str(folder))
    before = await shell.sql("SELECT count(*) FROM repair_shop")
    number = await shell.result("rustine", "import", str(folder), "--apply")
    made = await shell.sql("SELECT count(*) FROM repair_shop")
    again = await shell.run("rustine", "import", str(folder), "--apply")

    assert (looked[0], looked[1], before) == (0, "", 0)
    assert "Shops: 3" in looked[2] and "bikes.csv, line 2" in looked[2] and "add --apply" in looked[2]
    assert made == 3
    assert again[0] == 1 and "nothing new" in again[2]
    assert await shell.result("rustine", "defaire", number) == "nothing"
    assert "already" in await shell.refusal("rustine", "undo", number)
    assert "no import 7" in await shell.refusal("rustine", "undo", "7")
    assert await shell.acts() == ["repair_shop_changed", "repair_shop_changed"]


async def test_a_mistake_is_named_and_nothing_is_made(shell: Shell, folder: Path) -> None:
    (folder / "bikes.csv").write_text(BIKES.replace("personne@exemple.fr", "personne"))

    status, out, err = await shell.run("rustine", "import", str(folder), "--apply")

    assert (status, out) == (1, "")
    assert "! bikes.csv, line 3, column “owner_email”: “personne” is no e-mail address" in err
    assert await shell.sql("SELECT count(*) FROM repair_shop") == 0


async def test_a_folder_without_any_of_the_files_says_so(shell: Shell, tmp_path: Path) -> None:
    assert "There is none of the files" in await shell.refusal("rustine", "import", str(tmp_path))


async def test_open_data_is_printed_for_a_pipe(shell: Shell) -> None:
    await shell.sql(
        """
        INSERT INTO repair_result (id, bike_type, organ, outcome, repaired_on, problem)
        VALUES (1, 'ebike', 'brakes', 'fixed', '2025-03-04', 'rappeler au 0612345678')
        """
    )

    heads, line = csv.reader(io.StringIO(await shell.result("open-data", "ord")))
    rest = await shell.result("donnees-ouvertes", "velos")

    assert tuple(heads) == COLUMNS
    assert (line[5], line[9], line[14]) == ("18", "Fixed", "rappeler au […]")
    assert rest.count("\n") == 0
