"""What a setting is, in words: on the list of pages, in the history, and where two administrators meet."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

from models.coop.setting_changes import SettingChange
from models.people.opening_hours import read_hours
from models.preferences import Preferences
from models.store.database import Connection
from web.forms.opening_hours_field import fill_in_week
from web.pages.instance.cooperative_form import name_territory
from web.pages.instance.settings.fields import SettingField
from web.pages.instance.settings.pages import FIELDS
from web.pages.instance.settings.settings_page import SettingsPage
from web.rendering.hours_words import DAYS
from web.rendering.i18n import N_, Say
from web.rendering.text_changes import TextChange, list_changes

LONGEST_SHOWN = 160
"""Characters of a value in a list; of longer ones only lines that changed are shown in the history."""

MOST_TOLD = 4
"""Settings of a page that its line on the list tells."""

CHANGES_SHOWN = 12
"""Lines of a long text that its line in the history shows, those that came and those that went."""

NOTHING = N_("rien")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldChange:
    """One change as a page tells it: `lines` in place of both values where it is a long text."""

    change: SettingChange
    field: str
    who: str
    before: str
    after: str
    lines: Sequence[TextChange] = ()


async def describe_value(conn: Connection, say: Say, field: SettingField, value: Any) -> str:
    """The value in words, whole."""
    if field.kind == "territory":
        return await name_territory(conn, value) or say(NOTHING)
    if field.kind == "hours":
        return _describe_hours(say, value) or say(NOTHING)
    return _describe(say, field, value) or say(NOTHING)


def _describe(say: Say, field: SettingField, value: Any) -> str:
    if isinstance(value, bool):
        return say(N_("oui")) if value else say(N_("non"))
    if isinstance(value, list | tuple):
        return ", ".join(_describe(say, field, one) for one in value)
    if isinstance(value, dict):
        return _describe_parts(say, field, value)
    if isinstance(value, str) and value in field.options:
        return say(field.options[value])
    if is_dataclass(value) and not isinstance(value, type):
        return _describe(say, field, asdict(value))
    return str(value)


def _describe_parts(say: Say, field: SettingField, value: dict[str, Any]) -> str:
    """Own words for shared things by their names; a sub-category, a question or an answer kept ready."""
    if field.kind == "labels":
        return ", ".join(f"{say(field.options.get(slug, slug))} → {words}" for slug, words in value.items())
    if "slug" in value:
        return _describe_subcategory(say, field, value)
    parts = (value.get("text", ""), value.get("title", ""), value.get("words", ""))
    return " : ".join(part for part in parts if part)


def _describe_subcategory(say: Say, field: SettingField, value: dict[str, Any]) -> str:
    """Where it is, what it is called, what else it is found as, and whether it is closed."""
    shared = value["slug"].partition(".")[0]
    parts = (f"{say(field.options.get(shared, shared))} › {value.get('label', '')}", value.get("words", ""))
    closed = f" ({say(N_('fermée'))})" if value.get("closed") else ""
    return " : ".join(part for part in parts if part) + closed


def _describe_hours(say: Say, kept: Any) -> str:
    """The week as it is typed, since one line of it tells two values apart."""
    hours = read_hours(kept)
    week = fill_in_week(hours)
    days = [f"{say(DAYS[day])} {spans}" for day in range(7) if (spans := week[f"hours_{day}"])]
    closures = [
        say(N_("fermé du %(start)s au %(end)s"), start=f"{one.first:%d/%m/%Y}", end=f"{one.last:%d/%m/%Y}")
        for one in hours.closures
    ]
    return " ; ".join([*days, *closures])


def shorten(text: str, most: int = LONGEST_SHOWN) -> str:
    """The beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


async def summarise(conn: Connection, say: Say, page: SettingsPage, chosen: Preferences) -> list[str]:
    """What stands now of a page: what is on, chosen or written; what is off or empty is not told."""
    told = [await _tell(conn, say, field, getattr(chosen, field.name)) for field in page.fields]
    return [one for one in told if one][:MOST_TOLD]


async def _tell(conn: Connection, say: Say, field: SettingField, value: Any) -> str:
    if not value:
        return ""
    if value is True:
        return say(field.label)
    words = shorten(await describe_value(conn, say, field, value), LONGEST_SHOWN // 2)
    alone = not isinstance(value, int) and not (field.kind == "choice" and words[:1].islower())
    return words if alone else say(N_("%(label)s : %(value)s"), label=say(field.label), value=words)


async def tell_change(conn: Connection, say: Say, change: SettingChange) -> ToldChange:
    """A change in words, of a setting that there is no more under its own name."""
    field = FIELDS.get(change.key, SettingField(name=change.key, kind="text", label=change.key))
    before = await describe_value(conn, say, field, change.before)
    after = await describe_value(conn, say, field, change.after)
    long = max(len(before), len(after)) > LONGEST_SHOWN or "\n" in before + after
    in_lines = long and field.kind == "lines"
    texts = [_write_lines(say, field, one) for one in (change.before, change.after)] if in_lines else []
    lines = list_changes(*texts) if in_lines else []
    return ToldChange(
        change=change,
        field=say(field.label),
        who=name_author(say, change.by),
        before=shorten(before),
        after=shorten(after),
        lines=[TextChange(kind=one.kind, text=shorten(one.text)) for one in lines[:CHANGES_SHOWN]],
    )


def _write_lines(say: Say, field: SettingField, value: Any) -> str:
    """A long value line by line: of several, each with its own."""
    parts = value if isinstance(value, list) else [value or ""]
    return "\n".join(_describe(say, field, one) for one in parts)


def name_author(say: Say, by: str | None) -> str:
    """Who changed it: a member, somebody who is gone, or the platform by a command or its first run."""
    if by is None:
        return say(N_("la plateforme"))
    return by or say(N_("une personne partie"))
