"""What is held here of a server that lost it: for its own actor, by its signature, and for nobody else."""

from tests.fediverse import Person
from tests.web.activitypub.conftest import Door


async def test_who_signs_not_is_refused_and_for_all_but_a_server_that_lost_something_there_is_nothing(
    door: Door, bob: Person
) -> None:
    url = "http://lomme.test/users/instance/held_copies"

    unsigned, signed = await door.get(url), await door.get(f"{url}?after=x", reader=bob)
    missing = await door.get("http://lomme.test/users/nobody/outbox", reader=bob)

    assert unsigned.status == 401
    assert signed.status == 404 and signed.seen == missing.seen
