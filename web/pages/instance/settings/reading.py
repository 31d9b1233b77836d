"""The settings of one page, read from its form, and as they are typed into it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from multidict import MultiDict

from models.people.opening_hours import read_hours, write_hours
from models.preferences import Preferences
from models.store.database import Connection
from web.forms.form import Form
from web.forms.opening_hours_field import fill_in_week, read_hours_form
from web.forms.points_field import read_points
from web.pages.instance.cooperative_form import name_territory, read_identity
from web.pages.instance.map_tiles import fill_in_tiles, read_tiles
from web.pages.instance.settings.dues_fields import PRICE, read_price
from web.pages.instance.settings.fields import SettingField
from web.pages.instance.settings.settings_page import SettingsPage

SENT = "sent"
"""The key of the picture that came with the form: the view puts it there, once it was looked at."""


async def read_page(conn: Connection, form: Form, page: SettingsPage, chosen: Preferences) -> Preferences:
    """The settings with what was typed on this page; what is wrong is noted in the form."""
    if page.name in _READERS:
        return await _READERS[page.name](conn, form, chosen)
    return _read_fields(form, page.fields, chosen)


def _read_fields(form: Form, fields: Iterable[SettingField], chosen: Preferences) -> Preferences:
    return replace(chosen, **{one.name: read_field(form, one, getattr(chosen, one.name)) for one in fields})


async def _read_points(_conn: Connection, form: Form, chosen: Preferences) -> Preferences:
    return read_points(form, chosen)


async def _read_tiles(_conn: Connection, form: Form, chosen: Preferences) -> Preferences:
    return read_tiles(form, chosen)


async def _read_hours(_conn: Connection, form: Form, chosen: Preferences) -> Preferences:
    return replace(chosen, hours=write_hours(read_hours_form(form)) or {})


async def _read_dues(_conn: Connection, form: Form, chosen: Preferences) -> Preferences:
    return read_price(form, chosen, _read_fields(form, PRICE, chosen))


_READERS: Mapping[str, Callable[[Connection, Form, Preferences], Awaitable[Preferences]]] = {
    "nom": read_identity,
    "points": _read_points,
    "cartes": _read_tiles,
    "horaires": _read_hours,
    "adhesion": _read_dues,
}
"""Pages whose fields depend on one another."""


def read_field(form: Form, field: SettingField, held: Any) -> Any:
    """One setting; a number left empty stays as it is."""
    match field.kind:
        case "flag":
            return form.flag(field.name)
        case "picture":
            return "" if form.flag(f"no_{field.name}") else form.typed(SENT) or held
        case "number":
            return _read_number(form, field, held)
        case "decimal":
            return _read_decimal(form, field, held)
        case "choice" | "accent":
            return form.choice(field.name, field.options, default=held)
        case "many":
            return _read_ticked(form, field)
        case _:
            return _read_words(form, field)


def _read_ticked(form: Form, field: SettingField) -> tuple[str, ...]:
    ticked = form.many(field.name, field.options)
    if not ticked and field.missing:
        form.fail(field.name, field.missing)
    return ticked


def _read_words(form: Form, field: SettingField) -> str:
    match field.kind:
        case "email":
            return form.email(field.name)
        case "lines":
            return form.lines(field.name, limit=field.limit)
    return form.text(field.name, limit=field.limit, missing=field.missing)


def _read_number(form: Form, field: SettingField, held: int) -> int:
    typed = form.text(field.name, limit=20) or str(held)
    if not (typed.isascii() and typed.isdecimal()) or not field.least <= int(typed) <= field.most:
        form.fail(field.name, field.wrong, least=field.least, most=field.most)
        return held
    return int(typed)


def _read_decimal(form: Form, field: SettingField, held: float) -> float:
    typed = form.text(field.name, limit=20).replace(",", ".") or str(held)
    try:
        value = float(typed)
    except ValueError:
        value = -1
    if not field.least <= value <= field.most:
        form.fail(field.name, field.wrong, least=field.least, most=field.most)
        return held
    return value


async def fill_page(conn: Connection, page: SettingsPage, chosen: Preferences) -> MultiDict[str]:
    """The settings of a page as they are typed."""
    values: MultiDict[str] = MultiDict()
    for one in page.fields:
        held = getattr(chosen, one.name)
        if one.kind == "hours":
            values.extend(fill_in_week(read_hours(held)))
        if one.kind in ("picture", "hours"):
            continue
        typed = [await name_territory(conn, held)] if one.kind == "territory" else list_typed(held)
        values.extend((one.typed_as, text) for text in typed)
    if page.name == "cartes":
        values["map_background"] = fill_in_tiles(chosen)["map_background"]
    return values


def list_typed(held: Any) -> list[str]:
    """A value as its field has it: of several, each."""
    if isinstance(held, bool):
        return ["1"] if held else []
    return list(held) if isinstance(held, tuple) else [str(held)]
