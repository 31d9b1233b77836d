"""A cooperative that begins to follow ours is told to those who decide about other servers, with the way back."""

import pytest

from inbox.handlers.follow import handle_follow
from models.news import news
from models.relations import coop_follows
from models.store.database import Connection, execute, fetch_column
from tests.factories import HERE, make_follow, make_local_actor, make_member, make_remote_actor
from tests.inbox.handlers.activities import by
from web.mail.news_mail_text import make_translate
from web.news.items import list_lines


@pytest.mark.parametrize(
    ("username", "type", "told"), [("coop", "Organization", 1), ("coop", "Person", 0), ("bob", "Organization", 0)]
)
async def test_only_a_cooperative_is_told_once_whatever_it_follows(
    conn: Connection, username: str, type: str, told: int
) -> None:
    await make_local_actor(conn, "instance", type="Application")
    ours = await make_local_actor(conn, "coop", type="Organization")
    stream = await make_local_actor(conn, "offres", type="Group")
    odile, _ = await make_member(conn, "odile", roles=["admin"]), await make_member(conn, "mona", roles=("moderator",))
    there = await make_remote_actor(conn, username, type=type, name="La Bricole")

    for followed in (ours, stream):
        await handle_follow(conn, HERE, there, by(there, "Follow", followed.uri))

    found = await fetch_column(conn, "SELECT recipient_id FROM notification WHERE type = 'coop_follow'")
    assert found == [odile.id] * told


async def test_the_news_say_where_it_is_and_whether_it_is_followed_back(conn: Connection) -> None:
    await make_local_actor(conn, "instance", type="Application")
    ours = await make_local_actor(conn, "coop", type="Organization")
    await execute(conn, "UPDATE actor SET latitude = 50.645, longitude = 2.987 WHERE id = $1", ours.id)
    odile = await make_member(conn, "odile", roles=["admin"])
    there = await make_remote_actor(conn, "coop", type="Organization", name="La Bricole", place_name="Lille")
    await execute(conn, "UPDATE actor SET latitude = 50.63, longitude = 3.06 WHERE id = $1", there.id)
    await handle_follow(conn, HERE, there, by(there, "Follow", ours.uri))

    async def read() -> list[tuple[str, str, str]]:
        rows = await news.list_news(conn, odile.id)
        lines = await list_lines(conn, HERE, make_translate("fr"), odile.id, rows)
        return [(line.words, line.what, line.href) for line in lines]

    href = "/coop/serveurs/henin.test#retour"
    assert await read() == [("La Bricole suit votre coop", "Lille, à 5 km. Suivre en retour\u202f?", href)]

    await make_follow(conn, ours, there)
    assert await read() == [("La Bricole suit votre coop", "Lille, à 5 km", href)]
    assert (await coop_follows.find(conn, "henin.test")).followed

    await execute(conn, "DELETE FROM follow WHERE follower_id = $1", there.id)
    assert await read() == []
