"""What waits of strangers, in an archive."""

import io
import json
from zipfile import ZipFile

from federation.instance import Instance
from models.people import accounts
from models.settings import Settings, Site
from models.store.database import Pool, transaction
from tests.factories import make_member
from tests.fediverse import FakeFediverse
from tests.sample_message_requests import make_stranger, make_waiting
from web.personal_export.message_requests import write_message_requests
from web.personal_export.records import ArchiveOwner
from web.personal_export.zip_writer import open_zip

SITE = Site(url="http://lomme.test", host="lomme.test")


async def test_what_waits_for_her_and_nothing_that_waits_for_others_is_in_it(pool: Pool) -> None:
    instance = Instance(site=SITE, settings=Settings(url=SITE.url), pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        alice, hocine = await make_member(conn), await make_member(conn, "hocine")
        eve = await make_stranger(conn)
        for reader, text in ((alice, "Un"), (hocine, "Secret"), (alice, "Deux")):
            await make_waiting(conn, eve, reader, text=text)
        account = await accounts.get(conn, alice.id)
    file = io.BytesIO()

    with open_zip(file, instance.store) as parcel:
        await write_message_requests(ArchiveOwner(instance=instance, account=account, actor=alice), parcel)

    found = json.loads(ZipFile(file).read("message_requests.json"))
    assert [(one["by"], one["text"], one["private"]) for one in found] == [
        ("eve@neu.test", "Deux", True),
        ("eve@neu.test", "Un", True),
    ]
