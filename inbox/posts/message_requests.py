"""Who may write to our people unasked, and what waits until she lets it in: judged for each reader alone (B-57)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from federation.texts.html_cleaner import to_text
from federation.vocabulary.activities.activities import Offer
from inbox.errors import Held, Ignored
from inbox.exchanges.agreements import read_reason
from models.listings.listings import Listing
from models.people.actors import Actor
from models.posts import PUBLIC, NewPost, Post, message_requests
from models.posts.message_requests import NewRequest, known_senders, news
from models.posts.message_requests.known_senders import ANSWERS_OF_HOST, ANSWERS_OF_ONE, SenderRelation, SenderStanding
from models.store.background import jobs
from models.store.database import Connection
from models.traffic.inbound.incoming_context import IncomingContext
from outbox.moderation.message_requests import JOB

Verdict = Literal["arrives", "waits", "dropped"]

TEXT_LIMIT = 5000
"""So many characters of it are read before it is let in."""

FILES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What becomes of a post for each of our people whom it is for.

    `accepted`: it is kept for somebody, or is a stranger's answer that is for nobody of ours. `arrived` are those to
    whom it comes though it waited for them before.
    """

    accepted: bool
    waiting: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    arrived: tuple[int, ...] = ()

    @property
    def left_out(self) -> frozenset[int]:
        """Those who do not get it, or not yet."""
        return frozenset((*self.waiting, *self.dropped))


def judge(writer: SenderStanding, tie: SenderRelation) -> Verdict:
    """What becomes of what a writer from elsewhere wrote, for one reader. All the rules stand here, and only here."""
    if tie.has_it:
        return "arrives"
    if tie.barred:
        return "dropped"
    if tie.welcome or _know_each_other(tie):
        return "arrives"
    if tie.welcome is False:
        return "dropped"
    if writer.known or (tie.answers and _is_moderate(writer)):
        return "arrives"
    return "waits" if tie.member else "dropped"


def _know_each_other(tie: SenderRelation) -> bool:
    return tie.follows or tie.exchanged or tie.wrote or tie.named


def _is_moderate(writer: SenderStanding) -> bool:
    return writer.answers < ANSWERS_OF_ONE and writer.answers_of_host < ANSWERS_OF_HOST


async def judge_note(conn: Connection, author: Actor, new: NewPost, arrival: IncomingContext) -> Standing:
    """What becomes of a post from elsewhere for each of our people whom it names, addresses or answers."""
    reader_ids = set(arrival.local_ids)
    if arrival.parent_local and arrival.parent_author_id is not None and new.audience in PUBLIC:
        reader_ids.add(arrival.parent_author_id)
    if arrival.followed and not reader_ids:
        return Standing(accepted=True)
    writer = SenderStanding(known=True) if arrival.followed else await known_senders.load_sender(conn, author.id)
    if not reader_ids:
        return Standing(accepted=writer.known or _is_moderate(writer))
    ties = await known_senders.list_sender_relations(
        conn,
        author_id=author.id,
        reader_ids=sorted(reader_ids),
        uri=new.uri,
        in_reply_to=new.in_reply_to_uri,
        known=writer.known,
    )
    return _sum_up(writer, ties)


async def judge_about(conn: Connection, sender: Actor, uri: str, post: Post) -> Standing:
    """What becomes, for whoever wrote a post of ours, of something with this id that is about it."""
    writer = await known_senders.load_sender(conn, sender.id)
    ties = await known_senders.list_sender_relations(
        conn, author_id=sender.id, reader_ids=[post.author_id], uri=uri, in_reply_to=post.uri, known=writer.known
    )
    return _sum_up(writer, ties)


def _sum_up(writer: SenderStanding, ties: Sequence[SenderRelation]) -> Standing:
    verdicts = [(tie, judge(writer, tie)) for tie in ties]
    return Standing(
        accepted=any(verdict == "arrives" for _, verdict in verdicts),
        waiting=tuple(tie.reader_id for tie, verdict in verdicts if verdict == "waits"),
        dropped=tuple(tie.reader_id for tie, verdict in verdicts if verdict == "dropped"),
        arrived=tuple(tie.reader_id for tie, verdict in verdicts if verdict == "arrives" and tie.waits),
    )


async def screen_post(
    conn: Connection,
    author: Actor,
    new: NewPost,
    files: Sequence[tuple[str, str]],
    arrival: IncomingContext,
    *,
    kept: bool,
) -> Standing:
    """What becomes of it; what waits for some of them is written down where it is `kept` for others anyway.

    Raises Held where it only waits, Ignored where it is for nobody.
    """
    standing = await judge_note(conn, author, new, arrival)
    if standing.waiting:
        request = _write_request(new, files, arrival, standing.waiting)
        if not (kept or standing.accepted):
            raise Held(request)
        await keep(conn, request, author.host, received_id=None)
    elif not (kept or standing.accepted):
        raise Ignored("stranger_not_accepted")
    return standing


def _write_request(
    new: NewPost, files: Sequence[tuple[str, str]], arrival: IncomingContext, reader_ids: Sequence[int]
) -> NewRequest:
    """`new.content` is clean already, so that nothing of it can break whatever shows the text."""
    named, silent = set(new.mention_ids), set(new.silent_ids)
    return NewRequest(
        author_id=new.author_id,
        uri=new.uri,
        url=new.url,
        kind="note",
        private=new.audience not in PUBLIC,
        warning=new.warning,
        text=cut(to_text(new.content)),
        files=tuple(files[:FILES]),
        about_id=arrival.parent_id,
        readers=tuple((id, True if id in named else False if id in silent else None) for id in reader_ids),
    )


async def screen_request(conn: Connection, sender: Actor, listing: Listing, activity: Offer) -> None:
    """A stranger asks for a listing of ours. Raises Held where too many did today, Ignored for whoever is not heard."""
    standing = await judge_about(conn, sender, activity.id, listing.post)
    if standing.arrived:
        await message_requests.settle(conn, activity.id, standing.arrived)
    if standing.waiting:
        raise Held(
            NewRequest(
                author_id=sender.id,
                uri=activity.id,
                url=activity.id,
                kind="offer",
                private=True,
                warning="",
                text=cut(read_reason(activity.content)),
                files=(),
                about_id=listing.id,
                readers=((listing.post.author_id, None),),
            )
        )
    if not standing.accepted:
        raise Ignored("stranger_not_accepted")


def cut(text: str) -> str:
    """As much of a text as is read before it is let in."""
    return text if len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 1]}…"


async def keep(conn: Connection, request: NewRequest, host: str, *, received_id: int | None) -> bool:
    """Keep it for its readers and tell those who were not told yet. False where too much waits, or it is too long."""
    if not await message_requests.has_room(conn, request.author_id, host):
        return False
    if received_id is not None and not await message_requests.hold(conn, received_id):
        return False
    for reader_id in await message_requests.keep(conn, request, received_id):
        if reader_id is not None and await news.claim(conn, reader_id):
            await jobs.enqueue(conn, JOB, {"reader_id": reader_id}, key=f"{JOB}:{reader_id}")
    return True
