"""A version of the diagnostic is published by the team: never one that nobody could walk through."""

import pytest

from models.errors import Invalid
from models.people import accounts
from models.repairs.diagnostic import drafts, versions
from models.repairs.diagnostic.versions import NewDiagnostic
from models.store.database import Connection, fetch_column
from outbox.repairs import diagnostic
from tests.factories import make_member
from tests.models.repairs.diagnostic.test_reading import SMALL


def write(actor_id: int, source: str | None, *, follows: int = 0, restores: int | None = None) -> NewDiagnostic:
    return NewDiagnostic(source=source, summary="x", restores=restores, published_by=actor_id, follows=follows)


async def test_a_text_with_a_mistake_is_refused_and_the_draft_stays(conn: Connection) -> None:
    alice = await make_member(conn)
    await drafts.save(conn, alice.id, source="titre: x", summary="", follows=0)

    with pytest.raises(Invalid, match="diagnostic_unreadable"):
        await diagnostic.publish(conn, await accounts.get(conn, alice.id), write(alice.id, "titre: x"))

    assert await versions.list_versions(conn) == [] and await drafts.find(conn, alice.id) is not None


async def test_what_is_published_is_no_draft_any_more_and_what_is_put_back_leaves_it(conn: Connection) -> None:
    alice = await make_member(conn)
    account = await accounts.get(conn, alice.id)
    await drafts.save(conn, alice.id, source=SMALL, summary="", follows=0)
    await diagnostic.publish(conn, account, write(alice.id, SMALL))
    assert await drafts.find(conn, alice.id) is None
    await drafts.save(conn, alice.id, source="encore", summary="", follows=1)

    await diagnostic.publish(conn, account, write(alice.id, None, follows=1))
    await diagnostic.publish(conn, account, write(alice.id, SMALL, follows=2, restores=1))

    assert await drafts.find(conn, alice.id) is not None
    assert [one.restores for one in await versions.list_versions(conn)] == [1, None, None]
    assert await fetch_column(conn, "SELECT act FROM journal_entry") == ["settings_changed"] * 3
