"""Two administrators change the same page: what each of them changed is kept, and where both did the second decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.coop import setting_changes
from models.coop.setting_changes import SettingChange, rewind
from models.preferences import Preferences
from models.store.database import Connection
from web.forms.form import Form
from web.http.row_ids import find_id
from web.pages.instance.settings.pages import FIELDS
from web.pages.instance.settings.value_words import describe_value, name_author, shorten
from web.rendering.i18n import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """A setting that somebody else changed since she read the page, and she too."""

    key: str
    field: str
    who: str
    at: datetime
    before: str
    now: str
    hers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What came of it: `merged` has what either changed alone, and hers where both did; `both` are those settings.

    `untouched` are what the other changed and she did not.
    """

    merged: Preferences
    both: tuple[str, ...]
    untouched: tuple[str, ...]


def merge(keys: Sequence[str], current: Preferences, hers: Preferences, since: Sequence[SettingChange]) -> Meeting:
    """What she sends, read when nothing of `since` had changed yet, put together with what stands now."""
    base = rewind(current, since)
    moved = [key for key in keys if getattr(base, key) != getattr(current, key)]
    untouched = tuple(key for key in moved if getattr(hers, key) == getattr(base, key))
    both = tuple(key for key in moved if key not in untouched and getattr(hers, key) != getattr(current, key))
    merged = replace(hers, **{key: getattr(current, key) for key in untouched})
    return Meeting(merged=merged, both=both, untouched=untouched)


async def list_since(conn: Connection, keys: Sequence[str], form: Form) -> list[SettingChange]:
    """What changed since the form was read; nothing where it does not say when."""
    version = form.typed("version")
    if not version.isdecimal():
        return []
    return await setting_changes.list_since(conn, keys, find_id(version) or 0)


async def describe_collision(
    conn: Connection, say: Say, key: str, since: Sequence[SettingChange], hers: Preferences
) -> Collision:
    """What the other made of a setting, and what she would."""
    field = FIELDS[key]
    changes = [one for one in since if one.key == key]
    values = (changes[0].before, changes[-1].after, getattr(hers, key))
    before, now, typed = [shorten(await describe_value(conn, say, field, one)) for one in values]
    return Collision(
        key=field.typed_as,
        field=say(field.label),
        who=name_author(say, changes[-1].by),
        at=changes[-1].at,
        before=before,
        now=now,
        hers=typed,
    )
