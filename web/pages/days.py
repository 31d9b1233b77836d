"""Days as people type them, with or without a calendar that pops up."""

from datetime import date

from web.forms import Form


def read_day(form: Form, name: str, *, missing: str = "") -> date | None:
    """The day in a field; `missing` is the sentence when there has to be one."""
    typed = form.text(name, limit=20, missing=missing)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        form.fail(name, "Écrivez une date, par exemple 2027-05-09.")
        return None
