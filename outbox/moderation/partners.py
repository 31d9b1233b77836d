"""Whoever is in an exchange with somebody who is suspended or excluded: told by the cooperative, and let out of it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from models.exchanges import agreements, exchanges
from models.exchanges.agreements.departed import Pending
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.exchanges.agreements import departed_partners, endings
from outbox.posts import notes
from outbox.threads import notices
from outbox.threads.agreement_context import find_context

MOST = 500
"""So many exchanges of one person are looked at; nobody has more at once."""

STOPPED = {
    "fr": "La coopérative a suspendu le compte de {name}. Votre échange à propos de « {title} » reste lisible. Vous "
    "pouvez l’annuler sans aucun reproche ; ce qui est prêté reste à rendre.",
    "en": "The cooperative has suspended the account of {name}. Your exchange about “{title}” can still be read. You "
    "may cancel it, and nobody will blame you; what is on loan is still to be given back.",
}
RESUMED = {
    "fr": "Le compte de {name} n’est plus suspendu. Votre échange à propos de « {title} » peut continuer.",
    "en": "The account of {name} is no longer suspended. Your exchange about “{title}” can go on.",
}


async def tell_partners(conn: Connection, site: Site, actor: Actor, *, stopped: bool, excluded: bool) -> int:
    """Say in each thread in which something goes on that this person is suspended, or no more; how many.

    To people of ours it stands in the thread, and their apps and mails tell of it; to others the cooperative writes.
    Days held with somebody who is `excluded` are free first.
    """
    going_on = await agreements.list_pending(conn, actor.id, limit=MOST)
    if excluded:
        await _free_days(conn, site, actor, going_on)
    first = {pending.exchange_id: pending for pending in reversed(going_on)}
    for pending in first.values():
        await _tell(conn, site, actor, pending, stopped=stopped)
    return len(first)


async def _tell(conn: Connection, site: Site, actor: Actor, pending: Pending, *, stopped: bool) -> None:
    thread = await exchanges.get_for(conn, pending.exchange_id, actor.id)
    other = await actors.get(conn, thread.other_of(actor.id))
    if not other.local and not other.guest:
        words = (STOPPED if stopped else RESUMED)["fr"].format(name=actor.display_name, title=pending.title)
        await _write(conn, site, other, words)
        return
    # What she has not read of somebody who is suspended is nothing that a mail should bring her now.
    await exchanges.mark_read(conn, thread.id, other.id, thread.last_id)
    id = await exchanges.add_event(
        conn,
        thread.id,
        "stopped" if stopped else "resumed",
        agreement_id=pending.id,
        actor_id=actor.id,
    )
    if id is not None:
        await notices.notify(conn, site, await find_context(conn, await agreements.get(conn, pending.id)), id)


async def _write(conn: Connection, site: Site, other: Actor, words: str) -> None:
    coop = await actors.find_local(conn, "coop")
    if coop is None or coop.deleted_at is not None:
        return
    draft = notes.NoteDraft(text=f"@{other.handle} {words}", audience="direct", language="fr", handles=(other.handle,))
    await notes.publish(conn, site, coop, draft)


async def _free_days(conn: Connection, site: Site, actor: Actor, going_on: Sequence[Pending]) -> None:
    """End what was asked for or settled and has not begun.

    What was handed over already is still to be given back, so that it stays until one of the two says so.
    """
    for pending in going_on:
        begun = pending.begins_at is not None and pending.begins_at <= datetime.now(UTC)
        if pending.state != "agreed" or not begun:
            await leave(conn, site, actor, pending)


async def leave(conn: Connection, site: Site, actor: Actor, pending: Pending) -> bool:
    """End it by the rules by which she could end it herself, so that the other server frees the days too."""
    held = await agreements.get(conn, pending.id)
    role = held.role_of(actor.id)
    if not actor.local or role is None:
        return await departed_partners.end(conn, site, actor, held.id)
    verb = next((verb for verb in agreements.list_verbs(held, role) if verb in endings.ENDINGS), None)
    match verb:
        case "refuse":
            await endings.refuse(conn, site, actor, held)
        case "withdraw":
            await endings.withdraw(conn, site, actor, held)
        case "cancel":
            await endings.cancel(conn, site, actor, held)
        case _:
            return await departed_partners.end(conn, site, actor, held.id)
    return True
