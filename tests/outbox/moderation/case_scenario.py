"""A cooperative with a team, and somebody who is reported: what tests of decisions begin with."""

from dataclasses import dataclass
from typing import Any

from models.moderation import reports as kept_reports
from models.people import accounts
from models.people.accounts import Account
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, fetch_column
from outbox.moderation import case_decisions, reports
from outbox.moderation.case_decisions import Ruled, Ruling
from outbox.moderation.reports import Complaint
from tests.factories import HERE, make_local_actor, make_member, make_note


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Mona and Odile moderate, Nadia administers; Alice reports what Hocine wrote."""

    conn: Connection
    coop: Actor
    mona: Account
    odile: Account
    nadia: Account
    alice: Actor
    hocine: Actor
    note: Post

    async def report(self, target: Actor | None = None, reporter: Actor | None = None) -> int:
        """Somebody reports; the case."""
        whom = target or self.hocine
        posts = (self.note.id,) if whom.id == self.hocine.id else ()
        complaint = Complaint(target=whom, post_ids=posts, content="C’est une arnaque.")
        made = await reports.report(self.conn, HERE, reporter or self.alice, complaint)
        found = await kept_reports.find_case(self.conn, made.id)
        assert found is not None
        return found

    async def decide(self, case_id: int, kind: Any, *, by: Account | None = None, **changes: Any) -> Ruled:
        """Mona decides, or somebody else."""
        usual: dict[str, Any] = {"seen": 0, "words": "Ce n’est pas permis ici.", "rule": "Article 2"}
        ruling = Ruling(kind=kind, **(usual | changes))
        return await case_decisions.decide(self.conn, HERE, case_id, ruling, by or self.mona)

    async def list_told(self, type: str) -> list[str]:
        """Who has news of this type."""
        return await fetch_column(
            self.conn,
            """
            SELECT a.username FROM notification n JOIN actor a ON a.id = n.recipient_id WHERE n.type = $1
            ORDER BY a.username
            """,
            type,
        )


async def make_team(conn: Connection) -> Team:
    """All of them."""
    await make_local_actor(conn, "instance", type="Application")
    coop = await make_local_actor(conn, "coop", type="Organization")
    alice, hocine = await make_member(conn, "alice"), await make_member(conn, "hocine")
    people = {
        name: await accounts.get(conn, (await make_member(conn, name, roles=[role])).id)
        for name, role in (("mona", "moderator"), ("odile", "moderator"), ("nadia", "admin"))
    }
    note = await make_note(conn, hocine, content="<p>Vends cigarettes.</p>")
    return Team(conn=conn, coop=coop, alice=alice, hocine=hocine, note=note, **people)
