"""From what others wrote to what is stored: cleaned, cut to its limits, in the words of models/."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from typing import Any, get_args

from federation.json.fields import PUBLIC, amount
from federation.texts.hashtags import fold
from federation.texts.html_cleaner import clean, clean_text, from_text, is_long, to_text
from federation.uris import same_origin
from federation.vocabulary.embedded import Postlike, note_of
from federation.vocabulary.intents import Intent, Quantity
from federation.vocabulary.marketplace import FlohmarktOffer, Proposal, RepairDetails
from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import Note
from federation.vocabulary.places import Place
from inbox.meetings.events import read_end
from inbox.posts.contents import PLAIN, read_content, read_description
from models.listings import categories
from models.listings.listings import ClosedReason, ListingDetails, ListingKind, ListingMode, ListingStatus
from models.people.actors import Actor
from models.posts import Audience, NewPost, Tag
from models.posts.polls.polls import NewPoll
from outbox.builders.objects.proposal import CURRENCIES
from outbox.builders.texts.wording import MODES

TITLE_LIMIT = 200
WARNING_LIMIT = 500

_STATUSES: dict[str, ListingStatus] = {status.capitalize(): status for status in get_args(ListingStatus)}
_CLOSED_REASONS: dict[str | None, ClosedReason] = {reason: reason for reason in get_args(ClosedReason)}
_HASHTAGS = re.compile(r"<p>(?:\s*+<a (?=[^>]*?hashtag)[^>]*+>[^<]*+<span>[^<]*+</span></a>)++\s*+</p>")
"""A last line of nothing but hashtags."""


def read_audience(note: Note, author: Actor) -> Audience:
    """Who may read a post, by its addressees (OB5)."""
    if PUBLIC in note.to:
        return "network"
    if PUBLIC in note.cc:
        return "unlisted"
    if author.followers_uri and author.followers_uri in (*note.to, *note.cc):
        return "followers"
    return "direct"


def read_new_post(author: Actor, object: Postlike, known: dict[str, int]) -> NewPost:
    """The row of a post; `known` are row ids of the actors that it names or addresses, by their id."""
    note = note_of(object)
    listing = not isinstance(object, Note)
    audience = read_audience(note, author)
    named = {known[mention.href] for mention in note.mentions if mention.href in known}
    addressed = {known[uri] for uri in (*note.to, *note.cc) if uri in known}
    return NewPost(
        uri=note.id,
        kind="listing" if listing else "note",
        local=False,
        author_id=author.id,
        url=_own(note.url, note) or note.id,
        audience="territories" if listing and audience == "followers" else audience,
        content=read_content(object),
        warning=_read_warning(object),
        sensitive=note.sensitive,
        language=note.language,
        in_reply_to_uri=note.in_reply_to,
        context_uri=note.context,
        to_uris=note.to,
        cc_uris=note.cc,
        published_at=min(note.published or datetime.now(UTC), datetime.now(UTC)),
        updated_at=note.updated,
        tags=_read_tags(note),
        mention_ids=tuple(named),
        silent_ids=tuple(addressed - named),
        raw=note.raw,
    )


def _read_tags(note: Note) -> tuple[Tag, ...]:
    return tuple({fold(tag.name): Tag(tag=fold(tag.name), name=tag.name) for tag in note.hashtags}.values())


def _read_warning(object: Postlike) -> str:
    """What stands before a folded text; the `summary` of articles and events is no warning unless they say so."""
    note = note_of(object)
    warns = note.type in PLAIN or (note.sensitive and not isinstance(object, Event))
    return clean_text(note.summary, WARNING_LIMIT) if warns else ""


def read_new_poll(note: Note) -> NewPoll | None:
    """What a Question asks; None for everything else."""
    if note.poll is None:
        return None
    return NewPoll(
        options=tuple(option.name for option in note.poll.options),
        votes=tuple(option.votes or 0 for option in note.poll.options),
        multiple=note.poll.multiple,
        voters=note.poll.voters,
        ends_at=note.poll.ends,
        closed_at=note.poll.closed,
        hide_totals=all(option.votes is None for option in note.poll.options),
    )


def read_details(object: Postlike, content: str | None = None) -> ListingDetails | None:
    """What makes it a listing; None for an ordinary post. `content` is what `read_content` made of it, if it was."""
    if isinstance(object, Note):
        return None
    if isinstance(object, Event):
        return _read_event(object)
    said = read_content(object) if content is None else content
    return _read_proposal(object, said) if isinstance(object, Proposal) else _read_flohmarkt(object, said)


def _read_proposal(proposal: Proposal, content: str) -> ListingDetails:
    note, primary = proposal.note, proposal.publishes
    category = categories.read_category(primary.conforms_to) if primary.conforms_to else None
    counted = primary.quantity or Quantity(value=None)
    return ListingDetails(
        kind=_read_kind(proposal),
        mode=_read_mode(proposal),
        title=_read_title(primary.name or note.name, note),
        description=_read_description(proposal, content),
        category=category.slug if category else None,
        category_uri=primary.conforms_to,
        status=_STATUSES.get(proposal.status, "open"),
        closed_reason=_CLOSED_REASONS.get(proposal.closed_reason),
        stream_uri=note.audience,
        territory_uri=_own(proposal.territory, note),
        **_read_place(note.location),
        condition=proposal.condition,
        quantity=Decimal(1) if counted.value is None else counted.value,
        unit=counted.unit or "one",
        available_quantity=primary.available.value if primary.available else None,
        unit_based=proposal.unit_based,
        free_price=proposal.free_price or False,
        **_read_return(proposal.reciprocal),
        deposit=primary.deposit.quantity.value if primary.deposit else None,
        max_duration=primary.max_duration,
        begins_at=primary.has_beginning,
        ends_at=primary.has_end,
        expires_at=note.end_time,
        repair=_read_repair(proposal.repair),
        calendar_uri=_own(proposal.unavailabilities, note),
        slots_uri=_own(proposal.slots, note),
    )


def _read_kind(proposal: Proposal) -> ListingKind:
    if "RepairCall" in proposal.kinds:
        return "repair_call"
    return "request" if proposal.purpose == "request" else "offer"


def _read_mode(proposal: Proposal) -> ListingMode:
    """By its declared kind, else by what is done with the thing and what is asked for it."""
    for kind in proposal.kinds:
        if kind in MODES:
            return MODES[kind]
    match proposal.publishes.action.rpartition(":")[2]:
        case "transferCustody":
            return "loan"
        case "deliverService":
            return "service"
        case "transfer":
            return "sale" if _is_money(proposal.reciprocal) else "swap" if proposal.reciprocal else "gift"
        case _:
            return "other"


def _read_title(name: str, note: Note) -> str:
    """A name is plain text: nothing in it is a tag, whatever it looks like; pages escape it."""
    title = " ".join(name.split()) or clean_text(note.content, TITLE_LIMIT).partition("\n")[0].strip()
    return title[:TITLE_LIMIT] or note.id


def _read_description(proposal: Proposal, content: str) -> str:
    """The text alone. Long ones are cut in the content; flohmarkt's data has them whole."""
    note = proposal.note
    if note.type != "Note":
        return clean(note.content)
    stripped = _strip_frame(content, note.url or note.id)
    whole = proposal.flohmarkt.description.strip() if proposal.flohmarkt else ""
    if not whole or len(whole) <= len(to_text(stripped)):
        return stripped
    return from_text(whole)


def _strip_frame(content: str, url: str) -> str:
    """Without the title line before it, and the lines of facts and of hashtags after it; none are in very long texts.

    What is left is cleaned once more: where paragraphs stand inside other tags, a cut leaves these open.
    """
    end = content.find("</p>")
    if end < 0 or is_long(content) or not content.startswith("<p><strong>"):
        return content
    rest = content[end + len("</p>") :]
    last = rest.rfind("<p>")
    if last >= 0 and _HASHTAGS.fullmatch(rest, last):
        rest = rest[:last]
    facts = rest.rfind("<p>")
    if facts >= 0 and (f'href="{escape(url)}"' in rest[facts:] or "📍" in rest[facts:]):
        rest = rest[:facts]
    return clean(rest)


def _own(uri: str | None, note: Note) -> str | None:
    """A page, a territory or a calendar counts only when it is of the post's own server."""
    return uri if uri and same_origin(uri, note.id) else None


def _read_place(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    return {
        "place_name": (place.name or place.locality)[:200] or None,
        "postcode": place.postcode or None,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "radius": place.radius,
    }


def _read_venue(place: Place | None) -> dict[str, Any]:
    """Where an event is: a hall, and in which town."""
    found = _read_place(place)
    if place is not None and place.name and place.locality and place.locality.casefold() not in place.name.casefold():
        found["place_name"] = f"{place.name}, {place.locality}"[:200]
    return found


def _read_return(asked: Intent | None) -> dict[str, Any]:
    """What is given for it: money, or what is hoped for instead."""
    if asked is None:
        return {}
    if _is_money(asked):
        return {"price": asked.quantity.value if asked.quantity else None, "currency": "EUR"}
    return {"wants": asked.name or None}


def _is_money(intent: Intent | None) -> bool:
    return intent is not None and intent.conforms_to == CURRENCIES["EUR"]


def _read_repair(repair: RepairDetails | None) -> dict[str, object] | None:
    if repair is None:
        return None
    return {
        "bike_type": repair.bike_type or None,
        "interventions": list(repair.interventions),
        "wheel_size": repair.wheel_size or None,
        "rideable": repair.rideable,
        "urgency": repair.urgency or None,
        "reach": repair.reach or None,
        **repair.help,
    }


def _read_flohmarkt(offer: FlohmarktOffer, content: str) -> ListingDetails:
    """Something given or sold; the price is text there, and none or zero means a gift."""
    data, price, note = offer.data, None, offer.note
    if digits := re.search(r"\d+(?:[.,]\d{1,2})?", data.price):
        price = amount(digits[0].replace(",", "."))
    return ListingDetails(
        kind="offer",
        mode="sale" if price else "gift",
        title=_read_title(data.name, note),
        description=_read_lines(data.description) or _strip_frame(content, note.url or note.id),
        latitude=data.latitude,
        longitude=data.longitude,
        price=price or None,
        currency=data.currency or "EUR" if price else None,
        expires_at=offer.note.end_time,
    )


def _read_lines(description: str) -> str:
    """HTML in which line breaks are what they seem, where nothing else breaks its lines."""
    plain = not any(tag in description for tag in ("<p", "<br", "<ul", "<ol"))
    return clean(description.strip().replace("\n", "<br>") if plain else description)


def _read_event(event: Event) -> ListingDetails:
    """A workshop or a repair café: something offered at a time and a place, over when it has ended."""
    note = event.note
    begins_at, ends_at = note.start_time, read_end(note)
    return ListingDetails(
        kind="offer",
        mode="other",
        title=_read_title(note.name, note),
        description=read_description(event),
        status="cancelled" if event.status == "CANCELLED" else "open",
        **_read_venue(note.location),
        begins_at=begins_at,
        ends_at=ends_at,
        expires_at=ends_at or begins_at,
        meeting=begins_at is not None,
    )
