"""What a repairer takes along of what goes with her results."""

import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from federation.instance import Instance
from federation.media_store import PRIVATE_PICTURE
from models.people import accounts
from models.people.actors import Actor
from models.repairs.bikes import entries, files
from models.repairs.bikes.entries import EntryDetails
from models.settings import Settings
from models.store.database import Pool, connection, transaction
from tests.bikes import make_bike, make_result
from tests.factories import HERE, make_member
from tests.fediverse import FakeFediverse
from tests.outbox.repairs.bikes.test_travelling_files import stored
from tests.today import today
from web.personal_export.bikes import write_bikes
from web.personal_export.records import ArchiveOwner
from web.personal_export.zip_writer import open_zip


@pytest.fixture
def instance(pool: Pool, tmp_path: Path) -> Instance:
    """Lomme, which keeps files."""
    settings = Settings(url=HERE.url, data=tmp_path)
    return Instance(site=HERE, settings=settings, pool=pool, transport=FakeFediverse())


async def read(instance: Instance, member: Actor) -> tuple[dict[str, Any], set[str]]:
    """Her `bikes.json`, and where photos lie beside it."""
    async with connection(instance.pool) as conn:
        account = await accounts.get(conn, member.id)
    file = io.BytesIO()
    with open_zip(file, instance.store) as parcel:
        await write_bikes(ArchiveOwner(instance=instance, account=account, actor=member), parcel)
        await parcel.add_photos()
    with ZipFile(file) as archive:
        told: dict[str, Any] = json.loads(archive.read("bikes.json"))
        return told, {name for name in archive.namelist() if archive.read(name) == b"photo"}


@pytest.mark.parametrize("kept", [False, True])
async def test_files_of_her_results_are_hers_until_the_cyclist_keeps_them(instance: Instance, kept: bool) -> None:
    key = await instance.store.save(b"photo", PRIVATE_PICTURE)
    async with transaction(instance.pool) as conn:
        alice, hocine, maryse = [await make_member(conn, name) for name in ("alice", "hocine", "maryse")]
        result_id = await make_result(conn, hocine, author_id=alice.id, repairer_id=alice.id)
        await files.add_to_result(conn, result_id, "photo", stored(key))
        other = await make_result(conn, hocine, author_id=maryse.id, repairer_id=maryse.id)
        await files.add_to_result(conn, other, "photo", stored("of-somebody-else"))
        if kept:
            bike_id = await make_bike(conn, hocine)
            line = await entries.add(conn, bike_id, EntryDetails(done_on=today(), title="Freins"))
            await files.keep_of_result(conn, result_id, bike_id, line)

    hers, photos = await read(instance, alice)
    his, _ = await read(instance, hocine)

    assert [(one["kind"], {one["file"]}) for one in hers["noted"]] == ([] if kept else [("photo", photos)])
    assert len(photos) == (0 if kept else 1) and his["noted"] == []
    assert [len(one["files"]) for one in his["bikes"]] == ([1] if kept else [])
