"""`declic media`: what pictures take, whether their files are there, and room that is made."""

import json
from pathlib import Path

import asyncpg
import pytest

from tests.servers import make_environment
from tests.web.warm_commands import WarmCommands

OWN, LOST, REMOTE, GONE, LEFT = (f"{number:032x}.jpg" for number in range(1, 6))


@pytest.fixture
async def env(furnished_url: str, tmp_path: Path, commands: WarmCommands) -> dict[str, str]:
    """An instance with two pictures of a member, two copies of others' pictures, of each one without its file."""
    env = make_environment(tmp_path, 9, database_url=furnished_url)
    await commands.run(env, "media", "usage")  # it is founded before there are files: beside those it would not be
    folder = Path(env["DECLIC_DATA"]) / "media" / OWN[:2]
    folder.mkdir(parents=True)
    for key in (OWN, REMOTE, LEFT):
        (folder / key).write_bytes(b"x")
    conn = await asyncpg.connect(furnished_url)
    await conn.execute(
        """
        INSERT INTO media (id, post_id, owner_id, file_key, byte_size, remote_url, read_at)
        SELECT place, NULL, (SELECT min(id) FROM actor WHERE local), key, 1500000,
            CASE WHEN place > 2 THEN 'https://henin.example/' || place END, now()
        FROM unnest($1::text[]) WITH ORDINALITY AS one (key, place)
        """,
        [OWN, LOST, REMOTE, GONE],
    )
    await conn.close()
    return env


async def test_what_takes_how_much_is_told(env: dict[str, str], commands: WarmCommands) -> None:
    status, out, err = await commands.run(env, "media", "usage", "--json")

    assert (status, " MB are left on that disk." in err) == (0, True)
    assert [(one["megabytes"], one["files"]) for one in json.loads(out)] == [(3, 2), (0, 0), (3, 2)]
    assert "copies from other servers" in (await commands.run(env, "media", "usage"))[1]


async def test_files_that_are_gone_are_named_and_copies_of_others_pictures_fetched_again(
    env: dict[str, str], commands: WarmCommands, furnished_url: str
) -> None:
    status, out, err = await commands.run(env, "media", "verifier")

    assert (status, out) == (1, f"{LOST}\n")
    assert "4 files looked for; missing: 1; copies that will be fetched again: 1." in err and "A backup has them" in err
    conn = await asyncpg.connect(furnished_url)
    assert await conn.fetchval("SELECT array_agg(file_key ORDER BY id) FROM media WHERE id < 5 AND file_key <> ''") == [
        OWN,
        LOST,
        REMOTE,
    ]
    await conn.close()


async def test_room_is_made_by_copies_alone_and_by_what_nothing_names(
    env: dict[str, str], commands: WarmCommands
) -> None:
    folder = Path(env["DECLIC_DATA"]) / "media" / OWN[:2]
    purged = await commands.run(env, "media", "purger-distants")
    young = await commands.run(env, "media", "orphelins")

    assert purged[:2] == (0, "2\n"), purged
    assert young[:2] == (0, "0\n"), "the row of a file of this hour may be about to be committed"
    assert sorted(path.name for path in folder.iterdir()) == [OWN, LEFT]
