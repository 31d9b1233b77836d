"""What may stand in a listing: every field has a limit, and a sentence for whoever passes it.

The sentences are French, as all texts that people read: they are the keys of the catalogue.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from models import categories
from models.errors import Invalid
from models.listings import ListingDraft
from models.points import MOST
from models.texts import NOT_TYPED
from models.uploads import MAX_ATTACHED

TITLE_LIMIT = 100
TEXT_LIMIT = 4_000
WANTS_LIMIT = 120
PLACE_LIMIT = 100
WHEEL_LIMIT = 60
LONGEST_LIFE = timedelta(days=367)
"""A year and the rest of its last day, in whatever time zone."""

MOST_MONEY = Decimal(1_000_000)
MOST_THINGS = Decimal(999)

MODES: dict[str, tuple[str, ...]] = {
    "offer": ("gift", "loan", "swap", "sale", "service", "other"),
    "request": ("gift", "loan", "swap", "sale", "service", "other"),
    "repair_call": ("repair",),
}
AUDIENCES = ("network", "territories", "coop")
CONDITIONS = (None, "new", "like-new", "good", "used", "to-repair")
UNITS = ("one", "hour")
BIKES = (None, "city", "ebike", "cargo", "mtb", "road", "child", "folding", "other")
INTERVENTIONS = ("flat-tyre", "brakes", "chain", "gears", "wheel", "electric", "lights", "diagnosis", "other")
URGENCIES = (None, "Now", "Today", "ThisWeek", "Flexible")

DURATION = re.compile(
    r"P(?=.)(?:\d{1,3}Y)?(?:\d{1,3}M)?(?:\d{1,3}W)?(?:\d{1,3}D)?(?:T(?=.)(?:\d{1,3}H)?(?:\d{1,3}M)?)?"
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")

Problem = tuple[str, str]
"""A field and what is wrong with it."""


def require_draft(draft: ListingDraft, *, at: datetime) -> ListingDraft:
    """The draft, its texts tidied. Raises Invalid whose `field` is the first one that is wrong."""
    draft = replace(
        draft,
        title=" ".join(NOT_TYPED.sub("", draft.title).split()),
        text=NOT_TYPED.sub("", draft.text).replace("\r\n", "\n").strip(),
        wants=_tidy(draft.wants),
        place_name=_tidy(draft.place_name),
    )
    for check in (_check_words, _check_kind, _check_terms, _check_time, _check_place, _check_repair):
        for field, sentence in check(draft, at):
            raise Invalid(sentence, field=field)
    return draft


def _tidy(text: str | None) -> str | None:
    return " ".join(NOT_TYPED.sub("", text or "").split()) or None


def _check_words(draft: ListingDraft, _: datetime) -> Iterator[Problem]:
    if not draft.title:
        yield "title", "Donnez un titre, par exemple « Tente 4 places »."
    if len(draft.title) > TITLE_LIMIT:
        yield "title", "Le titre est trop long : 100 caractères au plus."
    if len(draft.text) > TEXT_LIMIT:
        yield "text", "Le texte est trop long : 4 000 caractères au plus."
    if len(draft.media_ids) > MAX_ATTACHED:
        yield "media_ids", "Une annonce a six photos au plus."
    if not _LANGUAGE.fullmatch(draft.language):
        yield "language", "Cette langue n’est pas connue."


def _check_kind(draft: ListingDraft, _: datetime) -> Iterator[Problem]:
    if draft.kind not in MODES:
        yield "kind", "Dites si vous proposez, si vous cherchez, ou si un vélo est en panne."
    elif draft.mode not in MODES[draft.kind]:
        yield "mode", "Choisissez comment : prêt, don, échange…"
    if draft.audience not in AUDIENCES:
        yield "audience", "Dites qui peut voir cette annonce."
    if draft.category is not None and categories.find(draft.category) is None:
        yield "category", "Cette catégorie n’existe pas."


def _check_terms(draft: ListingDraft, _: datetime) -> Iterator[Problem]:
    if draft.condition not in CONDITIONS:
        yield "condition", "Cet état n’existe pas."
    if draft.unit not in UNITS or not _is_between(draft.quantity, MOST_THINGS):
        yield "quantity", "Écrivez un nombre, de 1 à 999."
    for field, amount in (("price", draft.price), ("deposit", draft.deposit)):
        if amount is not None and (not _is_between(amount, MOST_MONEY) or amount != round(amount, 2)):
            yield field, "Écrivez un montant en euros, par exemple 12,50."
    if draft.wants is not None and len(draft.wants) > WANTS_LIMIT:
        yield "wants", "Ce que vous souhaitez en échange est trop long : 120 caractères au plus."
    if draft.points is not None and not 1 <= draft.points <= MOST:
        yield "points", "Un prix va de 1 à 10 000 points."
    if draft.max_duration is not None and not DURATION.fullmatch(draft.max_duration):
        yield "max_duration", "Cette durée n’est pas lisible."


def _is_between(amount: Decimal, most: Decimal) -> bool:
    return amount.is_finite() and 0 < amount <= most


def _check_time(draft: ListingDraft, at: datetime) -> Iterator[Problem]:
    for field in ("begins_at", "ends_at", "expires_at"):
        moment: datetime | None = getattr(draft, field)
        if moment is not None and moment.tzinfo is None:
            yield field, "Cette date n’est pas lisible."
    if draft.begins_at and draft.ends_at and draft.ends_at < draft.begins_at:
        yield "ends_at", "Cette date vient avant le début. Choisissez-en une plus tard."
    if draft.expires_at is None:
        return
    if draft.expires_at <= at:
        yield "expires_at", "Cette date est passée. Choisissez-en une à partir d’aujourd’hui."
    if draft.expires_at > at + LONGEST_LIFE:
        yield "expires_at", "Une annonce reste un an au plus ; vous pourrez la prolonger."


def _check_place(draft: ListingDraft, _: datetime) -> Iterator[Problem]:
    if draft.place_name is not None and len(draft.place_name) > PLACE_LIMIT:
        yield "place_name", "Le nom du lieu est trop long : 100 caractères au plus."
    if (draft.latitude is None) != (draft.longitude is None):
        yield "place_name", "Ce lieu n’est pas lisible."
    if draft.latitude is not None and draft.longitude is not None:
        here = -90 <= draft.latitude <= 90 and -180 <= draft.longitude <= 180
        if not here or not 0 <= (draft.radius or 0) <= 200_000:
            yield "place_name", "Ce lieu n’est pas lisible."


def _check_repair(draft: ListingDraft, _: datetime) -> Iterator[Problem]:
    repair = draft.repair
    if repair is None:
        return
    if draft.kind != "repair_call":
        yield "repair", "Seul un vélo en panne a ces précisions."
    if repair.get("bike_type") not in BIKES:
        yield "bike_type", "Ce genre de vélo n’existe pas."
    if not set(repair.get("interventions") or ()) <= set(INTERVENTIONS):
        yield "interventions", "Cette panne n’existe pas dans la liste."
    if len(repair.get("wheel_size") or "") > WHEEL_LIMIT:
        yield "wheel_size", "La taille de la roue est trop longue : 60 caractères au plus."
    if repair.get("rideable") not in (None, True, False):
        yield "rideable", "Dites si le vélo roule encore."
    if repair.get("urgency") not in URGENCIES:
        yield "urgency", "Dites pour quand."
