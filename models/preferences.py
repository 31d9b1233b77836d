"""What the cooperative decides about itself: name, territory, registration, looks, legal block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, get_args, get_type_hints

import msgspec
import orjson
import structlog

from models.ids import make_id
from models.own_categories import Subcategory as Subcategory
from models.preference_values import CannedAnswer, DuesLapse, SignUpQuestion
from models.store.database import Connection, execute, execute_many, fetch_value

USUAL_DAYS, LEAST_USUAL_DAYS, MOST_USUAL_DAYS = 30, 7, 365
"""Days that a listing stands without an end of its own, and what the cooperative may choose instead."""


TerritoryKind = Literal["commune", "epci", "communes"]
"""One commune, one EPCI (a federation of communes such as Hénin-Carvin), or communes picked one by one."""

Registration = Literal["open", "approval", "invitation", "closed"]
"""Whether anybody joins by herself, after somebody's yes, with an invitation only, or not at all."""

DirectoryArea = Literal["france", "borders", "anywhere"]
"""Where a territory has to lie to come on the map: in France, there or near its borders, anywhere."""

PassersBy = Literal["open", "looked_at", "closed"]
"""Whether the repair call of somebody without an account appears at once, after a look of the team, or not at all."""

Accent = Literal["email", "vert", "prune", "canard", "ardoise", "vermillon"]

DurationLabel = Literal["longest", "wished"]
"""What the duration of a loan is: as long as it may last at most, or as its owner would like it."""

FiguresLicence = Literal["lov2", "odbl"]
"""Licence Ouverte 2.0, or the Open Database License: what may be done with the cooperative's figures."""

FIGURES_LICENCES: tuple[FiguresLicence, ...] = get_args(FiguresLicence)

Mode = Literal["gift", "loan", "swap", "sale", "service"]

ListingKind = Literal["offer", "request", "repair_call"]

HomeNeeded = Literal["nobody", "borrowers", "everybody"]
"""Who has to say in which commune she lives: nobody, who asks for a loan, who asks for one or offers one."""

PASSERS_BY: tuple[PassersBy, ...] = get_args(PassersBy)

MOST_FIRST_POSTS = 3
"""So many of a new member's posts may wait for a look at most."""

LEAST_HOLD, LONGEST_HOLD = 24, 168
"""Hours: whoever looks in once a day can answer, and nothing is blocked for more than a week."""

APART = frozenset({"limited_federation", "closed", "opened_at", "opened_by", "shutdown_at"})
"""What no form of settings changes: `trust_levels.save_limited`, `coop/opening` and `coop/shutdown` do."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The cooperative's settings; every field has a default, so that an empty table is a valid one.

    `territory_codes` are INSEE codes of communes, or the one SIREN code of an EPCI; `territory_name` is what people
    say. `questions` are asked of whoever asks to join, `closed_words` tell why nobody may just now. Sale is off
    until the cooperative wants it: it brings duties towards the tax office. `blocks_told` lets programs read the
    list of servers set aside for a public reason. `hold_hours` is how long a request waits for an answer, and holds
    its days, before it ends by itself; `listing_days` how long a listing without an end of its own stands, unless
    it is lent or a service. `points` are kept or not, have a name for one and for many, and say what is given on
    joining, each month, for an object deposited; `points_overdraft` is how far below zero a member may go. `guests`
    lets people without any account answer by mail. `strangers_shown` lets those who moderate read what strangers
    wrote to members, and waits. `markets` lets marketplaces elsewhere follow `@instance` and show our public gifts
    and sales; off until the cooperative wishes it, since its members' things are then advertised on sites where its
    rules do not hold. `ai_refused` asks machines that feed language models not to read our pages.
    `suspension_by_two` asks for a second of the team for suspensions too; `talks_opened` lets
    those who moderate open a whole private talk of which a message was reported, with a reason and so that both
    sides see it; `journal_shown` lets members read what the team does, without names. `member_invitations` is how
    many people each member may invite (0: the team alone invites), `member_invitations_wait` whether these wait for a
    yes all the same; `member_communities` whether each member may found a community, or the team alone. `first_posts`
    is how many posts of a new member wait for a look; none unless the cooperative wants it. `passers_by` is what
    becomes of repair calls of people without any account. `map_tiles` is the address
    of a background for maps on another host, with `map_credit` under it; maps are drawn by us without it.
    `repair_collective` is the id of the community in which repair shops of ours have to be to appear; without one the
    team says so. `shop_types` are the cooperative's own kinds of shops. `repairs_published` gives repairs as open data
    to everybody, without names or places; off until the cooperative wishes it. `closed` shows visitors a page that says
    so, and nothing else: a new instance is, until somebody opens it (`models/coop/opening`), at `opened_at`, with
    `opened_by` for the id of who did, None for a command.
    `logo` is the key of its picture's file.
    `kinds` are the kinds of listings in use: of others there is nothing new, and what there is stays. `phone_required`
    and `commune_required` are asked of whoever joins, `photo_required` of an offer of things; `home_needed` is who
    has to say her commune before a loan. `notice_sign_up` and `notice_publish` are said where one joins, and where one
    says where a thing is. `filters_open` shows the filters of the search at once. `word_…` are the cooperative's own
    words (`web/rendering/own_words`), "" for ours.
    `figures_published` shows its figures
    to everybody, under `figures_licence`; of each object that changed hands `kilogram_factor` kilograms are said to be
    avoided, as `kilogram_source` has it: both are empty, and none are shown, until somebody knows.
    `canned_answers` are kept ready for whoever asks to join.
    `hours` are its week and its closures as `models/people/opening_hours` writes them, `opening_hours` words beside.
    `category_labels` are its own words for shared categories, by slug; of those in `categories_closed` there is nothing
    new, and what there is stays. `subcategories` are its own, in their order; the table that listings hold on to
    follows them (`models/listings/subcategories`). At `shutdown_at` the instance ends (`models/coop/shutdown`).
    `dues` asks members for something each year, from `dues_least` to `dues_most` euros as each wishes, with
    `dues_suggested` proposed, `dues_words` about it, `dues_free` for whom it costs nothing, and `dues_address` for
    where it is paid: not here. After `dues_grace` days without them `dues_lapse` is refused; `dues_amounts` keeps what
    each gave.
    """

    name: str = ""
    sentence: str = ""
    territory_kind: TerritoryKind = "commune"
    territory_codes: tuple[str, ...] = ()
    territory_name: str = ""
    registration: Registration = "closed"
    member_invitations: int = 0
    member_invitations_wait: bool = True
    member_communities: bool = True
    questions: tuple[SignUpQuestion, ...] = ()
    closed_words: str = ""
    accent: Accent = "email"
    modes: tuple[Mode, ...] = ("gift", "loan", "swap", "service")
    duration_label: DurationLabel = "longest"
    address: str = ""
    opening_hours: str = ""
    contact_email: str = ""
    limited_federation: bool = False
    blocks_told: bool = False
    directory_area: DirectoryArea = "france"
    hold_hours: int = 72
    listing_days: int = USUAL_DAYS
    guests: bool = True
    strangers_shown: bool = False
    markets: bool = False
    ai_refused: bool = False
    first_posts: int = 0
    passers_by: PassersBy = "open"
    map_tiles: str = ""
    map_credit: str = ""
    suspension_by_two: bool = False
    talks_opened: bool = False
    journal_shown: bool = True
    legal_publisher: str = ""
    legal_director: str = ""
    legal_host: str = ""
    legal_text: str = ""
    points: bool = False
    points_one: str = "point"
    points_many: str = "points"
    points_joining: int = 50
    points_monthly: int = 30
    points_deposit: int = 5
    points_overdraft: int = 0
    repair_collective: str = ""
    shop_types: tuple[str, ...] = ()
    repairs_published: bool = False
    closed: bool = False
    opened_at: datetime | None = None
    opened_by: int | None = None
    logo: str = ""
    kinds: tuple[ListingKind, ...] = get_args(ListingKind)
    phone_required: bool = False
    commune_required: bool = False
    photo_required: bool = False
    home_needed: HomeNeeded = "nobody"
    notice_sign_up: str = ""
    notice_publish: str = ""
    filters_open: bool = False
    word_offer: str = ""
    word_request: str = ""
    word_repair_call: str = ""
    word_loan: str = ""
    word_gift: str = ""
    word_swap: str = ""
    word_sale: str = ""
    word_service: str = ""
    word_listings: str = ""
    word_publish: str = ""
    word_propose: str = ""
    word_seek: str = ""
    word_join: str = ""
    word_members: str = ""
    word_partner: str = ""
    word_communities: str = ""

    figures_published: bool = False
    figures_licence: FiguresLicence = "lov2"
    kilogram_factor: float = 0
    kilogram_source: str = ""
    canned_answers: tuple[CannedAnswer, ...] = ()
    hours: dict[str, Any] = field(default_factory=dict)
    category_labels: dict[str, str] = field(default_factory=dict)
    categories_closed: tuple[str, ...] = ()
    subcategories: tuple[Subcategory, ...] = ()
    shutdown_at: datetime | None = None
    dues: bool = False
    dues_least: int = 10
    dues_most: int = 40
    dues_suggested: int = 20
    dues_words: str = ""
    dues_free: str = ""
    dues_address: str = ""
    dues_grace: int = 30
    dues_lapse: DuesLapse = "nothing"
    dues_amounts: bool = False

    @property
    def asks_by_page(self) -> bool:
        """Whether joining asks for what no app can send."""
        return self.phone_required or self.commune_required

    @property
    def wants_answer(self) -> bool:
        """Whether nobody asks to join without an answer to one of its questions."""
        return any(one.required for one in self.questions)


_TYPES = get_type_hints(Preferences)


async def load(conn: Connection) -> Preferences:
    """The settings as they are now; a value that no longer fits its field counts as its default."""
    return read_stored(await fetch_value(conn, "SELECT jsonb_object_agg(key, value)::text FROM preference"))


@lru_cache(maxsize=8)
def read_stored(stored: str | None) -> Preferences:
    """The same from all that is kept, as one JSON text: what stays as it was is not read anew for each page."""
    kept, known = orjson.loads(stored or "{}"), dict[str, Any]()
    for one in fields(Preferences):
        if one.name not in kept:
            continue
        try:
            known[one.name] = msgspec.convert(kept[one.name], _TYPES[one.name])
        except msgspec.ValidationError:
            log.warning("preference_does_not_fit", key=one.name)
    return Preferences(**known)


async def load_for_change(conn: Connection) -> Preferences:
    """The same, until the transaction ends for whoever changes them alone: nobody undoes what another saves now."""
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('preference'))")
    return await load(conn)


async def save(conn: Connection, preferences: Preferences, *, by: int | None = None) -> None:
    """Keep all settings but those APART, which others put into effect.

    What did not change keeps its date. `by` is who changes them; nobody for commands, and for the first run.
    """
    kept = {one.name: getattr(preferences, one.name) for one in fields(Preferences) if one.name not in APART}
    await write(conn, kept, by=by)


async def write(conn: Connection, values: Mapping[str, Any], *, by: int | None = None) -> list[str]:
    """Keep these settings, by name; which of them changed, each with a line in the history."""
    before = await load_for_change(conn)
    changed = [name for name, value in values.items() if getattr(before, name) != value]
    if not changed:
        return []
    await execute_many(
        conn,
        """
        INSERT INTO preference (key, value) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()
        """,
        [(name, values[name]) for name in changed],
    )
    await execute_many(
        conn,
        """
        INSERT INTO preference_change (id, by_id, by_member, key, before, after) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        [(make_id(), by, by is not None, name, getattr(before, name), values[name]) for name in changed],
    )
    return changed


def read_value(name: str, value: Any) -> Any:
    """A value of the history as its field holds it. Raises ValueError where it no longer fits."""
    try:
        return msgspec.convert(value, _TYPES[name])
    except msgspec.ValidationError as error:
        raise ValueError(f"{name}: {error}") from error


async def find_last_change(conn: Connection, names: Sequence[str]) -> datetime | None:
    """When one of these settings last changed; None where none of them was ever set."""
    found: datetime | None = await fetch_value(
        conn, "SELECT max(updated_at) FROM preference WHERE key = ANY($1)", list(names)
    )
    return found
