"""The days on which somebody wants what is looked for, as the search page's form asks for them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from models.listings.unavailabilities import AHEAD, midnight
from models.moments import PARIS
from web.forms.date_field import read_day
from web.forms.form import Form
from web.rendering.render import N_

WEEKEND = "week-end"

_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedDays:
    """From the first day to the last, both included; `weekend` is the coming one, whenever it is asked."""

    first: date
    last: date
    weekend: bool = False

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """As they stand in an address: the same days are always written in the same way."""
        if self.weekend:
            return [("quand", WEEKEND)]
        return [("du", self.first.isoformat()), ("au", self.last.isoformat())]

    @property
    def dates(self) -> tuple[date, ...]:
        """The first day and the last, or the one."""
        return (self.first,) if self.first == self.last else (self.first, self.last)

    def find_moments(self, at: datetime) -> tuple[datetime, datetime]:
        """From when until before when; of a day that has begun, what is left of it."""
        now = at.astimezone(UTC).replace(second=0, microsecond=0)
        return max(now, midnight(self.first)), midnight(self.last + timedelta(days=1))


def find_weekend(today: date) -> WantedDays:
    """The coming Saturday and Sunday; on these days, what is left of them."""
    first = today if today.weekday() >= _SATURDAY else today + timedelta(days=_SATURDAY - today.weekday())
    return WantedDays(first=first, last=first + timedelta(days=_SATURDAY + 1 - first.weekday()), weekend=True)


def read_wanted_days(form: Form, *, at: datetime) -> WantedDays | None:
    """The days in the form; None where none are asked for, and where they make no sense, which is said at the field.

    The weekend wins over dates that were typed before.
    """
    today = at.astimezone(PARIS).date()
    if form.typed("quand") == WEEKEND:
        return find_weekend(today)
    first, last = read_day(form, "du"), read_day(form, "au")
    if form.error("du") or form.error("au"):
        return None
    first, last = first or last, last or first
    if first is None or last is None:
        return None
    wrong = _find_fault(first, last, today)
    if wrong:
        form.fail("au" if form.typed("au").strip() else "du", wrong)
        return None
    return WantedDays(first=first, last=last)


def _find_fault(first: date, last: date, today: date) -> str:
    if last < first:
        return N_("Le dernier jour est avant le premier.")
    if last < today:
        return N_("Ces jours sont passés.")
    return N_("Les calendriers ne vont pas plus loin qu’un an.") if last > today + AHEAD else ""
