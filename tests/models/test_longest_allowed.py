"""What is kept at most: the last that fits is taken, the next refused or left out."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models import preferences
from models.errors import Invalid
from models.exchanges import points
from models.exchanges.points.promises import require_means
from models.people.actors import Actor
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.relations import account_notes
from models.store.database import Connection
from tests.factories import make_member, make_note, make_remote_actor
from tests.points import KEPT, give

Save = Callable[[Connection, Actor, Any], Awaitable[object]]


async def correct(conn: Connection, alice: Actor, *, amount: int = 5, reason: str = "Don") -> None:
    await points.correct(conn, member_id=alice.id, amount=amount, reason=reason, by_id=alice.id)


SAVED: dict[str, tuple[Save, Any, Any]] = {
    "a note about somebody": (lambda conn, me, n: account_notes.save(conn, me.id, me.id, "x" * n), 2000, 2001),
    "a reason": (lambda conn, me, n: correct(conn, me, reason="x" * n), 200, 201),
    "points given": (lambda conn, me, n: correct(conn, me, amount=n), 10_000, 10_001),
    "points taken": (lambda conn, me, n: correct(conn, me, amount=n), -10_000, -10_001),
    "some points": (lambda conn, me, n: correct(conn, me, amount=n), 1, 0),
    "points promised": (lambda conn, me, n: require_means(conn, me.id, n), 10_000, 10_001),
    "no points promised": (lambda conn, me, n: require_means(conn, me.id, n), 0, -1),
}
"""How it is saved, the last that is taken, the first that is not."""


@pytest.mark.parametrize(("save", "last", "beyond"), SAVED.values(), ids=SAVED)
async def test_the_last_is_taken_and_the_next_is_not(conn: Connection, save: Save, last: Any, beyond: Any) -> None:
    await preferences.save(conn, KEPT)
    alice = await make_member(conn)
    await give(conn, alice, 10_000)
    await give(conn, alice, 10_000)

    await save(conn, alice, last)
    with pytest.raises(Invalid):
        await save(conn, alice, beyond)


async def test_addresses_of_pictures_elsewhere_are_kept_as_long_as_they_are_addresses(conn: Connection) -> None:
    post = await make_note(conn, await make_remote_actor(conn))
    last, beyond = ("https://a.test/".ljust(length, "a") for length in (2048, 2049))

    await media.save_remote(conn, post.id, [RemoteDocument(url=url, description="") for url in (last, beyond)])

    assert [one.remote_url for one in (await media.list_by_posts(conn, [post.id]))[post.id]] == [last]
