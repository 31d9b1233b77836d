"""Rows about exchanges as the structs that are answered (pure)."""

from collections.abc import Callable, Iterable, Mapping

from federation.texts.html_cleaner import from_text, to_text
from federation.uris import web_address
from models.exchanges import agreements as models
from models.exchanges.agreements import Role
from models.exchanges.exchanges import Event
from models.exchanges.own_exchanges import MyExchange
from models.listings.listings import ListingMode
from models.listings.unavailabilities import Calendar
from models.people.actors import Actor
from models.posts import Post
from models.posts.media.media import Media
from models.settings import Site
from outbox.exchanges.acts import list_steps
from web.api.declic.exchanges.response_schemas import (
    Agreement,
    Counterpart,
    Subject,
    TakenDays,
    TakenRange,
    Terms,
    Thread,
    ThreadEntry,
    ThreadLine,
)
from web.api.declic.serializers import build_photo, write_amount
from web.api.entities.accounts import write_acct
from web.api.entities.values import write_moment, write_moment_or_none
from web.rendering.error_messages.lookup import reword
from web.rendering.paths import exchange_path


def build_line(site: Site, one: MyExchange, other: Actor) -> ThreadLine:
    """A thread in a list."""
    return ThreadLine(
        id=str(one.id),
        url=site.url + exchange_path(one.id),
        role="owner" if one.own else "partner",
        listing=Subject(
            id=str(one.listing_id),
            title=one.title,
            kind=one.kind,
            mode=one.mode,
            status=one.status,
            withdrawn=one.gone,
        ),
        other=build_counterpart(other),
        unread=one.unread,
        updated_at=write_moment(one.last_at),
        state=one.state,
        your_turn=one.turn,
        to_confirm=one.confirm,
        begins_at=write_moment_or_none(one.begins_at),
        ends_at=write_moment_or_none(one.ends_at),
        held_until=write_moment_or_none(one.held_until),
    )


def build_counterpart(other: Actor) -> Counterpart:
    """The other one; of a guest nothing but a name."""
    if other.guest:
        return Counterpart(name=other.display_name, id=None, acct=None, url=None)
    return Counterpart(
        name=other.display_name,
        id=str(other.id),
        acct=write_acct(other),
        url=web_address(other.url, other.uri),
    )


def build_thread(line: ThreadLine, held: Iterable[Agreement], *, muted: bool, closed: bool) -> Thread:
    """A thread with everything that was agreed."""
    fields = {name: getattr(line, name) for name in ThreadLine.__struct_fields__}
    return Thread(**fields, muted=muted, closed=closed, agreements=list(held))


def build_agreement(
    held: models.Agreement,
    role: Role,
    mode: ListingMode,
    reports: Iterable[models.CompletionReport],
    say: Callable[[str], str],
) -> Agreement:
    """An agreement as one of the two sees it, with what she may do and may still report; `say` is her language."""
    made = [one for one in reports if one.agreement_id == held.id]
    mine, theirs = held.owner_reported_at is not None, held.partner_reported_at is not None
    if role == "partner":
        mine, theirs = theirs, mine
    return Agreement(
        id=str(held.id),
        state=held.state,
        terms=build_terms(held.terms),
        yours=held.proposed_by == (held.owner_id if role == "owner" else held.partner_id),
        offer=held.offer_uri,
        accepted=held.accepted_uri is not None and role == "partner",
        held_until=write_moment_or_none(held.held_until),
        reason=reword(held.reason, say),
        you_reported=mine,
        they_reported=theirs,
        verified=held.verified,
        verbs=models.list_verbs(held, role),
        steps=list_steps(held, role, mode, made),
        created_at=write_moment(held.created_at),
        updated_at=write_moment(max(held.updated_at, held.created_at)),
    )


def build_terms(terms: models.Terms) -> Terms:
    """What is proposed."""
    return Terms(
        begins_at=write_moment_or_none(terms.begins_at),
        ends_at=write_moment_or_none(terms.ends_at),
        quantity=write_amount(terms.quantity) or "1",
        unit=terms.unit,
        place=terms.place,
        in_return=terms.in_return,
        amount=write_amount(terms.amount),
        points=terms.points,
        note=terms.note,
    )


def build_message(site: Site, post: Post, photos: Mapping[int, list[Media]], me: int) -> ThreadEntry:
    """A message; the names of whom it is for were left out before."""
    return ThreadEntry(
        id=str(post.id),
        kind="message",
        yours=post.author_id == me,
        at=write_moment(post.published_at),
        text=to_text(post.content),
        content=post.content,
        photos=[build_photo(site, photo) for photo in photos.get(post.id, [])],
        agreement_id=None,
        terms=None,
    )


def build_event(event: Event, me: int, say: Callable[[str], str]) -> ThreadEntry:
    """Something that happened; words to or from a guest are a message."""
    text, kept = reword(str(event.details.get("text", "")), say), event.details.get("terms")
    return ThreadEntry(
        id=str(event.id),
        kind="message" if event.kind == "said" else event.kind,
        yours=None if event.actor_id is None else event.actor_id == me,
        at=write_moment(event.created_at),
        text=text,
        content=from_text(text),
        photos=[],
        agreement_id=None if event.agreement_id is None else str(event.agreement_id),
        terms=build_terms(models.read_terms(kept)) if kept is not None else None,
    )


def build_calendar(calendar: Calendar, *, dated: bool) -> TakenDays:
    """When a listing is taken."""
    return TakenDays(
        dated=dated,
        known=calendar.known,
        told_at=write_moment_or_none(calendar.told_at),
        ranges=[
            TakenRange(begins_at=write_moment(one.begins_at), ends_at=write_moment(one.ends_at))
            for one in calendar.ranges
        ],
    )
