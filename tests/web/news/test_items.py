"""News in words."""

from typing import Any

from models.news import news, notifications
from models.relations import bookmarks
from models.store.database import Connection, execute
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from web.news.items import list_lines


def _say(sentence: str, /, **values: Any) -> str:
    return sentence % values


async def test_what_is_called_off_is_told_in_other_words_than_what_is_changed(conn: Connection) -> None:
    alice, café = await make_member(conn), await make_remote_actor(conn, "cafe", name="Repair café")
    event = await make_listing(conn, café)
    await bookmarks.save(conn, actor_id=alice.id, post_id=event.id)

    words = []
    for status in ("open", "cancelled"):
        await execute(conn, "UPDATE listing SET status = $2 WHERE post_id = $1", event.id, status)
        await notifications.notify_concerned(conn, author_id=café.id, post_id=event.id)
        told = await news.list_news(conn, alice.id)
        words += [line.words for line in await list_lines(conn, HERE, _say, alice.id, told)]

    assert words == ["Repair café a changé ce à quoi vous avez réagi", "Repair café annule ce à quoi vous avez réagi"]
