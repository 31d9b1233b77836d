"""Two servers without a network: what one sends is carried by hand to the other, once, twice, late or never."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from federation.documents.origin import require_attributed, require_owner
from federation.documents.parse import parse_activity
from federation.vocabulary.activities.activities import Create, Update
from federation.vocabulary.agreements import Agreement as Document
from federation.vocabulary.agreements import EconomicEvent
from inbox.errors import Ignored
from inbox.processing.dispatch import apply
from models.errors import DeclicError
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement
from models.listings import listings
from models.listings.listings import Listing, ListingDetails
from models.people import actors
from models.people.actors import Actor
from models.posts import NewPost
from models.settings import Site
from models.store.database import Connection, execute, fetch_records
from tests.factories import make_listing, make_member, make_remote_actor

LOMME = Site(url="https://lomme.test", host="lomme.test", languages=("fr", "en"))
HENIN = Site(url="https://henin.test", host="henin.test", languages=("fr", "en"))


@dataclass(slots=True, kw_only=True)
class Side:
    """One server: its people as it knows them, the listing as it has it, and what it sent that was not carried yet."""

    site: Site
    conn: Connection
    owner: Actor
    partner: Actor
    listing: Listing
    ignored: list[str] = field(default_factory=list)
    seen: int = 0

    @property
    def own(self) -> Actor:
        """Who of the two is of this server."""
        return self.owner if self.owner.local else self.partner

    async def list_new(self) -> list[dict[str, Any]]:
        """What was sent since the last time."""
        rows = await fetch_records(
            self.conn,
            """
            SELECT a.id, a.body FROM activity a
            WHERE a.id > $1 AND EXISTS (SELECT FROM delivery WHERE activity_id = a.id) ORDER BY a.id
            """,
            self.seen,
        )
        self.seen = rows[-1]["id"] if rows else self.seen
        return [json.loads(row["body"]) for row in rows]

    async def receive(self, body: dict[str, Any]) -> None:
        """What the other server sent takes effect, or is ignored for a reason."""
        try:
            activity = parse_activity(json.dumps(body).encode())
            require_owner(activity, body["actor"])
            if isinstance(activity, Create | Update) and isinstance(activity.object, Document | EconomicEvent):
                require_attributed(activity.actor, activity.object.id or "", activity.object.attributed_to)
            sender = await actors.find_by_uri(self.conn, activity.actor)
            assert sender is not None
            await apply(self.conn, self.site, sender, activity)
        except Ignored as ignored:
            self.ignored.append(str(ignored))
        except DeclicError as error:
            self.ignored.append(f"{type(error).__name__}: {error}")

    async def find(self) -> Agreement | None:
        """The newest agreement about the listing."""
        thread = await exchanges.find(self.conn, listing_id=self.listing.id, partner_id=self.partner.id)
        return None if thread is None else await agreements.get_latest(self.conn, thread.id)

    async def get(self) -> Agreement:
        """The newest agreement, which is there."""
        found = await self.find()
        assert found is not None
        return found


@dataclass(slots=True, kw_only=True)
class Pair:
    """Alice of Lomme has a listing, Bob of Hénin-Carvin answers it. `here` has the word."""

    here: Side
    there: Side

    async def carry(self) -> list[str]:
        """Everything that waits, back and forth, until nothing more comes; the types of what was carried."""
        carried: list[str] = []
        while True:
            batch = [(self.there, body) for body in await self.here.list_new()]
            batch += [(self.here, body) for body in await self.there.list_new()]
            if not batch:
                return carried
            for side, body in batch:
                carried.append(body["type"])
                await side.receive(body)


async def make_pair(conn: Connection, second_conn: Connection, **details: Any) -> Pair:
    """Both servers, met; the listing is known on both."""
    alice = await make_member(conn, "alice")
    bob = await make_remote_actor(conn, "bob", territory_uri=f"{HENIN.url}/users/coop")
    listing = await make_listing(conn, alice, **details)
    alice_there = await make_remote_actor(second_conn, "alice", "lomme.test", territory_uri=f"{LOMME.url}/users/coop")
    bob_there = await _make_bob(second_conn)
    copy, *_ = await listings.save_remote(
        second_conn, _as_remote(listing, alice_there), ListingDetails(**_plain(listing.details))
    )
    for one in (conn, second_conn):
        await execute(one, "UPDATE server SET first_seen_at = now() - interval '1 year'")
        await execute(
            one,
            """
            INSERT INTO server (host, first_seen_at) VALUES ('henin.test', now() - interval '1 year'),
                ('lomme.test', now() - interval '1 year')
            ON CONFLICT (host) DO UPDATE SET first_seen_at = excluded.first_seen_at
            """,
        )
    return Pair(
        here=Side(site=LOMME, conn=conn, owner=alice, partner=bob, listing=listing),
        there=Side(site=HENIN, conn=second_conn, owner=alice_there, partner=bob_there, listing=copy),
    )


async def _make_bob(conn: Connection) -> Actor:
    base = f"{HENIN.url}/users/bob"
    return await make_member(
        conn,
        "bob",
        host=HENIN.host,
        uri=base,
        url=f"{HENIN.url}/@bob",
        inbox=f"{base}/inbox",
        shared_inbox=f"{HENIN.url}/inbox",
        outbox=f"{base}/outbox",
        followers_uri=f"{base}/followers",
        following_uri=f"{base}/following",
        featured_uri=f"{base}/featured",
    )


def _plain(details: ListingDetails) -> dict[str, Any]:
    return {name: getattr(details, name) for name in ListingDetails.__slots__}


def _as_remote(listing: Listing, author: Actor) -> NewPost:
    post = listing.post
    return NewPost(
        uri=post.uri,
        kind="listing",
        local=False,
        author_id=author.id,
        url=post.url,
        audience=post.audience,
        content=post.content,
        language=post.language,
        published_at=post.published_at,
    )


def same(first: Agreement, second: Agreement) -> bool:
    """Whether two servers have the same agreement; what came to nothing has no terms any more."""

    def key(one: Agreement) -> tuple[object, ...]:
        terms = replace(one.terms, points=None, currency=None)
        if one.state not in (*agreements.LIVE, "done"):
            return (one.state,)
        return one.uri, one.state, terms, one.verified, one.offer_uri if one.state in agreements.OPEN else ""

    return key(first) == key(second)
