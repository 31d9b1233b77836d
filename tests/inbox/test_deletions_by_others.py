"""A deletion by another account of the author's server: its origin is asked, and not for ever."""

import orjson
import pytest

from federation.documents.parse import parse_activity
from federation.errors import Cause, FetchFailed
from federation.vocabulary.activities.activities import Delete
from inbox.processing.delegated import confirm_deletion
from models.limits import TOLD_FETCHES
from models.people import actors
from models.store.database import transaction
from tests.factories import make_note
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def test_b14_an_origin_is_asked_so_often_and_no_more(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)
    uri = f"{bob.uri}/notes/1"
    async with transaction(desk.instance.pool) as conn:
        author = await actors.find_by_uri(conn, bob.uri)
        assert author is not None
        await make_note(conn, author, uri=uri, local=False)
    desk.fediverse.documents[uri] = FetchFailed(Cause.GONE, "henin.test", answer=410)
    body = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{bob.uri}#delete",
        "type": "Delete",
        "actor": "https://henin.test/users/moderator",
        "object": uri,
    }
    delete = parse_activity(orjson.dumps(body))
    assert isinstance(delete, Delete)
    for _ in range(TOLD_FETCHES.most - 1):
        assert desk.instance.counter.spend(TOLD_FETCHES, "henin.test")

    assert (await confirm_deletion(desk.instance, delete)).actor == bob.uri
    with pytest.raises(FetchFailed) as failed:
        await confirm_deletion(desk.instance, delete)

    assert failed.value.cause is Cause.TOO_MANY_FETCHES
