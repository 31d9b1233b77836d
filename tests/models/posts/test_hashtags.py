"""Hashtags as a whole."""

from models import posts
from models.posts import Tag, hashtags
from models.store.database import Connection, execute
from tests.factories import make_member, make_note, make_remote_actor


def tags(*names: str) -> tuple[Tag, ...]:
    return tuple(Tag(tag=name.lower(), name=name) for name in names)


async def test_a_tag_is_written_as_the_newest_public_post_writes_it(conn: Connection) -> None:
    alice = await make_member(conn)
    await make_note(conn, alice, tags=tags("OffreLomme"))
    await make_note(conn, alice, tags=(Tag(tag="offrelomme", name="offreLOMME"),), audience="direct")

    assert await hashtags.find_name(conn, "offrelomme") == "OffreLomme"
    assert await hashtags.find_name(conn, "nix") is None


async def test_days_count_posts_and_people_today_first(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    for author in (alice, alice, bob):
        await make_note(conn, author, tags=tags("Velo"))
    old = await make_note(conn, bob, tags=tags("Velo"))
    await execute(conn, "UPDATE post SET received_at = now() - interval '3 days' WHERE id = $1", old.id)

    days = (await hashtags.list_days(conn, ["velo", "nix"]))["velo"]

    assert [(day.uses, day.accounts) for day in days] == [(3, 2), (0, 0), (0, 0), (1, 1), (0, 0), (0, 0), (0, 0)]


async def test_the_most_used_are_those_of_most_people_in_public_posts_that_stand(conn: Connection) -> None:
    alice, bob, gone = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "eve")
    for author in (alice, bob):
        asked = await make_note(conn, author, tags=tags("Velo"))
    for _ in range(3):
        await make_note(conn, alice, tags=tags("Tente"))
    await make_note(conn, alice, tags=tags("Lettre"), audience="direct")
    await make_note(conn, bob, tags=tags("Reponse"), in_reply_to_uri=asked.uri)
    deleted = await make_note(conn, bob, tags=tags("Effacee"))
    await posts.delete(conn, deleted.id)
    await make_note(conn, gone, tags=tags("Suspendue"))
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", gone.id)

    found = await hashtags.list_most_used(conn)

    assert found == [("velo", "Velo"), ("tente", "Tente")]
    assert await hashtags.list_most_used(conn, offset=1, limit=1) == [("tente", "Tente")]
    assert await hashtags.list_most_used(conn, limit=1) == [("velo", "Velo")]


async def test_those_that_begin_alike_come_shortest_first_and_only_public_ones(conn: Connection) -> None:
    alice = await make_member(conn)
    await make_note(conn, alice, tags=tags("OffreLomme", "Offre", "Demande", "OffreLille", "Oeuf"))
    await make_note(conn, alice, tags=tags("OffreSecrete"), audience="direct")

    assert await hashtags.list_beginning(conn, "offre", limit=2) == [
        ("offre", "Offre"),
        ("offrelille", "OffreLille"),
    ]
    assert [tag for tag, _ in await hashtags.list_beginning(conn, "o", limit=9)] == [
        "oeuf",
        "offre",
        "offrelille",
        "offrelomme",
    ]
    assert await hashtags.list_beginning(conn, "zz", limit=9) == []
