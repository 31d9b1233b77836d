"""What figures, periods and places are called."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from babel.dates import format_date

from models.coop.figures.periods import Period, find_next_month
from web.rendering.i18n import N_, Say

MEASURES: Mapping[str, str] = {
    "agreed": N_("échanges conclus"),
    "done": N_("échanges faits"),
    "listings": N_("annonces publiées"),
    "members": N_("nouveaux membres"),
    "objects": N_("objets prêtés, donnés ou vendus"),
    "hours": N_("heures d’entraide"),
}

KINDS: Mapping[str, str] = {"offer": N_("Offres"), "request": N_("Demandes"), "repair_call": N_("Pannes de vélo")}

LICENCES: Mapping[str, tuple[str, str]] = {
    "lov2": (N_("Licence Ouverte 2.0"), "https://www.etalab.gouv.fr/licence-ouverte-open-licence"),
    "odbl": (N_("ODbL 1.0"), "https://opendatacommons.org/licenses/odbl/1-0/"),
}
"""What each licence is called, and where it stands: addresses that data.gouv.fr takes for it."""


MONTHS_NAMED = 2_000
"""Names that are kept: a list of thirty years of months in all languages is less."""


def name_period(say: Say, language: str, period: Period) -> str:
    """« Mars 2026 », « 1er trimestre 2026 », « Année 2025 », « Depuis le début »."""
    if period.length == "all":
        return say(N_("Depuis le début"))
    if period.length == "year":
        return say(N_("Année %(year)s"), year=str(period.first.year))
    if period.length == "quarter":
        names = (N_("1er trimestre"), N_("2e trimestre"), N_("3e trimestre"), N_("4e trimestre"))
        return f"{say(names[period.first.month // 3])} {period.first.year}"
    return name_month(period.first, language)


@lru_cache(maxsize=MONTHS_NAMED)
def name_month(month: date, language: str) -> str:
    """« Mars 2026 »."""
    name = format_date(month, "LLLL y", locale=language)
    return name[:1].upper() + name[1:]


def find_last_day(period: Period) -> date:
    """The last day of a period that has an end."""
    return date.fromordinal(find_next_month(period.list_months()[-1]).toordinal() - 1)
