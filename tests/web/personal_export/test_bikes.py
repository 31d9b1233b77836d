"""What a repairer takes along of what goes with her results."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import orjson
import pytest

from federation.instance import Instance
from models.people import accounts
from models.people.actors import Actor
from models.repairs.bikes import entries, files
from models.repairs.bikes.entries import EntryDetails
from models.store.database import connection, transaction
from tests.bikes import make_bike, make_result
from tests.outbox.repairs.bikes.test_travelling_files import stored
from tests.sample_village import Village
from tests.today import today
from web.personal_export.bikes import write_bikes
from web.personal_export.records import ArchiveOwner
from web.personal_export.zip_writer import open_zip


async def export(instance: Instance, actor: Actor) -> tuple[dict[str, Any], set[str]]:
    """Her `bikes.json`, and the contents of the files that lie beside it."""
    async with connection(instance.pool) as conn:
        account = await accounts.get(conn, actor.id)
    archive = BytesIO()
    with open_zip(archive, instance.store) as parcel:
        await write_bikes(ArchiveOwner(instance=instance, account=account, actor=actor), parcel)
        await parcel.add_photos()
    with ZipFile(archive) as zip:
        told = orjson.loads(zip.read("bikes.json"))
        return told, {name for name in zip.namelist() if zip.read(name) == b"photo"}


@pytest.mark.parametrize("kept", [False, True])
async def test_files_of_her_results_are_hers_until_the_cyclist_keeps_them(
    instance: Instance, lomme: Village, kept: bool
) -> None:
    key = await instance.store.save(b"photo", "private-jpg")
    async with transaction(instance.pool) as conn:
        result_id = await make_result(conn, lomme.hocine, author_id=lomme.alice.id, repairer_id=lomme.alice.id)
        await files.add_to_result(conn, result_id, "photo", stored(key))
        other = await make_result(conn, lomme.hocine, author_id=lomme.admin.id, repairer_id=lomme.admin.id)
        await files.add_to_result(conn, other, "photo", stored("of-somebody-else"))
        if kept:
            bike_id = await make_bike(conn, lomme.hocine)
            line = await entries.add(conn, bike_id, EntryDetails(done_on=today(), title="Freins"))
            await files.keep_of_result(conn, result_id, bike_id, line)

    hers, photos = await export(instance, lomme.alice)
    his, _ = await export(instance, lomme.hocine)

    assert [(one["kind"], {one["file"]}) for one in hers["noted"]] == ([] if kept else [("photo", photos)])
    assert len(photos) == (0 if kept else 1) and his["noted"] == []
    assert [len(one["files"]) for one in his["bikes"]] == ([1] if kept else [])
