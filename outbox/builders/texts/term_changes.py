"""What is other in terms than in those before them, clause by clause: "fin à 18 h au lieu de 12 h"."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from models.exchanges.agreements import Terms
from models.exchanges.points import Currency
from models.listings.listings import ListingDetails
from models.moments import PARIS
from outbox.builders.texts.terms import fill, is_whole_days, write_act, write_all, write_rest, write_when
from outbox.builders.texts.wording import NBSP, write_day, write_hour


def write_other(
    details: ListingDetails, terms: Terms, before: Terms, language: str, currency: Currency | None = None
) -> str:
    """Terms that are proposed in the place of others: what is other, then the whole of it."""
    french = language == "fr"
    changes, whole = write_changes(terms, before, currency, french=french), write_all(terms, currency, french=french)
    if not changes or not whole or changes == whole:
        return write_act("countered", details, terms, language, currency)  # all of it is new, or nothing is
    colon = f"{NBSP}: " if french else ": "
    said = f"{colon}{', '.join(changes)}. {'En entier' if french else 'The whole of it'}{colon}{', '.join(whole)}"
    return fill("countered", details, said, language)


def write_changes(terms: Terms, before: Terms, currency: Currency | None, *, french: bool) -> list[str]:
    """Each clause that changed, the new one first; of what was given up that it is. Empty where all is as before."""
    changed = list(_list_days(before, terms, french=french))
    was, now = (write_rest(one, currency, french=french) for one in (before, terms))
    changed += [_replace(old, new, french=french) for old, new in zip(was, now, strict=True) if old != new]
    return changed


def _replace(old: str, new: str, *, french: bool) -> str:
    if not old:
        return new
    if not new:
        return f"sans « {old} »" if french else f"without “{old}”"
    return f"{new} au lieu de {old}" if french else f"{new} instead of {old}"


def _replace_days(old: str, new: str, *, french: bool) -> str:
    """Days in the place of days: "au lieu du 13 mai" where "le 13 mai" stood, and of spans "du 13 au 17 mai" alike."""
    if not (old and new and french):
        return _replace(old, new, french=french)
    return f"{new} au lieu du {old.removeprefix('le ').removeprefix('du ')}"


def _list_days(before: Terms, terms: Terms, *, french: bool) -> Iterator[str]:
    """The start and the end where one or both moved; else the days as a whole."""
    was, now = write_when(before, french=french), write_when(terms, french=french)
    if was == now:
        return
    bounds = _find_bounds(before), _find_bounds(terms)
    if bounds[0] is None or bounds[1] is None or bounds[0][2] != bounds[1][2]:
        yield _replace_days(was, now, french=french)
        return
    names = ("début", "fin") if french else ("start", "end")
    for name, old, new in zip(names, bounds[0][:2], bounds[1][:2], strict=True):
        if old != new:
            yield f"{name} {_move(old, new, hours=not bounds[0][2], french=french)}"


def _find_bounds(terms: Terms) -> tuple[datetime, datetime, bool] | None:
    """The first and the last moment, and whether they are days: then the last one is the last day."""
    if terms.begins_at is None or terms.ends_at is None:
        return None
    whole = is_whole_days(terms.begins_at, terms.ends_at)
    return terms.begins_at, terms.ends_at - timedelta(hours=1) if whole else terms.ends_at, whole


def _move(old: datetime, new: datetime, *, hours: bool, french: bool) -> str:
    """On the same day the hour alone; else the day, with its hour where hours were said."""
    here = [one.astimezone(PARIS) for one in (new, old)]
    at = [write_hour(one, french=french) for one in here]
    if here[0].date() == here[1].date():
        return f"à {at[0]} au lieu de {at[1]}" if french else f"at {at[0]} instead of {at[1]}"
    days = [write_day(one, french=french) for one in (new, old)]
    if hours:
        days = [f"{day} {'à' if french else 'at'} {hour}" for day, hour in zip(days, at, strict=True)]
    return f"le {days[0]} au lieu du {days[1]}" if french else f"on {days[0]} instead of {days[1]}"
