"""The form on which somebody notes what came out of a repair: three taps, and the rest where she likes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.listings.listings import ListingDetails
from models.moments import PARIS
from models.repairs.bikes.files import BikeFile
from models.repairs.results.notes import BARRIERS, ORGANS, OUTCOMES, RepairNote, tidy_parts
from models.repairs.results.results import (
    BRAND_LIMIT,
    LEARNT_LIMIT,
    MOST_MINUTES,
    MOST_PARTS,
    PART_LIMIT,
    PROBLEM_LIMIT,
)
from models.repairs.shops.shop_types import BIKE_TYPES
from outbox.builders.texts.repair_results import write_minutes
from web.forms.form import Form
from web.rendering.render import N_

ORGAN_WORDS = {
    "flat-tyre": (N_("Pneu, chambre à air"), "bike-tyre"),
    "brakes": (N_("Freins"), "bike-brake"),
    "chain": (N_("Chaîne"), "bike-chain"),
    "wheel": (N_("Roue"), "bike-wheel"),
    "lights": (N_("Lumières"), "bike-light"),
    "gears": (N_("Vitesses"), ""),
    "electric": (N_("Partie électrique"), ""),
    "diagnosis": (N_("Juste regarder"), ""),
    "other": (N_("Autre chose"), ""),
}
"""What it was, and its picture."""

OUTCOME_WORDS = {
    "fixed": N_("Réparé"),
    "repairable": N_("Réparable, à finir"),
    "end-of-life": N_("Irréparable"),
    "unknown": N_("Je ne sais pas"),
}

BARRIER_WORDS = {
    "": N_("Sans le dire"),
    "parts-not-available": N_("Pièce introuvable"),
    "parts-too-expensive": N_("Pièces trop chères"),
    "no-way-to-open": N_("Impossible à démonter"),
    "no-information": N_("Pas assez d’informations"),
    "lack-of-equipment": N_("Il manque un outil"),
    "too-worn": N_("Trop usé"),
}

TIMES = ("15", "30", "45", "60", "90", "120")
"""Minutes that take one tap."""

OTHER_TIME = "autre"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePage:
    """What the page shows besides the form: about what, with whom if anybody is told, and where it leads back to.

    `theirs` is what the other one noted, in a sentence; `again` where this side noted something already. Who repaired
    `attaches` pictures and the invoice beside her `files`, which she `looks` at where her account sent them.
    """

    title: str
    name: str
    path: str
    back: str
    theirs: str = ""
    again: bool = False
    guest: bool = False
    attaches: bool = False
    files: tuple[BikeFile, ...] = ()
    looks: bool = True


def find_day(begins_at: datetime | None) -> date:
    """The day of a visit, in Paris; today at the latest, as nothing was repaired on a day to come."""
    today = datetime.now(PARIS).date()
    return today if begins_at is None else min(begins_at.astimezone(PARIS).date(), today)


def read_note(form: Form, *, day: date | None = None) -> RepairNote | None:
    """What was noted, of this day or of today; None where something is wrong, which the form says."""
    organ = form.choice("organ", ORGANS, missing="Touchez ce que c’était.")
    outcome = form.choice("outcome", OUTCOMES, missing="Touchez ce qui en est sorti.")
    barrier = form.choice("barrier", BARRIERS)
    minutes = _read_minutes(form)
    parts = form.lines("parts", limit=MOST_PARTS * (PART_LIMIT + 1))
    learnt = form.lines("learnt", limit=LEARNT_LIMIT)
    problem = form.lines("problem", limit=PROBLEM_LIMIT)
    brand = form.text("brand", limit=BRAND_LIMIT)
    bike_type = form.choice("bike_type", ("", *BIKE_TYPES))
    if not form.ok or not organ or not outcome:
        return None
    return RepairNote(
        organ=organ,
        outcome=outcome,
        barrier=barrier if barrier and outcome == "end-of-life" else None,
        minutes=minutes,
        parts=tuple(tidy_parts(parts.split("\n"))),
        learnt=learnt,
        problem=problem,
        brand=brand,
        bike_type=bike_type or "other",
        repaired_on=day or datetime.now(PARIS).date(),
    )


def _read_minutes(form: Form) -> int | None:
    """One of the taps, or what is typed beside « autre »."""
    chosen = form.choice("time", ("", *TIMES, OTHER_TIME))
    typed = chosen if chosen != OTHER_TIME else form.text("minutes", limit=20)
    if not typed:
        return None
    if typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= MOST_MINUTES:
        return int(typed)
    form.fail("minutes", "Écrivez un nombre de minutes, de 1 à %(most)s.", most=MOST_MINUTES)
    return None


def values_of(note: RepairNote) -> dict[str, str]:
    """The fields as they are filled in with what was noted."""
    minutes = "" if note.minutes is None else str(note.minutes)
    tapped = minutes in ("", *TIMES)
    return {
        "organ": note.organ,
        "outcome": note.outcome,
        "barrier": note.barrier or "",
        "time": minutes if tapped else OTHER_TIME,
        "minutes": "" if tapped else minutes,
        "parts": "\n".join(note.parts),
        "learnt": note.learnt,
        "problem": note.problem,
        "brand": note.brand,
        "bike_type": note.bike_type,
    }


def guess_values(details: ListingDetails) -> dict[str, str]:
    """What a call says is broken, on which bike."""
    repair = details.repair or {}
    broken = [one for one in repair.get("interventions") or () if one in ORGANS]
    known = {"organ": broken[0] if broken else "", "bike_type": repair.get("bike_type") or ""}
    return {name: value for name, value in known.items() if value}


def describe_form(page: NotePage, form: Form) -> dict[str, Any]:
    """What the template of the form wants to know."""
    return {
        "page": page,
        "form": form,
        "organs": ORGAN_WORDS,
        "outcomes": OUTCOME_WORDS,
        "barriers": BARRIER_WORDS,
        "times": {code: write_minutes(int(code)) for code in TIMES},
        "most_minutes": MOST_MINUTES,
        "limits": {
            "parts": MOST_PARTS * (PART_LIMIT + 1),
            "learnt": LEARNT_LIMIT,
            "problem": PROBLEM_LIMIT,
            "brand": BRAND_LIMIT,
        },
    }
