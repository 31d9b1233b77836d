"""The publish form: from what was typed to a `ListingDraft`, and from a listing back to what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from multidict import MultiDict

from models.errors import Invalid
from models.listings import categories
from models.listings.listing_duration import end_of, last_day
from models.listings.listings import KINDS, Listing, ListingDraft
from models.moments import PARIS
from models.places.places import place_fields
from models.store.database import Connection
from outbox.listings.listing_limits import (
    AUDIENCES,
    TEXT_LIMIT,
    TITLE_LIMIT,
    UNITS,
)
from web.forms.date_field import read_day
from web.forms.form import Form
from web.pages.listings.publish.repair_fields import read_call_title, read_repair
from web.pages.listings.publish.terms_fields import find_title_example, is_dated, read_terms
from web.pages.listings.publish.where_fields import KnownPlaces, read_where
from web.rendering.branding import Branding
from web.rendering.formats import to_paris_day
from web.rendering.i18n import Say

FIELDS = {
    "title": "title",
    "text": "text",
    "kind": "kind",
    "category": "category",
    "media_ids": "photos",
    "mode": "mode",
    "max_duration": "max_duration",
    "deposit": "deposit",
    "price": "price",
    "points": "points",
    "wants": "in_return",
    "condition": "condition",
    "quantity": "quantity",
    "place_name": "place",
    "begins_at": "first_day",
    "ends_at": "last_day",
    "expires_at": "expires",
    "audience": "audience",
    "bike_type": "bike_type",
    "interventions": "interventions",
    "wheel_size": "wheel_size",
    "rideable": "rideable",
    "urgency": "urgency",
    "travel_km": "travel_km",
    "part": "part",
    "reward": "reward",
}
"""Fields of a draft, and the form's names for them."""


def values_of(listing: Listing, text: str) -> MultiDict[str]:
    """A listing as its author would have typed it; where it is and its photos are added by the caller."""
    details = listing.details
    repair = details.repair or {}
    typed: dict[str, Any] = {
        "kind": details.kind,
        "title": details.title,
        "text": text,
        "category": details.chosen_category,
        "mode": details.mode,
        "max_duration": details.max_duration,
        "deposit": details.deposit,
        "price": details.price,
        "points": details.points,
        "free_price": "1" if details.free_price else "",
        "in_return": details.wants,
        "condition": details.condition,
        "quantity": details.quantity,
        "unit": details.unit if details.unit in UNITS else "one",
        "first_come": "premier" if details.first_come else "choisir",
        "first_day": _day(details.begins_at),
        "last_day": _day(details.ends_at),
        "dated": "1" if details.begins_at or details.ends_at else "",
        "expires": _day(details.expires_at),
        "audience": listing.post.meant_audience,
        "bike_type": repair.get("bike_type"),
        "wheel_size": repair.get("wheel_size"),
        "rideable": _yes_or_no(repair.get("rideable")),
        "urgency": repair.get("urgency"),
        "travel_km": repair.get("travel_km"),
        "part": repair.get("part"),
        "reward": repair.get("reward"),
    }
    values: MultiDict[str] = MultiDict({name: _plain(value) for name, value in typed.items() if value is not None})
    for one in repair.get("interventions", []):
        values.add("interventions", one)
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFormContext:
    """What is known beside the form. `communities` are those that she is in, by what the form calls the audience."""

    branding: Branding
    say: Say
    language: str
    today: date
    media_ids: tuple[int, ...]
    known: KnownPlaces
    communities: Mapping[str, int] = field(default_factory=dict)


async def read_draft(conn: Connection, form: Form, context: ListingFormContext) -> ListingDraft:
    """The draft that was typed; what is wrong is noted in the form, in the order of the page."""
    kind = form.choice("kind", KINDS, missing="Dites si vous proposez, si vous cherchez, ou si un vélo est en panne.")
    title = _read_title(form, kind, context.say)
    text = form.lines("text", limit=TEXT_LIMIT)
    category = _read_category(form, kind, context.branding)
    repair = read_repair(form) if kind == "repair_call" else None
    terms = read_terms(form, kind, context.branding)
    place = await read_where(conn, form, context.known)
    window = _read_window(form, context.today, dated=is_dated(kind, terms["mode"]) or form.flag("dated"))
    audience: Any = form.choice("audience", (*AUDIENCES, *context.communities), default="network")
    return ListingDraft(
        kind=kind or "offer",
        title=title,
        text=text,
        category=category,
        language=context.language,
        media_ids=context.media_ids,
        audience="community" if audience in context.communities else audience,
        community_id=context.communities.get(audience),
        **place_fields(place),
        repair=repair,
        **terms,
        **window,
    )


def _read_title(form: Form, kind: str, say: Say) -> str:
    """A call needs none: what is wrong with the bike makes one."""
    if kind == "repair_call":
        return read_call_title(form, say)
    title = form.text("title", limit=TITLE_LIMIT)
    if not title:
        example = find_title_example(kind, form.typed("mode"))
        form.fail("title", "Donnez un titre, par exemple « %(example)s ».", example=say(example))
    return title


def _read_category(form: Form, kind: str, branding: Branding) -> str | None:
    slug = form.text("category", limit=60)
    if kind == "repair_call":
        return "velo-reparation"
    category = categories.find_chosen(slug)
    gone = categories.OWN in slug and branding.find_subcategory(slug) is None
    if slug and (category is None or category.branch == "repairs" or gone):
        form.fail("category", "Ce choix n’existe pas.")
        return None
    return slug or None


def _read_window(form: Form, today: date, *, dated: bool) -> dict[str, Any]:
    """When: from the first moment of a day to the last of another, in Paris; of what has no days only its end."""
    start, stop = _read_days(form, today) if dated else (None, None)
    end = read_day(form, "expires")
    if end and end < today:
        form.fail("expires", "Cette date est passée. Choisissez-en une à partir d’aujourd’hui.")
    elif end and end > last_day(today):
        form.fail("expires", "Une annonce reste un an au plus ; vous pourrez la prolonger.")
    return {
        "begins_at": _moment(start, time.min),
        "ends_at": _moment(stop, time(23, 59)),
        "expires_at": end_of(end).astimezone(UTC) if end else None,
    }


def _read_days(form: Form, today: date) -> tuple[date | None, date | None]:
    start, stop = read_day(form, "first_day"), read_day(form, "last_day")
    if stop and stop < (start or today):
        form.fail("last_day", "Cette date vient avant le début. Choisissez-en une plus tard.")
    return start, stop


def _moment(day: date | None, hour: time) -> datetime | None:
    return datetime.combine(day, hour, PARIS).astimezone(UTC) if day else None


def _day(moment: datetime | None) -> str | None:
    return to_paris_day(moment).isoformat() if moment else None


def note_refusal(form: Form, error: Invalid) -> None:
    """What was found wrong when publishing, at its field."""
    if error.code == "media_unusable":  # she went back, and publishes what is another one now
        form.fail("photos", "Ces photos sont dans une annonce déjà publiée. Ôtez-les, puis choisissez-les de nouveau.")
        return
    form.refuse(FIELDS.get(error.field or "", ""), error)


def _yes_or_no(value: bool | None) -> str:
    return "" if value is None else ("oui" if value else "non")


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
