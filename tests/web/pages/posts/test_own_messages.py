"""What somebody wrote to one person alone, at its own address."""

from federation.instance import Instance
from federation.uris import note_uri
from models.store.database import transaction
from tests.factories import make_note
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

UUID = "0d3c9d4e-66a1-4f0e-9d0b-3f6f2c1f7a55"


async def test_she_reads_it_where_an_app_opens_it_and_nobody_else_does(
    alice: Browser, visitor: Browser, lomme: Village, instance: Instance
) -> None:
    uri = note_uri(instance.site, lomme.alice.username, UUID)
    async with transaction(instance.pool) as conn:
        await make_note(conn, lomme.alice, uri=uri, content="<p>Rien que pour toi, Léonie.</p>", audience="direct")

    address = f"/@{lomme.alice.username}/{UUID}"
    hers = await alice.get(address)

    assert (hers.status, (await visitor.get(address)).status) == (200, 404)
    assert "Rien que pour toi, Léonie." in hers.words()
