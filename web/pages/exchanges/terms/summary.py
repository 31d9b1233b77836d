"""Terms in words, one fact each, and what changed between those before and those on the table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal

from models.exchanges.agreements import Terms
from models.listings.listings import ListingDetails
from web.rendering.date_ranges import DateRange, ReaderLocale, describe, read_span
from web.rendering.formats import format_count, format_day, format_hour, format_price
from web.rendering.render import N_

UNITS = {
    "one": (N_("1 en tout"), N_("%(count)s en tout")),
    "hour": (N_("1 heure"), N_("%(count)s heures")),
    "day": (N_("1 jour"), N_("%(count)s jours")),
    "kilogram": (N_("1 kilo"), N_("%(count)s kilos")),
}
"""Amounts of what the vocabulary of Valueflows names; other units stand as they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermLine:
    """One thing that is settled: its name, in words, and where it changed all that was proposed before instead of it.

    `text` is empty where it was given up, `before` where it is new, and None where nothing changed. `changes` says of
    days and hours what is other than before, each in a clause of its own: "18 h au lieu de 12 h".
    """

    key: str
    icon: str
    label: str
    text: str
    before: str | None = None
    changes: tuple[str, ...] = ()


def list_term_lines(locale: ReaderLocale, terms: Terms, before: Terms | None = None) -> list[TermLine]:
    """Everything that these terms say, what the listing says already aside; with `before` also what was given up."""
    now, then = dict(_list_facts(locale, terms)), dict(_list_facts(locale, before)) if before is not None else None
    facts = []
    for key, (icon, label) in LABELS.items():
        text, was = now.get(key, ""), (then or {}).get(key, "")
        if text or was:
            changed = then is not None and text != was
            line = TermLine(key=key, icon=icon, label=_name(locale, key, label), text=text)
            facts.append(_say_changes(locale, line, was, before, terms) if changed and before else line)
    return facts


def _say_changes(locale: ReaderLocale, line: TermLine, was: str, before: Terms, terms: Terms) -> TermLine:
    changes = _list_changes(locale, before, terms) if line.key == "when" else ()
    return replace(line, before=was, changes=changes)


def _list_changes(locale: ReaderLocale, before: Terms, terms: Terms) -> tuple[str, ...]:
    """What is other in the days and hours; nothing where there were none."""
    was, now = read_span(before.begins_at, before.ends_at), read_span(terms.begins_at, terms.ends_at)
    if was is None or now is None:
        return ()
    begin = _describe_change(locale, (was.first, was.first_hour), (now.first, now.first_hour))
    single = _is_one_day(was) and _is_one_day(now)
    end = _describe_change(locale, *_find_ends(was, now, single=single))
    if single and not end and now.last_hour is None:
        return (begin,) if begin else ()
    labelled = ((N_("Début : %(change)s"), begin), (N_("Fin : %(change)s"), end))
    return tuple(locale.say(label, change=change) for label, change in labelled if change)


Moment = tuple[date, time | None]


def _find_ends(was: DateRange, now: DateRange, *, single: bool) -> tuple[Moment, Moment]:
    """Both ends; of one day, whose change was said with the start, the hours alone."""
    last = now.last or now.first
    return (last if single else was.last or was.first, was.last_hour), (last, now.last_hour)


def _is_one_day(span: DateRange) -> bool:
    return span.last in (None, span.first)


def _describe_change(locale: ReaderLocale, was: Moment, now: Moment) -> str:
    """One end of it: the day where that changed, with its hour, or the hour alone."""
    if was == now:
        return ""
    new, old = (_describe_moment(locale, *one, day_too=was[0] != now[0]) for one in (now, was))
    return locale.say(N_("%(new)s au lieu de %(old)s"), new=new, old=old)


def _describe_moment(locale: ReaderLocale, day: date, hour: time | None, *, day_too: bool) -> str:
    parts = [format_day(day, locale.language)] if day_too else []
    if hour is not None:
        parts.append(format_hour(hour, locale.language))
    return ", ".join(parts) or locale.say(N_("toute la journée"))


def _name(locale: ReaderLocale, key: str, label: str) -> str:
    """What it is called; points as the cooperative calls them."""
    if key == "points" and locale.currency is not None:
        return locale.currency.many[:1].upper() + locale.currency.many[1:]
    return locale.say(label)


LABELS = {
    "when": ("date", N_("Quand")),
    "place": ("place", N_("Où")),
    "quantity": ("list", N_("Combien")),
    "in_return": ("agreement", N_("En échange")),
    "points": ("agreement", N_("Points")),
    "note": ("message", N_("Précision")),
}


def _list_facts(locale: ReaderLocale, terms: Terms) -> Iterable[tuple[str, str]]:
    span = read_span(terms.begins_at, terms.ends_at)
    if span is not None:
        yield "when", describe(span, locale)
    if terms.place:
        yield "place", terms.place
    if terms.quantity != 1 or terms.unit != "one":
        yield "quantity", format_quantity(locale, terms.quantity, terms.unit)
    given = [terms.in_return] if terms.in_return else []
    if terms.amount is not None:
        given.append(format_price(terms.amount, terms.currency, locale.language))
    if given:
        yield "in_return", ", ".join(given)
    if terms.points:
        amount = terms.points
        yield "points", format_count(amount, locale.language)
    if terms.note:
        yield "note", terms.note


def format_quantity(locale: ReaderLocale, quantity: Decimal, unit: str) -> str:
    """So many of what is counted in this unit."""
    words = UNITS.get(unit)
    count = format_count(quantity, locale.language)
    if words is None:
        return f"{count} {unit}"
    return locale.say(words[0] if quantity == 1 else words[1], count=count)


def format_when(locale: ReaderLocale, terms: Terms) -> str:
    """When, in words; nothing where no day was named."""
    span = read_span(terms.begins_at, terms.ends_at)
    return describe(span, locale) if span else ""


def is_help(details: ListingDetails) -> bool:
    """Whether whoever answers gives instead of taking: requests and repair calls."""
    return details.kind != "offer"
