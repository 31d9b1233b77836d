"""Events of the database → what is sent to whom: a fixed number of queries, however many events and watchers there are.

Who sees what is asked of `models/timelines` and `models/news/notifications`, where the lists of the API get it from.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain

import orjson

from models import timelines
from models.news import notifications
from models.posts import conversations
from models.relations import reactions
from models.store.background.stream_events import StreamEvent
from models.store.database import Connection
from models.timelines import PublicPost, TimelineEntry
from web.api.entities.conversations import load_conversations
from web.api.entities.notifications import OURS_ALONE, load_notifications
from web.api.entities.values import EntityContext
from web.api.streaming.messages import Delivery, Message
from web.api.streaming.rendering import Rendered, render
from web.api.streaming.streams import PRIVATE, Stream
from web.api.streaming.subscribers import Subscriber

Watched = Mapping[Stream, Set[Subscriber]]
"""The streams that somebody watches, and who does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUpdates:
    """Posts and shares that were stored or edited, as lines of timelines, and who may see each.

    `shares` are those of edited posts: where only a share stands, its reader is told of the edit as well.
    """

    entries: dict[int, TimelineEntry]
    shares: dict[int, list[int]]
    homes: dict[int, set[int]]
    lists: dict[int, set[int]]
    public: dict[int, PublicPost]
    hidden: dict[int, set[int]]

    def list_shown(self) -> list[TimelineEntry]:
        """What somebody who watches may see, edited posts for the sake of their shares."""
        return [entry for id, entry in self.entries.items() if id in self.public or self.find_streams(id)]

    def find_streams(self, id: int) -> list[Stream]:
        """The homes and lists in which this stands, itself or shared."""
        ids = (id, *self.shares.get(id, ()))
        homes = {reader_id for id in ids for reader_id in self.homes.get(id, ())}
        lists = {list_id for id in ids for list_id in self.lists.get(id, ())}
        return [*(Stream("user", id) for id in homes), *(Stream("list", id) for id in lists)]


async def load_deliveries(
    conn: Connection, look: EntityContext, watched: Watched, events: Sequence[StreamEvent]
) -> list[Delivery]:
    """What those who watch are told of these events, in their order; of one that repeats itself once."""
    told = list({(event.kind, event.object_id): event for event in events}.values())
    news = await _load_news(conn, watched, told)
    rendered = await render(conn, look, news.list_shown(), list_readers(watched))
    deliveries = await _load_notifications(conn, look, watched, told)
    deliveries += await _load_conversations(conn, look, watched, told)
    for event in told:
        match event.kind:
            case "post" | "share" | "edit":
                deliveries += _deliver_news(event, news, rendered)
            case "delete":
                deliveries.append(_deliver_end(event, watched))
            case "filters":
                changed = Message("filters_changed", None)
                deliveries.append(Delivery(streams=[Stream("user", event.object_id)], message=changed))
            case "notification":
                pass
    return deliveries


def list_readers(watched: Watched) -> set[int | None]:
    """Who watches, by row id; None for applications alone."""
    return {watcher.token.actor_id for watchers in watched.values() for watcher in watchers}


def _list_of(watched: Watched, *kinds: str) -> list[int]:
    return list({stream.of for stream in watched if stream.kind in kinds and isinstance(stream.of, int)})


def _list_object_ids(events: Sequence[StreamEvent], kind: str) -> list[int]:
    return [event.object_id for event in events if event.kind == kind]


async def _load_news(conn: Connection, watched: Watched, events: Sequence[StreamEvent]) -> StatusUpdates:
    edited = _list_object_ids(events, "edit")
    post_ids = _list_object_ids(events, "post") + edited
    entries = {id: TimelineEntry(id=id, post_id=id, shared_by=None) for id in post_ids}
    shared = await _load_shares(conn, _list_object_ids(events, "share"))
    shares_of_edited = await reactions.list_share_ids(conn, edited) if edited else {}
    share_ids = [*shared, *chain.from_iterable(shares_of_edited.values())]
    public, hidden = await _load_public(conn, watched, post_ids)
    homes, lists = _list_of(watched, "user"), _list_of(watched, "list")
    return StatusUpdates(
        entries=entries | shared,
        shares=shares_of_edited,
        homes=await timelines.list_home_readers(conn, homes, post_ids=post_ids, share_ids=share_ids),
        lists=await timelines.list_lists_with(conn, lists, post_ids=post_ids, share_ids=share_ids),
        public=public,
        hidden=hidden,
    )


async def _load_shares(conn: Connection, ids: list[int]) -> dict[int, TimelineEntry]:
    found = await reactions.list_shares_by_ids(conn, ids) if ids else {}
    return {id: TimelineEntry(id=id, post_id=share.post_id, shared_by=share.actor_id) for id, share in found.items()}


async def _load_public(
    conn: Connection, watched: Watched, post_ids: list[int]
) -> tuple[dict[int, PublicPost], dict[int, set[int]]]:
    """Those of these posts that stand in public streams, and which of their readers see nothing of each author."""
    streams = {stream: watchers for stream, watchers in watched.items() if stream.kind not in PRIVATE}
    found = await timelines.list_public_posts(conn, post_ids) if streams else []
    readers = [id for id in list_readers(streams) if id is not None]
    hidden = await timelines.list_hidden(conn, list({post.author_id for post in found}), readers)
    return {post.id: post for post in found}, hidden


def _deliver_news(event: StreamEvent, news: StatusUpdates, rendered: Mapping[int, Rendered]) -> list[Delivery]:
    status = rendered.get(event.object_id)
    if status is None:
        return []
    name = "status.update" if event.kind == "edit" else "update"
    message, for_apps = Message(name, status.for_members), Message(name, status.for_apps)
    personal = {reader_id: Message(name, body) for reader_id, body in status.personal.items()}
    deliveries = [
        Delivery(
            streams=news.find_streams(event.object_id),
            message=message,
            personal=personal,
            not_for=frozenset(status.hidden["home"]),
        )
    ]
    post = news.public.get(event.object_id)
    if post is not None:
        deliveries.append(
            Delivery(
                streams=list_public_streams(post),
                message=message,
                for_apps=for_apps,
                personal=personal,
                not_for=frozenset(status.hidden["public"].union(news.hidden.get(post.author_id, ()))),
            )
        )
    return deliveries


def list_public_streams(post: PublicPost) -> list[Stream]:
    """In which public streams this post stands."""
    streams = [Stream("public"), Stream("public:local" if post.local else "public:remote")]
    if post.with_media:
        streams += [Stream("public:media"), Stream("public:local:media" if post.local else "public:remote:media")]
    for tag in post.tags:
        streams += [Stream("hashtag", tag), Stream("hashtag:local", tag)] if post.local else [Stream("hashtag", tag)]
    return streams


def _deliver_end(event: StreamEvent, watched: Watched) -> Delivery:
    """A bare id: to all whose lists may have it, or to the few who could know of it."""
    gone = Message("delete", str(event.object_id).encode())
    if event.reader_ids is not None:
        return Delivery(streams=[Stream("user", reader_id) for reader_id in event.reader_ids], message=gone)
    streams = [stream for stream in watched if stream.kind not in {"user:notification", "direct"}]
    return Delivery(streams=streams, message=gone, for_apps=gone)


async def _load_notifications(
    conn: Connection, look: EntityContext, watched: Watched, events: Sequence[StreamEvent]
) -> list[Delivery]:
    """Before the statuses: a client that shows both has what it was told of."""
    ids = [event.object_id for event in events if event.kind == "notification"]
    recipients = _list_of(watched, "user", "user:notification")
    if not ids or not recipients:
        return []
    deliveries: list[Delivery] = []
    for found in await notifications.list_by_ids(conn, ids, recipients):
        if found.type in OURS_ALONE:
            continue
        for value in await load_notifications(conn, look, [found], found.recipient_id):
            deliveries.append(
                Delivery(
                    streams=[Stream("user", found.recipient_id), Stream("user:notification", found.recipient_id)],
                    message=Message("notification", orjson.dumps(value)),
                    scope="read:notifications",
                )
            )
    return deliveries


async def _load_conversations(
    conn: Connection, look: EntityContext, watched: Watched, events: Sequence[StreamEvent]
) -> list[Delivery]:
    """The conversations that go on with a private note, each for its owner."""
    owners = _list_of(watched, "direct")
    ids = [event.object_id for event in events if event.kind == "post"]
    deliveries: list[Delivery] = []
    for found in await conversations.list_going_on(conn, ids, owners) if ids and owners else []:
        for value in await load_conversations(conn, look, [found], found.owner_id):
            message = Message("conversation", orjson.dumps(value))
            deliveries.append(Delivery(streams=[Stream("direct", found.owner_id)], message=message))
    return deliveries
