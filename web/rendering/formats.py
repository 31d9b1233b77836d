"""How dates, distances, prices and spaces are written, in the reader's language and in the time of Paris."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from markupsafe import Markup

from models.exchanges.points import Currency
from models.lazy import LazyModule
from models.moments import PARIS
from models.places.place_names import compose_in, compose_of

if TYPE_CHECKING:
    from babel import dates, numbers, units
else:
    dates, numbers, units = map(LazyModule, ("babel.dates", "babel.numbers", "babel.units"))

NARROW = "\u202f"

NBSP = "\u00a0"

SPANS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}
"""How lengths of time are told: in the largest of them of which they are whole."""

A_YEAR = range(364, 367)
"""52 weeks, or the days of any year."""

UNIT = re.compile(r"(?:(?<=\d)|(?<=\)s)) (?=(?:€|%|km|m|h|min|Mo|Go|Kio|MB|GB|KiB)(?![\w’]))")
"""The space between a figure, or what stands for one in a sentence, and its unit: no line ends there."""

FIRST_OF_MONTH = re.compile(r"\b1 (?=\D)")

LASTING = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?")
"""A duration as ISO 8601 writes it, and FEP-0837 with it."""

UNITS = ("year", "month", "week", "day", "hour", "minute")


def set_french_spaces(text: str) -> str:
    """No-break spaces where French wants them: narrow before ; ! ? and inside « », whole before the colon."""
    text = bind_units(text)
    text = re.sub(r" ([;!?»])", NARROW + r"\1", text)
    text = text.replace("« ", "«" + NARROW)
    return re.sub(r" :(?=\s|$)", f"{NBSP}:", text)


def bind_units(text: str) -> str:
    """ "5 km", "21 h", "12 Mo" on one line, in any language."""
    return UNIT.sub(NBSP, text)


def format_day(value: datetime | date, language: str, *, today: date | None = None) -> str:
    """A day in words: "samedi 9 mai", with its year where it is not this one."""
    day = to_paris_day(value)
    today = today or datetime.now(PARIS).date()
    pattern = "EEEE d MMMM" if day.year == today.year else "EEEE d MMMM y"
    return _set_first(dates.format_date(day, pattern, locale=language), language)


def format_short_day(value: datetime | date, language: str, *, today: date | None = None) -> str:
    """A day without its weekday: "9 mai", "1er juin 2027"."""
    day = to_paris_day(value)
    today = today or datetime.now(PARIS).date()
    pattern = "d MMMM" if day.year == today.year else "d MMMM y"
    return _set_first(dates.format_date(day, pattern, locale=language), language)


def format_start(start: datetime | date, end: datetime | date, language: str) -> str:
    """The first day of a span, without what the last day, which follows, says as well: its year, and its month."""
    first, last = to_paris_day(start), to_paris_day(end)
    if (first.year, first.month) != (last.year, last.month) or first == last:
        return format_short_day(start, language, today=last)
    return "1er" if language == "fr" and first.day == 1 else str(first.day)


def format_moment(value: datetime, language: str) -> str:
    """Day and hour: "samedi 9 mai, 14 h 05"."""
    return f"{format_day(value, language)}, {format_hour(value, language)}"


def format_hour(value: time | datetime, language: str) -> str:
    """An hour: "18 h", "18 h 30"; a moment is told by the clock here."""
    if isinstance(value, datetime):
        value = value.astimezone(PARIS).time()
    if language != "fr":
        return dates.format_time(value, "HH:mm", locale=language)
    return f"{value.hour}{NBSP}h" + (f"{NBSP}{value.minute:02}" if value.minute else "")


def format_typed_hour(text: str, language: str) -> str:
    """An hour as forms carry it ("13:00"), told like all others; what is none stays as it is."""
    try:
        return format_hour(time.fromisoformat(text), language)
    except ValueError:
        return text


def format_weekday(value: date, language: str) -> str:
    """The short name of its day: "mer."."""
    return dates.format_date(value, "EEE", locale=language)


def format_tiny_day(value: date, language: str) -> str:
    """A day where there is little room: "9 nov."."""
    return dates.format_date(value, "d MMM", locale=language)


def format_full_weekday(value: date, language: str) -> str:
    """The whole name of its day: "mercredi"."""
    return dates.format_date(value, "EEEE", locale=language)


def format_age(value: datetime, language: str, *, now: datetime | None = None) -> str:
    """How long ago: "il y a 2 heures"; a moment in the future counts as now."""
    seconds = max(((now or datetime.now(UTC)) - value).total_seconds(), 1)
    return dates.format_timedelta(
        timedelta(seconds=-seconds), granularity="second", add_direction=True, locale=language
    )


def format_lasting(duration: str, language: str) -> str:
    """An ISO duration in words: "10 jours", "1 mois, 15 jours"; what cannot be read stays as it is."""
    found = LASTING.fullmatch(duration)
    parts = [
        units.format_unit(int(count), f"duration-{unit}", length="long", locale=language)
        for unit, count in zip(UNITS, found.groups() if found else (), strict=False)
        if count and int(count)
    ]
    return ", ".join(parts) or duration


def format_span(span: timedelta, language: str) -> str:
    """How long something is kept: "10 minutes", "36 heures", "30 jours", "1 an", "2 ans"."""
    if span.days in A_YEAR or not span % timedelta(days=365):
        unit, count = "year", round(span / timedelta(days=365))
    else:
        unit, count = next((unit, span // one) for unit, one in SPANS.items() if not span % one)
    return units.format_unit(count, f"duration-{unit}", length="long", locale=language).replace(" ", NBSP)


def format_distance(metres: float, language: str) -> str:
    """A distance as people say it: "800 m", "1,5 km", "24 km"; places are blurred, so nothing is finer than 500 m."""
    if metres < 500:
        return f"500{NBSP}m"
    if metres < 950:
        return f"{round(metres / 100) * 100}{NBSP}m"
    kilometres = round(metres / 500) / 2 if metres < 5000 else round(metres / 1000)
    return f"{numbers.format_decimal(kilometres, format='#,##0.#', locale=language)}{NBSP}km"


def format_at(place: str, language: str) -> str:
    """ "À Lomme", "Au Havre", "Dans la Métropole de Lille": where something is, at the head of a sentence."""
    composed = format_in(place, language)
    return composed[:1].upper() + composed[1:]


def format_in(place: str, language: str) -> str:
    """ "à Lomme", "au Havre", "dans la Métropole de Lille": where something is, inside a sentence."""
    return compose_in(place) if language == "fr" else f"in {place}"


def format_of(place: str, language: str) -> str:
    """ "de Lomme", "d’Arras", "du Havre": what a place is behind "autour" or "près".

    Other languages have the name alone, and a word before it in their sentence.
    """
    return compose_of(place) if language == "fr" else place


def format_to(name: str, language: str) -> str:
    """ "à La Remise", "au Fil", "à la Coop des deux terrils": where one comes who comes to a cooperative.

    Other languages have the name alone, and a word before it in their sentence.
    """
    return compose_in(name) if language == "fr" else name


def format_month(value: date, language: str) -> str:
    """A month with its year: "novembre 2027"."""
    return dates.format_date(value, "MMMM y", locale=language)


def format_price(amount: Decimal | float, currency: str | None, language: str) -> str:
    """A price with its currency, without cents where there are none: "12 €"."""
    whole = Decimal(amount) == Decimal(amount).to_integral_value()
    return numbers.format_currency(
        amount,
        currency or "EUR",
        format=f"#,##0{NBSP}¤" if whole and language == "fr" else ("¤#,##0" if whole else None),
        locale=language,
        currency_digits=not whole,
    )


def format_count(value: float | Decimal, language: str) -> str:
    """A number with the thousands apart and no useless zeros."""
    if isinstance(value, int) and 0 <= value < 1000:
        return str(value)  # in all our languages; tables and drawings write dozens of them
    return numbers.format_decimal(value, format="#,##0.##", locale=language)


def set_in(sentence: str, values: Mapping[str, object], language: str) -> str:
    """The sentence with its `%(name)s` filled in, whole numbers and moments as the language writes them."""
    if not values:
        return sentence
    return sentence % {name: _write_value(value, language) for name, value in values.items()}


def _write_value(value: object, language: str) -> object:
    if isinstance(value, int):
        return format_count(value, language)
    return format_moment(value, language) if isinstance(value, datetime) else value


def format_points(amount: int, currency: Currency, language: str) -> str:
    """Points by the cooperative's own name for them: "12 graines"."""
    return f"{format_count(amount, language)}{NBSP}{currency.name(amount, language)}"


def to_paris_day(value: datetime | date) -> date:
    """The day that it is in Paris at this moment."""
    return value.astimezone(PARIS).date() if isinstance(value, datetime) else value


def count_days_left(value: datetime) -> int:
    """Days from today until then, as a calendar counts them; 0 once it is today."""
    return max(0, (to_paris_day(value) - to_paris_day(datetime.now(UTC))).days)


def to_iso(value: datetime | date) -> str:
    """For the `datetime` attribute of `<time>`."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def _set_first(text: str, language: str) -> str:
    return FIRST_OF_MONTH.sub("1er ", text, count=1) if language == "fr" else text


def break_lines(text: str) -> Markup:
    """Plain text with its line ends as `<br>`, everything else escaped."""
    return Markup("<br>").join(text.splitlines())
