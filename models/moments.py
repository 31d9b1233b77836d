"""The clock on the wall where the cooperatives are."""

from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
