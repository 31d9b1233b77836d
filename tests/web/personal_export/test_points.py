"""Points in an archive."""

import io
import json
from typing import Any
from zipfile import ZipFile

import pytest

from federation.instance import Instance
from models.people import accounts
from models.people.actors import Actor
from models.settings import Settings, Site
from models.store.database import Pool, transaction
from tests import sample_village
from tests.fediverse import FakeFediverse
from tests.points import fill_ledger
from tests.sample_village import Village
from web.personal_export.points import write_points
from web.personal_export.records import ArchiveOwner
from web.personal_export.zip_writer import open_zip

SITE = Site(url="http://lomme.test", host="lomme.test")


@pytest.fixture
def instance(pool: Pool) -> Instance:
    """Lomme."""
    return Instance(site=SITE, settings=Settings(url=SITE.url), pool=pool, transport=FakeFediverse())


async def build(instance: Instance, *, kept: bool) -> Village:
    async with transaction(instance.pool) as conn:
        lomme = await sample_village.build(conn, SITE)
        if kept:
            await fill_ledger(conn, lomme)
    return lomme


async def read(instance: Instance, member: Actor) -> list[dict[str, Any]]:
    async with transaction(instance.pool) as conn:
        account = await accounts.get(conn, member.id)
    file = io.BytesIO()
    with open_zip(file, instance.store) as parcel:
        await write_points(ArchiveOwner(instance=instance, account=account, actor=member), parcel)
    found: list[dict[str, Any]] = json.loads(ZipFile(file).read("points.json"))
    return found


async def test_all_that_came_and_went_is_in_it(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    lomme = await build(instance, kept=True)
    monkeypatch.setattr("web.personal_export.records.PAGE", 2)

    hers, his = await read(instance, lomme.alice), await read(instance, lomme.hocine)

    assert [one["kind"] for one in hers] == ["exchange", "correction", "deposit", "monthly", "joining"]
    assert sum(one["amount"] for one in hers) == 107
    assert (hers[0]["with"], hers[0]["listing"]) == ("Hocine", "Tente 4 places, facile à monter")
    assert (hers[1]["reason"], hers[1]["by"]) == ("a tenu la buvette de la fête", "Nadia")
    assert (his[0]["with"], his[0]["amount"]) == ("Maryse", -12) and "reason" not in his[0]


async def test_without_points_there_are_none(instance: Instance) -> None:
    lomme = await build(instance, kept=False)

    assert await read(instance, lomme.alice) == []
