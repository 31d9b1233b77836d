"""What may stand in a listing: every field has a limit, and a refusal for whoever passes it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from models.errors import Invalid
from models.exchanges.points import MOST
from models.listings import categories
from models.listings.listing_duration import latest_end
from models.listings.listings import ListingDraft
from models.posts import Audience, Post
from models.posts.media.media import MediaType
from models.posts.media.uploads import MAX_ATTACHED
from models.texts import NOT_TYPED

TITLE_LIMIT = 100
TEXT_LIMIT = 4_000
WANTS_LIMIT = 120
PLACE_LIMIT = 100
WHEEL_LIMIT = 60
MOST_MONEY = Decimal(1_000_000)
MOST_THINGS = Decimal(999)

MODES: dict[str, tuple[str, ...]] = {
    "offer": ("gift", "loan", "swap", "sale", "service", "other"),
    "request": ("gift", "loan", "swap", "sale", "service", "other"),
    "repair_call": ("repair",),
}
AUDIENCES = ("network", "territories", "coop")
"""For whom a listing may be, besides the communities of its author."""


REACH: tuple[Audience, ...] = ("coop", "territories", "network")
"""Audiences from the narrowest to the widest."""

CONDITIONS = (None, "new", "like-new", "good", "used", "to-repair")
UNITS = ("one", "hour")
BIKES = (None, "city", "ebike", "cargo", "mtb", "road", "child", "folding", "other")
INTERVENTIONS = ("flat-tyre", "brakes", "chain", "gears", "wheel", "electric", "lights", "diagnosis", "other")
URGENCIES = (None, "Now", "Today", "ThisWeek", "Flexible")
REWARDS = (None, "free-price", "gift", "points")
PART_LIMIT = 60
MOST_KILOMETRES = 100

DURATION = re.compile(
    r"P(?=.)(?:\d{1,3}Y)?(?:\d{1,3}M)?(?:\d{1,3}W)?(?:\d{1,3}D)?(?:T(?=.)(?:\d{1,3}H)?(?:\d{1,3}M)?)?"
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def list_media_types(draft: ListingDraft) -> tuple[MediaType, ...]:
    """What may hang on it: pictures, and on a call for help also how the bike sounds."""
    return ("image", "audio") if draft.kind == "repair_call" else ("image",)


def require_draft(draft: ListingDraft, *, at: datetime) -> ListingDraft:
    """The draft, its texts tidied. Raises Invalid whose `field` is the first one that is wrong."""
    draft = replace(
        draft,
        title=" ".join(NOT_TYPED.sub("", draft.title).split()),
        text=NOT_TYPED.sub("", draft.text).replace("\r\n", "\n").strip(),
        wants=_tidy(draft.wants),
        place_name=_tidy(draft.place_name),
    )
    for check in (_check_words, _check_kind, _check_thing, _check_terms, _check_time, _check_place, _check_repair):
        for problem in check(draft, at):
            raise problem
    return draft


def _tidy(text: str | None) -> str | None:
    return " ".join(NOT_TYPED.sub("", text or "").split()) or None


def _check_words(draft: ListingDraft, _: datetime) -> Iterator[Invalid]:
    if not draft.title:
        yield Invalid("title_missing", field="title")
    if len(draft.title) > TITLE_LIMIT:
        yield Invalid("title_too_long", field="title", most=TITLE_LIMIT)
    if len(draft.text) > TEXT_LIMIT:
        yield Invalid("text_too_long", field="text", most=TEXT_LIMIT)
    if len(draft.media_ids) > MAX_ATTACHED:
        yield Invalid("too_many_pictures", field="media_ids", most=MAX_ATTACHED)
    if not _LANGUAGE.fullmatch(draft.language):
        yield Invalid("language_unknown", field="language")


def _check_kind(draft: ListingDraft, _: datetime) -> Iterator[Invalid]:
    if draft.kind not in MODES:
        yield Invalid("kind_unknown", field="kind")
    elif draft.mode not in MODES[draft.kind]:
        yield Invalid("mode_unknown", field="mode")
    if draft.audience not in (("community",) if draft.community_id is not None else AUDIENCES):
        yield Invalid("audience_unknown", field="audience")
    if draft.category is not None and categories.find_chosen(draft.category) is None:
        yield Invalid("category_unknown", field="category")


def _check_thing(draft: ListingDraft, _: datetime) -> Iterator[Invalid]:
    if draft.condition not in CONDITIONS:
        yield Invalid("condition_unknown", field="condition")
    if draft.unit not in UNITS or not _is_between(draft.quantity, MOST_THINGS):
        yield Invalid("quantity_out_of_range", field="quantity", most=MOST_THINGS)


def _check_terms(draft: ListingDraft, _: datetime) -> Iterator[Invalid]:
    for field, amount in (("price", draft.price), ("deposit", draft.deposit)):
        if amount is not None and not _is_money(amount):
            yield Invalid("money_invalid", field=field)
    if draft.wants is not None and len(draft.wants) > WANTS_LIMIT:
        yield Invalid("wants_too_long", field="wants", most=WANTS_LIMIT)
    if draft.points is not None and not 1 <= draft.points <= MOST:
        yield Invalid("points_out_of_range", field="points", least=1, most=MOST)
    if draft.max_duration is not None and not DURATION.fullmatch(draft.max_duration):
        yield Invalid("duration_unreadable", field="max_duration")


def _is_money(amount: Decimal) -> bool:
    return _is_between(amount, MOST_MONEY) and amount == round(amount, 2)


def _is_between(amount: Decimal, most: Decimal) -> bool:
    return amount.is_finite() and 0 < amount <= most


def _check_time(draft: ListingDraft, at: datetime) -> Iterator[Invalid]:
    for field in ("begins_at", "ends_at", "expires_at"):
        moment: datetime | None = getattr(draft, field)
        if moment is not None and moment.tzinfo is None:
            yield Invalid("date_unreadable", field=field)
    if draft.begins_at and draft.ends_at and draft.ends_at < draft.begins_at:
        yield Invalid("last_day_before_first", field="ends_at")
    if draft.expires_at is None:
        return
    if draft.expires_at <= at:
        yield Invalid("end_date_past", field="expires_at")
    if draft.expires_at > latest_end(at):
        yield Invalid("end_date_too_far", field="expires_at")


def _check_place(draft: ListingDraft, _: datetime) -> Iterator[Invalid]:
    if draft.place_name is not None and len(draft.place_name) > PLACE_LIMIT:
        yield Invalid("place_name_too_long", field="place_name", most=PLACE_LIMIT)
    if (draft.latitude is None) != (draft.longitude is None):
        yield Invalid("place_unreadable", field="place_name")
    if draft.latitude is not None and draft.longitude is not None:
        here = -90 <= draft.latitude <= 90 and -180 <= draft.longitude <= 180
        if not here or not 0 <= (draft.radius or 0) <= 200_000:
            yield Invalid("place_unreadable", field="place_name")


def _check_repair(draft: ListingDraft, _: datetime) -> Iterator[Invalid]:
    repair = draft.repair
    if repair is None:
        return
    if draft.kind != "repair_call":
        yield Invalid("repair_not_allowed", field="repair")
    if repair.get("bike_type") not in BIKES:
        yield Invalid("bike_type_unknown", field="bike_type")
    if not set(repair.get("interventions") or ()) <= set(INTERVENTIONS):
        yield Invalid("intervention_unknown", field="interventions")
    if len(repair.get("wheel_size") or "") > WHEEL_LIMIT:
        yield Invalid("wheel_size_too_long", field="wheel_size", most=WHEEL_LIMIT)
    if repair.get("rideable") not in (None, True, False):
        yield Invalid("rideable_unknown", field="rideable")
    if repair.get("urgency") not in URGENCIES:
        yield Invalid("urgency_unknown", field="urgency")
    yield from _check_help(repair)


def _check_help(repair: dict[str, Any]) -> Iterator[Invalid]:
    """How far she can go for help, which part it takes, and what she gives for it."""
    if not 0 <= (repair.get("travel_km") or 0) <= MOST_KILOMETRES:
        yield Invalid("travel_out_of_range", field="travel_km", most=MOST_KILOMETRES)
    if len(repair.get("part") or "") > PART_LIMIT:
        yield Invalid("part_too_long", field="part", most=PART_LIMIT)
    if repair.get("reward") not in REWARDS:
        yield Invalid("reward_unknown", field="reward")


def require_reach(post: Post, draft: ListingDraft) -> None:
    """Raise Invalid where fewer people would see it than before, or others than who is in the same community."""
    if (draft.audience, draft.community_id) == (post.meant_audience, post.community_id):
        return
    if "community" in (draft.audience, post.meant_audience):
        raise Invalid("audience_stays_inside", field="audience")
    if REACH.index(draft.audience) < REACH.index(post.meant_audience):
        raise Invalid("audience_not_narrowable", field="audience")
