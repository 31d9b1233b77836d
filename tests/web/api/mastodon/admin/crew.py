"""Mona moderates, Awa welcomes, Odile administers, each by an app; Zoé reported Hocine, whose note is there."""

from dataclasses import dataclass
from typing import Any

from models.moderation.reports import Report
from models.people.accounts import Role
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, transaction
from outbox.moderation import reports
from outbox.moderation.reports import Complaint
from tests.factories import HERE, make_local_actor, make_member, make_note
from tests.web.api.conftest import Api

SCOPES = ("admin:read", "admin:write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who is there."""

    anybody: Api
    mona: Api
    awa: Api
    odile: Api
    mona_actor: Actor
    odile_actor: Actor
    hocine: Actor
    zoe: Actor
    note: Post
    report: Report

    async def again(self, **changes: Any) -> Report:
        """One more report, of Hocine by a visitor where nothing else is said."""
        async with transaction(self.anybody.pool) as conn:
            complaint = Complaint(**dict[str, Any](target=self.hocine, content="Non") | changes)
            return await reports.report(conn, HERE, None, complaint)


async def gather(anybody: Api) -> Crew:
    """Everybody, in the database."""
    async with transaction(anybody.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        await make_local_actor(conn, "coop", type="Organization")
        mona, awa, odile = [
            await _make(conn, *one) for one in (("mona", "moderator"), ("awa", "welcome"), ("odile", "admin"))
        ]
        hocine, zoe = await make_member(conn, "hocine", name="Hocine"), await make_member(conn, "zoe")
        note = await make_note(conn, hocine, content="<p>Payez d’abord.</p>")
        complaint = Complaint(target=hocine, post_ids=(note.id,), content="Il ment.", category="spam")
        report = await reports.report(conn, HERE, zoe, complaint)
    return Crew(
        anybody=anybody,
        mona=await anybody.as_member(mona, *SCOPES),
        awa=await anybody.as_member(awa, *SCOPES),
        odile=await anybody.as_member(odile, *SCOPES),
        mona_actor=mona,
        odile_actor=odile,
        hocine=hocine,
        zoe=zoe,
        note=note,
        report=report,
    )


async def _make(conn: Connection, username: str, role: Role) -> Actor:
    return await make_member(conn, username, roles=[role])
