"""The one door out: an activity is kept as it will be said, and its deliveries with it, or neither."""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.documents.serialize import serialize
from federation.json.fields import PUBLIC
from federation.vocabulary.activities.activities import Activity
from models.moderation import unpublished_posts
from models.people.actors import Actor
from models.personal_data import account_erasure
from models.store.database import Connection
from models.traffic.outbound import activities, deliveries, personal_answers, unreached_inboxes
from models.traffic.outbound.activities import NewActivity
from models.traffic.outbound.inboxes import Inbox, schedule_to
from models.traffic.outbound.personal_answers import AnswerTo


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Whom an activity goes to: these people, the followers of these actors, everybody who holds this object.

    `all_who_know` is everybody who may know the sender, for her last word. `but_markets` leaves marketplaces out among
    the holders: they read no Update. `but_unreached` leaves out where nothing about the object can have arrived.

    Local people need nothing: their timelines are queries.
    """

    named_ids: tuple[int, ...] = ()
    followed_ids: tuple[int, ...] = ()
    holders_of: str | None = None
    but_markets: bool = False
    all_who_know: bool = False
    inboxes: tuple[Inbox, ...] = ()
    but_unreached: bool = False


async def send(
    conn: Connection,
    sender: Actor,
    activity: Activity,
    recipients: Recipients,
    *,
    about: str | None = None,
    listed: bool = True,
) -> str:
    """Keep the activity and queue it, in the caller's transaction; its JSON.

    `about` is the id of the object that it concerns, by which it is found again. What is not `listed` stands in no
    outbox, although it is public: it says again what another activity said. Of a post that waits for a look nothing
    is kept nor sent, whatever its author does with it meanwhile.
    """
    body = serialize(activity).decode()
    if about is not None and await unpublished_posts.is_unheard_of(conn, about):
        return body
    activity_id = await activities.save(conn, _describe(sender, activity, body, about=about, listed=listed))
    await _queue(conn, sender, activity_id, recipients)
    if recipients.but_unreached and about is not None:
        await unreached_inboxes.leave_out(conn, activity_id, about)
    return body


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalAnswer:
    """What one of ours answers to one person, who asked: neither a post nor about terms."""

    sender: Actor
    activity: Activity
    recipient_id: int


async def send_answers(conn: Connection, answers: Sequence[PersonalAnswer]) -> None:
    """Keep and queue all these as `send` does with each, in the caller's transaction and in few statements."""
    ids = await activities.save_many(
        conn,
        [
            _describe(one.sender, one.activity, serialize(one.activity).decode(), about=None, listed=True)
            for one in answers
        ],
    )
    await personal_answers.schedule_each(
        conn,
        [
            AnswerTo(activity_id=id, actor_id=one.sender.id, named_id=one.recipient_id)
            for id, one in zip(ids, answers, strict=True)
        ],
    )


def _describe(sender: Actor, activity: Activity, body: str, *, about: str | None, listed: bool) -> NewActivity:
    return NewActivity(
        uri=activity.id,
        type=type(activity).__name__,
        actor_id=sender.id,
        object_uri=about,
        public=listed and (PUBLIC in activity.to or PUBLIC in activity.cc),
        body=body,
    )


async def _queue(conn: Connection, sender: Actor, activity_id: int, recipients: Recipients) -> None:
    if recipients.named_ids or recipients.followed_ids:
        await deliveries.schedule(
            conn,
            activity_id=activity_id,
            actor_id=sender.id,
            named_ids=list(recipients.named_ids),
            followed_ids=list(recipients.followed_ids),
        )
    if recipients.holders_of is not None:
        await deliveries.schedule_to_recipients_of(
            conn,
            activity_id=activity_id,
            actor_id=sender.id,
            object_uri=recipients.holders_of,
            but_markets=recipients.but_markets,
        )
    if recipients.all_who_know:
        await account_erasure.schedule_deletes(conn, activity_id=activity_id, actor_id=sender.id)
    if recipients.inboxes:
        await schedule_to(conn, list(recipients.inboxes), activity_id=activity_id, actor_id=sender.id)
