"""One agreement about to change: opened under its lock, asked whether it may, kept with an event, told to the other."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from federation.vocabulary.activities.activities import Activity
from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements, exchanges, reserves
from models.exchanges.agreements import Agreement, State, Terms
from models.exchanges.agreements.state_machine import Verb, is_own
from models.exchanges.exchanges import EventKind
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.repairs.bookings import next_slots, visit_places
from models.repairs.results.notes import RepairNote, write_note
from models.settings import Site
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.builders.activities.update import build_agreement_update
from outbox.builders.objects.agreement import AgreementContext
from outbox.builders.texts.terms import write_act
from outbox.threads import notices
from outbox.threads.terms_in_words import Beside, find_language, tidy, write_by_itself, write_to
from outbox.traffic.send import Recipients, send

TEXT_LIMIT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What comes with an act: words; from elsewhere also the id of the activity and of the Offer that it answers.

    `post_id` is the message in which somebody said so, `others` a word for those who are not chosen, `note` what came
    out of a repair, told `at` that moment by a server elsewhere.
    """

    text: str = ""
    uri: str | None = None
    offer_uri: str | None = None
    post_id: int | None = None
    others: str = ""
    note: RepairNote | None = None
    at: datetime | None = None


NOTHING = Said()

FREEING: tuple[EventKind, ...] = ("countered", "refused", "withdrawn", "cancelled", "expired", "back", "done")
"""What may leave days free that were not: those who wait for some are looked at again."""


async def lock_context(conn: Connection, id: int) -> AgreementContext:
    """The agreement as it is, its listing locked until the transaction ends. Raises NotFound."""
    await agreements.lock_listing(conn, (await agreements.get(conn, id)).listing_id)
    return await find_context(conn, await agreements.get(conn, id))


async def find_context(conn: Connection, held: Agreement) -> AgreementContext:
    """The agreement with its listing and the two people."""
    listing = await listings.find_by_post(conn, held.listing_id)
    if listing is None:
        raise NotFound
    owner, partner = await actors.get(conn, held.owner_id), await actors.get(conn, held.partner_id)
    return AgreementContext(listing=listing, owner=owner, partner=partner, agreement=held)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementChange:
    """What one of the two did: what it is called, the activity that says so, and the words that go with it.

    `before` are the terms in whose place others are proposed, `first` where nothing was on the table before. `post_id`
    is her message that said so, `note` what came out of a repair.
    """

    kind: EventKind
    activity: Activity
    text: str = ""
    before: Terms | None = None
    first: bool = False
    post_id: int | None = None
    note: RepairNote | None = None


async def record_act(conn: Connection, site: Site, case: AgreementContext, actor: Actor, act: AgreementChange) -> None:
    """Written down, and told to the other side if it is elsewhere.

    A server that reads no agreements gets a private note in words instead of the activity; guests read the thread.
    The event remembers the terms, the words, and the id under which is found what became of telling it.
    """
    other = case.other_of(actor)
    details: dict[str, Any] = {"activity": act.activity.id}
    if actor.local and not other.local and not other.guest:
        if case.reads(other):
            await send(conn, actor, act.activity, Recipients(named_ids=(other.id,)), about=act.activity.id)
        else:
            note = await write_to(
                conn, site, case, act.kind, actor, Beside(text=act.text, before=act.before, note=act.note)
            )
            details = {"activity": note.uri, "note": note.id}
    details |= {"text": act.text} if act.text else {}
    details |= {"answer": act.post_id} if act.post_id else {}
    details |= {"first": True} if act.first else {}
    details |= {"before": agreements.write_terms(act.before)} if act.before is not None else {}
    details |= {"result": write_note(act.note)} if act.note is not None else {}
    await keep(conn, site, case, act.kind, actor, details)


async def keep(
    conn: Connection,
    site: Site,
    case: AgreementContext,
    kind: EventKind,
    actor: Actor | None,
    details: dict[str, Any] | None = None,
) -> None:
    """Write the agreement and what happened to it, which members' apps are told; `actor` is None for the clock."""
    held = case.agreement
    await agreements.save(conn, held)
    if held.state not in agreements.LIVE and held.state != "done":
        await visit_places.forget(conn, held.id)
    if case.listing.details.slots_uri is not None and case.owner.local:
        await next_slots.renew(conn, case.listing, at=datetime.now(UTC))
    if kind in FREEING:
        await reserves.note_freed(conn, held.listing_id)
    id = await exchanges.add_event(
        conn,
        held.exchange_id,
        kind,
        agreement_id=held.id,
        actor_id=None if actor is None else actor.id,
        details={"terms": agreements.write_terms(held.terms)} | (details or {}),
    )
    if id is not None:
        await notices.notify(conn, site, case, id)


async def remind(conn: Connection, site: Site, agreement_id: int, kind: EventKind) -> None:
    """The clock says something, once, unless it was called off meanwhile; nothing of the agreement changes.

    To somebody whose server reads no agreements it is owed in words (`outbox/exchanges/reminders`), at an hour for
    that.
    """
    case = await lock_context(conn, agreement_id)
    held = case.agreement
    if held.state != "agreed":
        return
    details = {} if find_wordy(case) is None else {"owed": True}
    id = await exchanges.add_event(conn, held.exchange_id, kind, agreement_id=held.id, details=details)
    if id is not None:
        await notices.notify(conn, site, case, id)


def find_wordy(case: AgreementContext) -> Actor | None:
    """Whoever of the two is told in words alone, by one of ours."""
    for one in (case.owner, case.partner):
        if not one.local and not one.guest and not case.reads(one) and case.other_of(one).local:
            return one
    return None


async def send_current_state(
    conn: Connection, site: Site, case: AgreementContext, *, news: EventKind | None = None
) -> None:
    """How things stand, from the owner's server, which has the word, to a partner elsewhere.

    To somebody whose server reads no agreements only `news` are told, in words.
    """
    if not case.owner.local or case.partner.local or case.partner.guest:
        return
    if case.reads(case.partner):
        update = build_agreement_update(site, case)
        await send(conn, case.owner, update, Recipients(named_ids=(case.partner.id,)), about=update.id)
    elif news is not None:
        language = find_language(case)
        words = tidy(write_act(news, case.listing.details, case.agreement.terms, language))
        await write_by_itself(conn, site, case, case.owner, words)


async def answer_with_current_state(conn: Connection, site: Site, agreement: Agreement, *, anew: bool = False) -> None:
    """Somebody elsewhere did what does not fit: tell how things stand.

    `anew` with a moment of its own, where their copy is ahead of us: what is told as it was known before, it ignores.
    """
    case = await lock_context(conn, agreement.id)
    if anew and case.ours:
        case = replace(case, agreement=replace(case.agreement, updated_at=stamp(case)))
        await agreements.save(conn, case.agreement)
    await send_current_state(conn, site, case)


def require_next(case: AgreementContext, actor: Actor, verb: Verb, said: Said) -> State:
    """The state that follows. Raises NotFound for strangers, Conflict where it is not possible now."""
    held = case.agreement
    role = held.role_of(actor.id)
    if role is None:
        raise NotFound
    if said.offer_uri is not None and said.offer_uri != held.offer_uri:
        raise Conflict("terms_outdated")
    if role == "partner" and held.accepted_uri is not None and verb in ("accept", "counter", "refuse"):
        raise Conflict("already_accepted")
    follows = agreements.find_next(held.state, verb, role, own_terms=is_own(held, role))
    if follows is None:
        raise Conflict(f"agreement_{held.state}")
    return follows


def require_words(text: str) -> str:
    """What was typed, tidied. Raises Invalid."""
    text = NOT_TYPED.sub("", text).replace("\r\n", "\n").strip()
    if len(text) > TEXT_LIMIT:
        raise Invalid("message_too_long", most=TEXT_LIMIT, field="message")
    return text


def stamp(case: AgreementContext) -> datetime:
    """The moment of a change; only the owner's server has a clock that counts."""
    held = case.agreement.updated_at
    return agreements.next_moment(held) if case.ours else held
