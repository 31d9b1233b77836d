"""Versions only grow; what stands is the last one, and where this software cannot read it, the tree that ships."""

import pytest

from models.errors import Conflict
from models.repairs.diagnostic import drafts, versions
from models.repairs.diagnostic.current import load_current
from models.repairs.diagnostic.versions import NewDiagnostic
from models.store.database import Connection
from tests.factories import make_member
from tests.models.repairs.diagnostic.test_reading import SMALL


async def publish(
    conn: Connection, actor_id: int, source: str | None, *, follows: int, restores: int | None = None
) -> None:
    new = NewDiagnostic(source=source, summary="x", restores=restores, published_by=actor_id, follows=follows)
    await versions.publish(conn, new)


async def test_what_is_published_last_stands_and_what_was_before_stays(conn: Connection) -> None:
    alice = await make_member(conn)
    shipped = await load_current(conn)

    await publish(conn, alice.id, SMALL, follows=0)
    changed = await load_current(conn)
    await publish(conn, alice.id, None, follows=1)
    back = await load_current(conn)

    assert (shipped.version, changed.version, back.version) == (0, 1, 2)
    assert changed.tree.title == "Un essai" and back.tree is shipped.tree
    assert changed.edition != shipped.edition == back.edition and not changed.broken
    assert [(one.version, one.ships) for one in await versions.list_versions(conn)] == [(2, True), (1, False)]
    first = await versions.find_version(conn, 1)
    assert first is not None and first.source == SMALL and first.by_name


async def test_of_two_who_follow_the_same_version_the_second_is_refused(conn: Connection) -> None:
    alice = await make_member(conn)
    await publish(conn, alice.id, SMALL, follows=0)

    for follows in (0, 7):
        with pytest.raises(Conflict, match="diagnostic_published_meanwhile"):
            await publish(conn, alice.id, None, follows=follows)

    assert [one.version for one in await versions.list_versions(conn)] == [1]


async def test_a_text_that_this_software_does_not_read_gives_way_to_the_one_that_ships(conn: Connection) -> None:
    alice = await make_member(conn)
    await publish(conn, alice.id, "titre: d’une autre époque", follows=0)

    current = await load_current(conn)

    assert current.broken and current.version == 1 and len(current.tree.nodes) > 60


async def test_each_has_one_draft_of_her_own(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    for source in ("un", "deux"):
        await drafts.save(conn, alice.id, source=source, summary="", follows=3)

    draft = await drafts.find(conn, alice.id)
    assert draft is not None and (draft.source, draft.follows) == ("deux", 3)
    assert await drafts.find(conn, bob.id) is None
    await drafts.forget(conn, alice.id)
    assert await drafts.find(conn, alice.id) is None
