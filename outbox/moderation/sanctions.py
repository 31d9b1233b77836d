"""What follows from decisions about a person and her posts: here, and for those elsewhere who have copies."""

from datetime import UTC, datetime

from federation.instance import Instance
from models.lazy import lazily
from models.moderation import decision_deadlines, decisions, excluded_addresses, hidden_posts
from models.moderation.decisions import ModerationDecision
from models.moderation.sanctions import Changed, refresh
from models.people import accounts, actors
from models.people.actors import Actor
from models.relations import follows
from models.settings import Site
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection, transaction
from models.traffic import backfills
from models.traffic.outbound import hidden_deliveries, unreached_inboxes
from outbox.each_in_transaction import run_each
from outbox.traffic.send import Recipients

with lazily():  # for what a decision changed
    from outbox.moderation import first_showing, partners, withholding
    from outbox.people import accounts as outbox_accounts
    from outbox.people import profiles

AT_ONCE = 50
"""So many posts are told of with the decision itself, and so many authors by a run of the chore."""


async def apply_decisions(conn: Connection, site: Site, actor_id: int) -> None:
    """Bring this actor and her posts to the state that the decisions in force and what is held say.

    Called after a decision takes effect, is taken back or ends, and after a held post is released. Again changes
    nothing: only what became otherwise is told. Of more than AT_ONCE posts the chore `tell_hidden_posts` tells the
    rest.
    """
    changed = await refresh(conn, actor_id)
    await hidden_posts.tell_streams(conn, changed.hidden, changed.shown)
    actor = await actors.get(conn, actor_id)
    if not await actors.is_published(conn, actor_id) or actor.deleted_at is not None:
        return  # who was never let in is missing to everybody, and nobody is told
    await _tell(conn, site, actor, changed)


async def _tell(conn: Connection, site: Site, actor: Actor, changed: Changed) -> None:
    await hidden_deliveries.cancel_hidden(
        conn, changed.hidden
    )  # at once, however many they are; also what others share
    await unreached_inboxes.resume_untold(conn, changed.shown)
    if actor.local:
        if changed.suspended is not None:
            everybody = Recipients(followed_ids=(actor.id,), all_who_know=True)  # some have her listings by a stream
            await profiles.announce_update(conn, site, actor, to=everybody)
        await first_showing.announce_first(conn, site, actor, changed.shown)
        await withholding.tell_untold(conn, site, actor, limit=AT_ONCE)
    elif changed.suspended is False and await follows.list_local_followers(conn, actor.id):
        await backfills.ask(conn, actor.id)  # what was left alone meanwhile
    if changed.suspended is not None:
        await partners.tell_partners(conn, site, actor, stopped=changed.suspended, excluded=bool(changed.excluded))
    elif changed.excluded:
        await partners.tell_partners(conn, site, actor, stopped=True, excluded=True)


async def take_back(
    conn: Connection, site: Site, decision: ModerationDecision, *, by: int | None, words: str = ""
) -> bool:
    """A decision holds no more, and what it did is undone whole. False where that was so already."""
    if not await decisions.take_back(conn, decision.id, by, words):
        return False
    if decision.actor_id is not None:
        await apply_decisions(conn, site, decision.actor_id)
    return True


async def end_decisions(instance: Instance) -> int:
    """Lift what was decided for a time that is over; a chore. How many."""
    async with transaction(instance.pool) as conn:
        ended = await decision_deadlines.claim_ended(conn)
        # In one order, so that two who lift for the same people never wait for each other.
        for actor_id in sorted({one.actor_id for one in ended if one.actor_id is not None}):
            await apply_decisions(conn, instance.site, actor_id)
    return len(ended)


async def tell_hidden_posts(instance: Instance) -> None:
    """Tell others of the posts that were put away or shown again and were too many to be told of at once; a chore."""
    async with connection(instance.pool) as conn:
        author_ids = await hidden_posts.list_untold_authors(conn, limit=AT_ONCE)

    async def tell(conn: Connection, author_id: int) -> None:
        await withholding.tell_untold(conn, instance.site, await actors.get(conn, author_id), limit=AT_ONCE)

    require_whole(await run_each(instance.pool, "author", {id: id for id in author_ids}, tell))


async def erase_excluded(instance: Instance, *, at: datetime | None = None) -> None:
    """End the accounts of those whose exclusion can no longer be appealed, as if they had left; a chore.

    The decision and its reasons stay: who was excluded, by which rule, and what she wrote against it; of the address a
    hash, by which the team is told if she comes back.
    """
    async with connection(instance.pool) as conn:
        due = await decision_deadlines.list_final_exclusions(conn, at=at or datetime.now(UTC), limit=AT_ONCE)

    async def erase(conn: Connection, actor_id: int) -> None:
        await refresh(conn, actor_id)
        actor = await actors.get(conn, actor_id)
        if actor.excluded_at is not None and actor.deleted_at is None:
            await excluded_addresses.keep(conn, actor_id, (await accounts.get(conn, actor_id)).email)
            await outbox_accounts.delete(conn, instance.site, actor)

    require_whole(await run_each(instance.pool, "excluded", {id: id for id in due}, erase))
