"""Invitations, lists and charters for tests."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from models.people.actors import Actor
from models.people.documents import acceptances, versions
from models.people.documents.versions import NewVersion
from models.people.invitations import invitations
from models.people.invitations.invitations import NewInvitation
from models.store.database import Connection, execute, fetch_value

CHARTER = "# Entre nous\n\n1. On prête, on donne.\nPersonne ne fait de bénéfice.\n\n2. On se parle bien."


async def make_samples(conn: Connection, maker: Actor, id: int) -> None:
    """One of each thing that pages of the administration show by its row id."""
    await execute(
        conn,
        """
        INSERT INTO invitation (id, made_by, team, places, expires_at)
        VALUES ($1, $2, true, 5, now() + interval '1 day')
        """,
        id,
        maker.id,
    )
    await execute(conn, "INSERT INTO member_import (id, made_by, confirmed_at) VALUES ($1, $2, now())", id, maker.id)


async def make_invitation(conn: Connection, made_by: int, **changes: Any) -> int:
    """An invitation of the team for ten, until the day after tomorrow; its row id."""
    values: dict[str, Any] = {
        "team": True,
        "places": 10,
        "expires_at": datetime.now(UTC) + timedelta(days=2),
        "note": "affiche du marché",
    }
    return await invitations.create(conn, NewInvitation(made_by=made_by, **(values | changes)))


async def publish_charter(
    conn: Connection, text: str = CHARTER, *, days: int | None = 10, summary: str = "Un article de plus"
) -> int:
    """The next version, due in so many days (negative: overdue; None: not asked for); its row id."""
    follows = int(await fetch_value(conn, "SELECT coalesce(max(version), 0) FROM document_version"))
    id = await versions.publish(
        conn,
        NewVersion(
            kind="charter",
            text=text,
            summary=summary,
            due_at=None if days is None else datetime.now(UTC) + timedelta(days=days),
            published_by=None,
            follows=follows,
        ),
    )
    await acceptances.refresh_due(conn)
    return id


def find_link(text: str) -> str:
    """The first address of an invitation in a page or a mail, without its origin."""
    found = re.search(r"/invitation/[A-Za-z0-9_.-]+", text)
    assert found is not None
    return found[0].rstrip(".")


def plain(text: str) -> str:
    """The same with ordinary spaces where French sets narrow ones."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def read_text(letter: EmailMessage) -> str:
    """A mail as programs without HTML show it."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
