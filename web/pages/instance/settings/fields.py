"""One setting as a field: how it is asked for, what may stand in it, and what it says once it is set."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from web.rendering.i18n import N_, Say

FieldKind = Literal[
    "text",
    "lines",
    "email",
    "number",
    "decimal",
    "flag",
    "choice",
    "accent",
    "many",
    "territory",
    "picture",
    "hours",
    "labels",
]

NUMBER = N_("Écrivez un nombre, de %(least)s à %(most)s.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingField:
    """A field of the page, named as the setting. All its words are French sentences of the catalogue.

    `options` are what may be chosen, each in words. A number stands between `least` and `most`, else `wrong` is said;
    `missing` is said where it may not be empty. `note` stands under the field: what follows from it.
    """

    name: str
    kind: FieldKind
    label: str
    hint: str = ""
    note: str = ""
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    limit: int = 0
    least: int = 0
    most: int = 0
    missing: str = ""
    wrong: str = NUMBER

    @property
    def typed_as(self) -> str:
        """Its name in the form: codes of a territory are typed as names of places."""
        return "territory" if self.kind == "territory" else self.name


def show_field(say: Say, one: SettingField) -> SettingField:
    """The same in the reader's language."""
    return replace(
        one,
        label=say(one.label),
        hint=_say_if(say, one.hint),
        note=_say_if(say, one.note),
        options={code: say(words) for code, words in one.options.items()},
    )


def _say_if(say: Say, sentence: str) -> str:
    return say(sentence) if sentence else ""
