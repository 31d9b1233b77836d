"""What a page of settings is: up to eight that belong together, in one of the groups of their list."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from models.people.roles import Right
from web.pages.instance.settings.fields import SettingField
from web.rendering.i18n import N_

SETTINGS = "/coop/reglages"

SettingsGroup = Literal["coop", "members", "exchanges", "network"]

GROUPS: Mapping[SettingsGroup, str] = MappingProxyType(
    {
        "coop": N_("La coop"),
        "members": N_("Les membres"),
        "exchanges": N_("Les échanges"),
        "network": N_("Le réseau"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """Up to eight settings that belong together, saved together. `own_path` is where a page of another room asks them.

    `name` is the last part of its address.
    """

    name: str
    group: SettingsGroup
    icon: str
    title: str
    sentence: str
    fields: tuple[SettingField, ...]
    right: Right = "settings"
    own_path: str = ""

    @property
    def path(self) -> str:
        """Its address."""
        return self.own_path or f"{SETTINGS}/{self.name}"

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of its settings."""
        return tuple(one.name for one in self.fields)
