"""Two machines on one database: the one without the folder of pictures is told so."""

from pathlib import Path

from structlog.testing import capture_logs

from models.store.database import Pool, execute, transaction
from tests.factories import make_member
from tests.web.small_app import make_instance
from web.server.shared_media import warn_without_pictures


async def test_a_machine_without_the_pictures_is_told_when_it_starts(pool: Pool, tmp_path: Path) -> None:
    first, second = (make_instance(pool, data=tmp_path / name) for name in ("first", "second"))
    assert not await warn_without_pictures(second)  # there are none yet
    keys = [await first.store.save(b"picture") for _ in range(3)]
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
        for number, key in enumerate(keys):
            await execute(conn, "INSERT INTO media (id, owner_id, file_key) VALUES ($1, $2, $3)", number, alice.id, key)

    with capture_logs() as lines:
        assert not await warn_without_pictures(first)
        assert await warn_without_pictures(second)

    assert [(line["event"], line["missing"], line["of"]) for line in lines] == [("pictures_missing", 3, 3)]
