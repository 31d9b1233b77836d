"""A shop that an import made stands in no list of accounts or places before somebody said yes to it."""

from models.people import actors
from models.people.member_directory import list_directory
from models.people.team.public_places import list_public_places
from models.repairs.calls.workshops import list_open_places
from models.repairs.importing import imports
from models.repairs.importing.imports import ImportItem
from models.store.database import Connection, execute
from tests.factories import make_member
from tests.repair_shops import let_appear, make_shop


async def count_lists(conn: Connection, username: str) -> list[int]:
    """How often places for listings, the directory, searches and places that are open name it."""
    actor = await actors.find_local(conn, username)
    assert actor is not None
    directory = await list_directory(conn, None, active=False, offset=0, limit=9)
    found = [
        [one.username for one in await list_public_places(conn)],
        [one.username for one in directory],
        [one.username for one in await actors.search(conn, username, limit=9)],
    ]
    return [
        *(names.count(username) for names in found),
        [one.actor_id for one in await list_open_places(conn, 50.6, 3.0)].count(actor.id),
    ]


async def test_no_list_names_it_before_somebody_says_yes(conn: Connection) -> None:
    admin, own, brought = (
        await make_member(conn, "admin"),
        await make_shop(conn, "rayon"),
        await make_shop(conn, "velo"),
    )
    await execute(conn, "UPDATE actor SET hours = '{}' WHERE type = 'Organization'")
    items = [ImportItem(kind="shop", origin="12", row_id=brought.id)]
    await imports.save_items(conn, await imports.create(conn, None), items)

    assert await count_lists(conn, brought.username) == [0, 0, 0, 0]
    assert await count_lists(conn, own.username) == [1, 1, 1, 1]

    await let_appear(conn, brought, admin)

    assert await count_lists(conn, brought.username) == [1, 1, 1, 1]
