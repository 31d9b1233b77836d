"""An instance is founded once: never on an empty database beside what is left of one, and where nothing is left."""

from pathlib import Path

import msgspec
import pytest

from models.settings import Settings
from models.store.backups import count_tables
from models.store.database import open_pool
from tests.web.server.backups.sample_instance import empty_database
from web.server.bootstrap import OtherInstance, open_ready_instance


@pytest.mark.parametrize("left", ["pg18/PG_VERSION", "media/ab/abcdef.jpg"])
async def test_an_empty_database_founds_nothing_beside_what_is_left_of_an_instance(
    tmp_path: Path, database_url: str, left: str
) -> None:
    kept = tmp_path / left
    kept.parent.mkdir(parents=True)
    kept.write_text("18")
    settings = Settings(url="https://lomme.example", data=tmp_path, database_url=database_url)

    with pytest.raises(OtherInstance) as refused:
        async with open_ready_instance(settings):
            pass

    folder = tmp_path / left.partition("/")[0]
    assert str(refused.value).startswith(f"{folder} belongs to an instance, and the database of DECLIC_DATABASE_URL")
    assert "`declic restore`" in str(refused.value) and f"put {folder} away first" in str(refused.value)
    pool = await open_pool(database_url, size=1)
    assert await pool.fetchval("SELECT count(*) FROM actor WHERE local") == 0
    await pool.close()


async def test_what_is_refused_beside_what_is_left_leaves_an_empty_place_for_a_backup(
    tmp_path: Path, postgres_url: str
) -> None:
    kept = tmp_path / "media" / "ab" / "abcdef.jpg"
    kept.parent.mkdir(parents=True)
    kept.touch()
    embedded = Settings(url="https://lomme.example", data=tmp_path)

    async with empty_database(postgres_url) as url:
        for settings in (msgspec.structs.replace(embedded, database_url=url), embedded):
            with pytest.raises(OtherInstance, match=r"to bring a backup back .*, put .* away first"):
                async with open_ready_instance(settings):
                    pass
        tables = await count_tables(url)

    assert tables == 0
    assert [one.name for one in tmp_path.iterdir()] == ["media"]


async def test_where_nothing_is_left_it_is_founded_and_served_beside_an_old_database_from_then_on(
    tmp_path: Path, database_url: str
) -> None:
    (tmp_path / "media" / "ab").mkdir(parents=True)
    settings = Settings(url="https://lomme.example", data=tmp_path, database_url=database_url)

    async with open_ready_instance(settings) as instance:
        founded = await instance.pool.fetchval("SELECT count(*) FROM actor WHERE local")
    (tmp_path / "pg18").mkdir()
    async with open_ready_instance(settings, migrating=False) as instance:
        again = await instance.pool.fetchval("SELECT count(*) FROM actor WHERE local")

    assert founded == again > 0
