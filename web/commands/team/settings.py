"""`declic settings list|get|set|history|undo`: what the cooperative decides about itself, as its pages change it."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click
import orjson

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.team.french_names import BilingualGroup
from web.commands.team.tables import Cell, print_rows

with when_used():
    from models import preferences
    from models.coop import setting_changes
    from models.moderation import journal
    from models.store import database
    from outbox.people import cooperative_settings
    from web.commands import english_errors
    from web.forms import form as forms
    from web.pages.instance.settings import pages, reading, value_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.instance import Instance
    from models.preferences import Preferences
    from models.store.database import Connection
    from web.pages.instance.settings.fields import SettingField
    from web.pages.instance.settings.settings_page import SettingsPage

LISTED = ("key", "value", "page")

TOLD = ("id", "at", "by", "key", "before", "after")

YES, NO = ("yes", "true", "on", "1", "oui"), ("no", "false", "off", "0", "non", "")

MOST_LISTED = 1_000
"""Changes that the history prints at most."""


@click.group(cls=BilingualGroup)
def settings() -> None:
    """Read and change what the cooperative decides about itself: the pages under /coop/reglages."""


@settings.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_settings(*, as_json: bool) -> None:
    """Print every setting: its key, its value, its page."""
    run(_list(as_json=as_json))


async def _list(*, as_json: bool) -> None:
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        chosen = await preferences.load(conn)
    rows: list[dict[str, Cell]] = [
        {"key": key, "value": _write(getattr(chosen, key)), "page": page.path} for key, page in pages.PAGE_OF.items()
    ]
    print_rows(rows, LISTED, as_json=as_json)


@settings.command("get")
@click.argument("key")
def get_setting(key: str) -> None:
    """Print the value of one setting; of several values or of questions, as JSON."""
    run(_get(key))


async def _get(key: str) -> None:
    _require_page(key)
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        print_out(_write(getattr(await preferences.load(conn), key)))


@settings.command("set")
@click.argument("key")
@click.argument("values", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def set_setting(key: str, values: Sequence[str], *, dry_run: bool) -> None:
    """Change one setting as its page would: yes or no, a code, a number, words; several values where it has several.

    Without a value it is emptied.
    """
    run(_set(key, values, dry_run=dry_run))


async def _set(key: str, values: Sequence[str], *, dry_run: bool) -> None:
    page = _require_page(key)
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        before = await preferences.load_for_change(conn)
        await _save(conn, instance, page, before, await _read(conn, page, key, values, before), dry_run=dry_run)


async def _read(
    conn: Connection, page: SettingsPage, key: str, values: Sequence[str], chosen: Preferences
) -> Preferences:
    """Raises CommandFailed with the sentence that the page would show."""
    field = pages.FIELDS[key]
    _require_settable(page, field)
    form = forms.Form(await reading.fill_page(conn, page, chosen), english_errors.to_english)
    form.put(field.typed_as, *_write_typed(field, values))
    if field.name == "map_tiles":
        form.put("map_background", "tiles" if values else "drawn")
    changed = await reading.read_page(conn, form, page, chosen)
    wrong = form.error(field.typed_as) or (form.error("territory") if key.startswith("territory_") else "")
    if wrong:
        raise CommandFailed(wrong)
    return changed if form.ok else replace(chosen, **{key: getattr(changed, key)})


def _require_settable(page: SettingsPage, field: SettingField) -> None:
    """Raise CommandFailed for what needs its page: a picture, words of another room, what has its effect elsewhere."""
    plain = field.kind in ("flag", "choice", "number", "decimal") or (field.kind == "text" and field.limit)
    apart = page.own_path and not plain
    if apart or field.kind in ("picture", "hours") or field.name == "limited_federation":
        raise CommandFailed(f"{field.name} is changed on its page, {page.path}.")


def _write_typed(field: SettingField, values: Sequence[str]) -> list[str]:
    if field.kind == "flag":
        return [_read_flag(field.name, " ".join(values))]
    return [",".join(values)] if field.kind == "territory" else list(values)


def _read_flag(key: str, word: str) -> str:
    if word.lower() not in (*YES, *NO):
        raise CommandFailed(f"{key} is yes or no.")
    return "1" if word.lower() in YES else ""


async def _save(
    conn: Connection, instance: Instance, page: SettingsPage, before: Preferences, after: Preferences, *, dry_run: bool
) -> None:
    """Print each setting that changes, from what to what; with `dry_run` that is all."""
    cooperative_settings.require_agreeing(before, after)
    for key in page.keys:
        was, will = getattr(before, key), getattr(after, key)
        if was != will:
            print_out(f"{key}: {_write(was) or '-'} -> {_write(will) or '-'}")
    if after == before:
        print_err("Nothing was to be changed.")
        return
    if dry_run:
        print_err("Nothing was changed: this was a dry run.")
        return
    await cooperative_settings.change_settings(conn, instance.site, after, by=None)
    await journal.record(conn, "settings_changed", by=None, right=page.right, page=page.name)


@settings.command("history")
@click.option("--key", help="Of one setting only.")
@click.option("--limit", type=click.IntRange(1, MOST_LISTED), default=50, show_default=True, help="So many at most.")
@click.option("--json", "as_json", is_flag=True, help="For scripts, with whole values.")
def show_history(key: str | None, limit: int, *, as_json: bool) -> None:
    """Print who changed what, the latest first; "-" is the platform itself, by a command."""
    run(_show_history(key, limit, as_json=as_json))


async def _show_history(key: str | None, limit: int, *, as_json: bool) -> None:
    keys = None if key is None else (_require_page(key), [key])[1]
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        found = await setting_changes.list_changes(conn, keys, limit=limit)
    rows: list[dict[str, Cell]] = [
        {
            "id": str(one.id),
            "at": one.at,
            "by": "somebody who left" if one.by == "" else one.by,
            "key": one.key,
            "before": one.before if as_json else value_words.shorten(_write(one.before)),
            "after": one.after if as_json else value_words.shorten(_write(one.after)),
        }
        for one in found
    ]
    print_rows(rows, TOLD, as_json=as_json)


@settings.command("undo")
@click.argument("number", type=int)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def undo_change(number: int, *, dry_run: bool) -> None:
    """Go back to the value before a change of the history: a change of its own."""
    run(_undo(number, dry_run=dry_run))


async def _undo(number: int, *, dry_run: bool) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        change = await setting_changes.find_change(conn, number)
        page = pages.PAGE_OF.get(change.key) if change is not None else None
        if change is None or page is None or change.key == "limited_federation":
            raise CommandFailed(f"No change {number} can be undone here; `declic settings history` lists them.")
        before = await preferences.load_for_change(conn)
        await _save(conn, instance, page, before, await setting_changes.undo(conn, change), dry_run=dry_run)


def _require_page(key: str) -> SettingsPage:
    """The page of a setting. Raises CommandFailed, naming the nearest that there is."""
    page = pages.PAGE_OF.get(key)
    if page is None:
        [near, *_] = [*get_close_matches(key, pages.PAGE_OF, 1, 0.4), *sorted(pages.PAGE_OF)]
        raise CommandFailed(f'There is no setting "{key}"; the nearest is "{near}", all: `declic settings list`.')
    return page


def _write(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    written = orjson.dumps(value, default=lambda one: {"text": one.text, "required": one.required})
    return written.decode()
