"""Points as they are typed: a number of them, and what a cooperative decides in its settings."""

from dataclasses import replace

from models.exchanges.points import MOST
from models.preferences import Preferences
from web.forms.form import Form

WORD_LIMIT = 20

NUMBERS = ("points_joining", "points_monthly", "points_deposit", "points_overdraft")


def read_points(form: Form, chosen: Preferences) -> Preferences:
    """Whether points are kept, their name, and the four numbers; switched off, all but the first stay as they were."""
    if not form.flag("points"):
        return replace(chosen, points=False)
    one = form.text("points_one", limit=WORD_LIMIT) or chosen.points_one
    many = form.text("points_many", limit=WORD_LIMIT) or chosen.points_many
    joining, monthly, deposit, overdraft = (_read_held(form, name, getattr(chosen, name)) for name in NUMBERS)
    return replace(
        chosen,
        points=True,
        points_one=one,
        points_many=many,
        points_joining=joining,
        points_monthly=monthly,
        points_deposit=deposit,
        points_overdraft=overdraft,
    )


def read_number(form: Form, name: str, *, least: int = 0) -> int | None:
    """A number of points; None where nothing was typed, or nothing that can be one."""
    typed = form.text(name, limit=7).replace("\u202f", "").replace(" ", "")
    if not typed and not least:
        return None
    if not (typed.isascii() and typed.isdecimal()) or not least <= int(typed) <= MOST:
        form.fail(name, "Écrivez un nombre, de %(least)s à 10 000.", least=least)
        return None
    return int(typed)


def _read_held(form: Form, name: str, held: int) -> int:
    number = read_number(form, name)
    return held if number is None else number
