"""Days as people type them, with or without a calendar that pops up."""

from datetime import date

from web.forms.form import Form

YEARS = range(1900, 9000)
"""Of what anybody means here; further off, calendars end."""


def read_day(form: Form, name: str, *, missing: str = "") -> date | None:
    """The day in a field; `missing` is the sentence when there has to be one."""
    typed = form.text(name, limit=20, missing=missing)
    try:
        return parse_day(typed) if typed else None
    except ValueError:
        form.fail(name, "Écrivez une date, par exemple 2027-05-09.")
        return None


def parse_day(typed: str) -> date:
    """As browsers send it, or as people write it: 2027-05-13, 13/05/2027, 13.5.27. Raises ValueError."""
    if "-" in typed:
        found = date.fromisoformat(typed)
    else:
        day, month, year = (int(piece) for piece in typed.replace(".", "/").split("/"))
        try:
            found = date(year + 2000 if 0 <= year < 100 else year, month, day)
        except OverflowError as error:
            raise ValueError from error
    if found.year not in YEARS:
        raise ValueError
    return found
