"""Two administrators change the same page: what each of them changed is kept, and where both did the second decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.coop.setting_changes import SettingChange, rewind
from models.preferences import Preferences


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
