"""How far something of ours has travelled: said to its author, since nothing between servers may fail in silence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiohttp import web

from federation.errors import Cause
from models import posts
from models.errors import NotFound
from models.news import mail_fallback
from models.news.mail_fallback import SILENCE, FinishedFallback
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, connection, transaction
from models.traffic.outbound import delivery_trace
from models.traffic.outbound.delivery_trace import DeliveryTrace
from outbox.traffic import resend
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.security.session import read_local_path, require_account

REACTIONS = ("Like", "Announce")
"""A like and a share, by the names of their activities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredServer:
    """A server where it has not arrived, and what people call it (`place`).

    Why: `kept` as the queue keeps it, `cause` for pages. And when it is tried again.
    `held` when it is not tried for now: the server has not answered for days, or the cooperative holds what is for it.
    `silent` when that has been so for a day.
    """

    host: str
    place: str
    kept: str
    cause: str | None
    due_at: datetime
    held: bool
    silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatus:
    """Servers that have it, those it is on its way to, and those that will not get it.

    `withheld` are those to which the cooperative sends nothing private: it never left. `by_mail` is what became of
    it by mail instead.
    """

    arrived: tuple[str, ...]
    waiting: tuple[UndeliveredServer, ...]
    failed: tuple[UndeliveredServer, ...]
    withheld: tuple[str, ...] = ()
    by_mail: FinishedFallback | None = None

    @property
    def total(self) -> int:
        """To how many servers it was to go."""
        return len(self.arrived) + len(self.waiting) + len(self.failed)

    @property
    def delayed(self) -> tuple[UndeliveredServer, ...]:
        """Those where a try failed and others follow."""
        return tuple(stop for stop in self.waiting if stop.kept or stop.held)

    @property
    def may_be_sent_again(self) -> bool:
        """Whether asking for another try changes anything."""
        return bool(self.failed or any(not stop.held for stop in self.delayed))


async def find_delivery_status(conn: Connection, object_uris: Sequence[str]) -> dict[str, DeliveryStatus]:
    """Where the newest activity about each of these objects stands."""
    if not object_uris:
        return {}
    found = await delivery_trace.list_traces(conn, object_uris)
    mailed = await mail_fallback.list_ended(conn, object_uris)
    return {uri: replace(classify_deliveries(rows), by_mail=mailed.get(uri)) for uri, rows in found.items()}


async def find_own_delivery(conn: Connection, post: Post, reader_id: int | None) -> DeliveryStatus | None:
    """Where the reader's own post stands; None for others', and for what never leaves."""
    if post.author_id != reader_id or post.audience == "coop":
        return None
    return (await find_delivery_status(conn, [post.uri]))[post.uri]


async def find_follow_request_delivery(
    conn: Connection, follower_id: int, followed: Iterable[Actor]
) -> dict[int, DeliveryStatus]:
    """Where the requests to follow these people stand, by their ids."""
    people = {actor.uri: actor.id for actor in followed if not actor.local}
    found = await delivery_trace.list_request_traces(conn, follower_id, list(people))
    return {people[uri]: classify_deliveries(rows) for uri, rows in found.items()}


async def find_reaction_delivery(conn: Connection, reader_id: int | None, post_uri: str) -> dict[str, DeliveryStatus]:
    """Where the reader's like (`Like`) and share (`Announce`) of a post stand, or their taking back."""
    if reader_id is None:
        return {}
    found = await delivery_trace.list_reaction_traces(conn, reader_id, post_uri, REACTIONS)
    return {type: classify_deliveries(found[type]) for type in REACTIONS if type in found}


def classify_deliveries(found: Iterable[DeliveryTrace]) -> DeliveryStatus:
    """Deliveries by what the author wants to know of them."""
    rows = list(found)
    return DeliveryStatus(
        arrived=tuple(row.place for row in rows if row.state == "done"),
        waiting=tuple(_stop(row) for row in rows if row.state in ("waiting", "held")),
        failed=tuple(_stop(row) for row in rows if row.state == "failed" and not _is_withheld(row)),
        withheld=tuple(row.place for row in rows if _is_withheld(row)),
    )


def _is_withheld(row: DeliveryTrace) -> bool:
    return row.state == "failed" and row.cause == Cause.WITHHELD


def _stop(row: DeliveryTrace) -> UndeliveredServer:
    return UndeliveredServer(
        host=row.host,
        place=row.place,
        kept=row.error or "",
        cause=row.cause,
        due_at=row.due_at,
        held=row.state == "held",
        silent=row.created_at <= datetime.now(UTC) - SILENCE,
    )


async def post_send_again(request: web.Request) -> web.Response:
    """POST /envois/ID/renvoyer: the author of a post has it sent again where it did not arrive."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        found = await posts.list_by_ids(conn, [read_id(request.match_info["id"])])
    if not found or found[0].author_id != account.actor_id or found[0].deleted_at is not None:
        raise NotFound
    async with transaction(instance.pool) as conn:
        await resend.send_post(conn, found[0], at=datetime.now(UTC))
    raise web.HTTPSeeOther(read_local_path(form.typed("back"), "/moi"))


async def post_request_again(request: web.Request) -> web.Response:
    """POST /abonnements/renvoyer: a request to follow is sent again where it did not arrive."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        followed = await actors.get(conn, read_id(form.typed("actor")))
        me = await actors.get(conn, account.actor_id)
        await resend.send_request(conn, me, followed, at=datetime.now(UTC))
    raise web.HTTPSeeOther("/abonnements")
