"""What the rules of the directory look at, what they say, and their thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Reason(StrEnum):
    """Why a territory is not on the map; `web/pages/servers/directory_reasons.py` has the sentence of each."""

    REMOVED = "removed"
    NOT_VISITED = "not_visited"
    UNREACHABLE = "unreachable"
    ORIGIN = "origin"
    KEY = "key"
    PROTOCOL = "protocol"
    UNLISTED = "unlisted"
    NOWHERE = "nowhere"
    FAR = "far"
    WIDE = "wide"
    PROPOSALS = "proposals"
    UNVOUCHED = "unvouched"
    ONE_VOUCHER = "one_voucher"
    SAME_DOMAIN = "same_domain"
    DEPENDENT = "dependent"
    QUOTA = "quota"
    STRIKES = "strikes"
    WEIGHT = "weight"
    AGE = "age"
    DOMAIN = "domain"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The numbers of the rules. `python -m tests.bench directory` shows what others would let in and keep out."""

    depth: int = 3
    hosts: int = 2_000
    radius_km: float = 150
    proposals: int = 3
    vouchers: int = 2
    weight: float = 0.5
    independent: timedelta = timedelta(days=30)
    month: timedelta = timedelta(days=30)
    entries_a_month: int = 3
    age: timedelta = timedelta(days=14)
    grey: timedelta = timedelta(days=7)
    gone: timedelta = timedelta(days=30)
    strikes: int = 2


THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """What is known of a territory elsewhere.

    `proven_at` is when a signed visit last found all in order, `problem` what the last visit found wrong. `vouched`
    says that our own administrators vouch for it; `removed`, that they took it off the map. `area_km` is how far the
    middle of its area is from the nearest commune of France; `proposals` are the open ones inside its area.
    """

    host: str
    domain: str
    first_seen_at: datetime
    proven_at: datetime | None = None
    problem: Reason | None = Reason.NOT_VISITED
    vouched: bool = False
    removed: bool = False
    area_km: float | None = None
    radius_km: float | None = None
    proposals: int = 0
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouch:
    """`voucher` vouches for `host`, both hosts; `since` is when we first saw it, since anybody may backdate."""

    voucher: str
    host: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A vouch that helped to bring `host` on the map at this moment."""

    voucher: str
    host: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that one judgement rests on; `strikes` counts what was vouched for by whom and found to be spam."""

    territories: tuple[Territory, ...]
    vouches: tuple[Vouch, ...]
    credits: tuple[Credit, ...] = ()
    strikes: Mapping[str, int]
    area_km: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a territory is on the map, at how many hops, by whose word; or the reason that holds it back.

    `silent` ones are on it in grey: they did not answer for a week.
    """

    accepted: bool
    reason: Reason | None = None
    hop: int = 0
    vouchers: tuple[str, ...] = ()
    silent: bool = False
