"""Handing in activities as another server does, and looking at what became of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from federation.discovery.fetches import get_actor
from federation.instance import Instance
from inbox.processing.process import process_due
from inbox.receiving.receive import Outcome, receive
from models.news import notifications
from models.news.notifications import NotificationPage
from models.people.actors import Actor
from models.relations import follows
from models.store.database import Record, connection, transaction
from tests.factories import make_follow
from tests.fediverse import FakeFediverse, Person, sign_post

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = "https://www.w3.org/ns/activitystreams"


@dataclass(slots=True, kw_only=True)
class Desk:
    """`post` only hands in, `take` also processes; both raise nothing."""

    instance: Instance
    fediverse: FakeFediverse
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def post(self, person: Person, activity: Mapping[str, Any] | bytes, path: str = "/inbox") -> Outcome:
        """Sign as this person and hand in."""
        envelope = sign_post(self.instance.site, path, activity, person.signer)
        return await receive(self.instance, envelope, path.split("/")[2] if path != "/inbox" else None)

    async def take(self, person: Person, *activities: Mapping[str, Any]) -> None:
        """Hand these in, one after the other, and process them."""
        for activity in activities:
            outcome = await self.post(person, activity)
            assert outcome.status == 202, outcome
        await process_due(self.instance)

    def activity(self, person: Person, type: str, object: Any, **changes: Any) -> dict[str, Any]:
        """An activity of this person with an id of its own."""
        return {
            "@context": CONTEXT,
            "id": f"{person.uri}/activities/{next(self.numbers)}",
            "type": type,
            "actor": person.uri,
            "object": object,
        } | changes

    def note(self, person: Person, **changes: Any) -> dict[str, Any]:
        """A public note of this person."""
        number = next(self.numbers)
        return {
            "id": f"{person.uri}/notes/{number}",
            "type": "Note",
            "attributedTo": person.uri,
            "published": write_moment(datetime.now(UTC)),
            "to": [PUBLIC],
            "cc": [f"{person.uri}/followers"],
            "content": f"<p>Bonjour {number}</p>",
        } | changes

    def create(self, person: Person, object: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        """The Create of a note."""
        object = object or self.note(person)
        addressed = {key: object[key] for key in ("to", "cc") if key in object}
        return self.activity(person, "Create", object, **(addressed | changes))

    async def meet(self, person: Person) -> Actor:
        """Know this person, as after their first request."""
        return await get_actor(self.instance, person.uri)

    async def follow(self, follower: Actor, person: Person) -> Actor:
        """Somebody here follows this person."""
        followed = await self.meet(person)
        async with transaction(self.instance.pool) as conn:
            await make_follow(conn, follower, followed)
        return followed

    async def is_follower(self, person: Person, followed: Actor) -> bool:
        """Whether this person's follow was accepted."""
        follower = await self.meet(person)
        async with connection(self.instance.pool) as conn:
            return await follows.is_follower(conn, follower_id=follower.id, followed_id=followed.id)

    async def told(self, reader: Actor) -> list[str]:
        """What the reader is told of, newest first."""
        async with connection(self.instance.pool) as conn:
            found = await notifications.list_notifications(conn, reader.id, NotificationPage())
        return [one.type for one in found]

    async def value(self, sql: str, *args: Any) -> Any:
        """The first value of a query."""
        return await self.instance.pool.fetchval(sql, *args)

    async def row(self, sql: str, *args: Any) -> Record:
        """The first row of a query, which has one."""
        found = await self.instance.pool.fetchrow(sql, *args)
        assert found is not None
        return found

    async def states(self) -> list[tuple[str, str | None]]:
        """What became of everything that came, in order: the state, and why."""
        rows = await self.instance.pool.fetch("SELECT state, error FROM received ORDER BY id")
        return [(row["state"], row["error"]) for row in rows]

    async def sent(self) -> list[dict[str, Any]]:
        """The activities that we answered with, in order."""
        rows = await self.instance.pool.fetch("SELECT body FROM activity ORDER BY id")
        return [json.loads(row["body"]) for row in rows]


def write_moment(moment: datetime) -> str:
    """As servers write it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def later(**time: float) -> datetime:
    """So long from now."""
    return datetime.now(UTC) + timedelta(seconds=1) + timedelta(**time)
