"""`declic lookup`: what an address elsewhere stands for."""

from models.store.database import Pool
from tests.fediverse import FakeFediverse
from tests.web.small_app import make_instance
from web.commands import follows


async def test_a_listing_elsewhere_is_shown_after_it_turned_out_to_be_nobody(pool: Pool) -> None:
    instance = make_instance(pool)
    assert isinstance(instance.transport, FakeFediverse)
    bob = instance.transport.add_person()
    uri = f"{bob.uri}/notes/1"
    note = {"@context": "https://www.w3.org/ns/activitystreams", "id": uri, "type": "Note", "attributedTo": bob.uri}
    instance.transport.documents[uri] = note | {"content": "<p>Bonjour</p>"}

    found = await follows._find(instance, uri)

    assert (found["id"], found["content"]) == (uri, "<p>Bonjour</p>")
