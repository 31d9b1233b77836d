"""Alerts: searches that members want to be told of, each kept once, how often, and whether by mail too."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from models.errors import Invalid, NotFound
from models.ids import make_id
from models.searches.areas import list_territories
from models.searches.queries import NetworkFilter, read_query
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_records, fetch_value
from models.store.statements import name_values

AlertRhythm = Literal["now", "daily", "weekly"]

RHYTHMS: tuple[AlertRhythm, ...] = get_args(AlertRhythm)

MOST = 30
"""Alerts of one member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """What is to be watched: the search as an address has it (`parameters`), what its place and its `coop` are called.

    `category` is the one that was chosen; the filter has its narrower ones too. Days, the part of the map and the order
    of the filter mean nothing here.
    """

    parameters: str
    filter: NetworkFilter
    category: str = ""
    area: str = ""
    coop: str = ""
    rhythm: AlertRhythm = "now"
    by_mail: bool = True

    @property
    def is_boundless(self) -> bool:
        """Whether nothing says what is sought, nor where: all that anybody publishes."""
        return is_boundless(self.filter)


def is_boundless(filter: NetworkFilter) -> bool:
    """Whether a search has neither words nor a category nor a place."""
    named = filter.text.strip() or filter.categories or filter.radius is not None
    return not (named or filter.communes or filter.epcis or filter.territory_uri or filter.territory_uris)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAlert:
    """A search that somebody wants to be told of. Its fields are those of NetworkFilter; `area` names its places.

    `category` is as it was chosen; a sub-category of ours has its label too.
    """

    id: int
    actor_id: int
    parameters: str
    text: str
    kinds: list[str]
    modes: list[str]
    category: str | None
    subcategory_label: str | None
    territory_uris: list[str]
    communes: list[str]
    epcis: list[str]
    area: str
    coop: str
    radius: float | None
    with_photo: bool
    from_places: bool
    rhythm: AlertRhythm
    by_mail: bool
    paused_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What is written beside the draft."""

    id: int
    actor_id: int
    text: str
    meaning: str
    category: str | None
    territory_uris: tuple[str, ...]
    radius: float | None
    latitude: float | None
    longitude: float | None


_CREATE = name_values(
    """
    INSERT INTO search_alert (id, actor_id, parameters, text, query, kinds, modes, category, categories, subcategory,
        territory_uris, communes, epcis, area, coop, latitude, longitude, radius, with_photo, from_places, rhythm,
        by_mail)
    VALUES (:id, :actor_id, :parameters, :text, nullif(:meaning::text, '')::tsquery, :kinds, :modes,
        :category, :categories, :subcategory, :territory_uris, :communes, :epcis, :area, :coop, :latitude, :longitude,
        :radius, :with_photo, :from_places, :rhythm, :by_mail)
    ON CONFLICT (actor_id, parameters) DO NOTHING
    """,
    _Row,
    AlertDraft,
    NetworkFilter,
)


async def create(conn: Connection, actor_id: int, draft: AlertDraft) -> tuple[SearchAlert, bool]:
    """The alert, and whether it is new: the same search of the same member is kept once, with the choices it has.

    Raises Invalid where she has MOST already, where its words say nothing, and where what has no bounds is to be told
    at once.
    """
    await fetch_value(conn, "SELECT actor_id FROM account WHERE actor_id = $1 FOR NO KEY UPDATE", actor_id)
    kept = await find_same(conn, actor_id, draft.parameters)
    if kept is not None:
        return kept, False
    if draft.is_boundless and draft.rhythm == "now":
        raise Invalid("alert_boundless", field="rhythm")
    if await count(conn, actor_id) >= MOST:
        raise Invalid("too_many_alerts", most=MOST)
    meaning = await _read_meaning(conn, draft.filter.text.strip())
    await execute(conn, _CREATE.sql, *_CREATE.args(_make_row(actor_id, draft, meaning), draft, draft.filter))
    made = await find_same(conn, actor_id, draft.parameters)
    assert made is not None
    return made, True


def _make_row(actor_id: int, draft: AlertDraft, meaning: str) -> _Row:
    filter = draft.filter
    near = filter.radius is not None and filter.latitude is not None
    return _Row(
        id=make_id(),
        actor_id=actor_id,
        text=filter.text.strip(),
        meaning=meaning,
        category=draft.category or None,
        territory_uris=(filter.territory_uri,) if filter.territory_uri else filter.territory_uris,
        radius=filter.radius if near else None,
        latitude=filter.latitude if near else None,
        longitude=filter.longitude if near else None,
    )


async def _read_meaning(conn: Connection, text: str) -> str:
    """What its words mean with what else they are called, kept with it as the text of a tsquery.

    So that a new listing asks nobody. Words such as "de la" find nothing, and an alert on them would wait for
    ever. Raises Invalid.
    """
    if not text:
        return ""
    meaning = (await read_query(conn, text)).strict
    if not meaning:
        raise Invalid("alert_no_words", field="q")
    return meaning


_SAME = """
    SELECT id, actor_id, parameters, text, kinds, modes, category, territory_uris, communes, epcis, area, coop,
        radius, with_photo, from_places, rhythm, by_mail, paused_at, created_at,
        (SELECT s.label FROM subcategory s WHERE s.slug = search_alert.subcategory) AS subcategory_label
    FROM search_alert WHERE actor_id = $1 AND parameters = $2
"""


async def find_same(conn: Connection, actor_id: int, parameters: str) -> SearchAlert | None:
    """The alert that this member has on this search already."""
    return await fetch_one(conn, SearchAlert, _SAME, actor_id, parameters)


async def get(conn: Connection, actor_id: int, id: int) -> SearchAlert:
    """One of her alerts. Raises NotFound, also for those of others."""
    found = await fetch_one(
        conn,
        SearchAlert,
        """
        SELECT id, actor_id, parameters, text, kinds, modes, category, territory_uris, communes, epcis, area, coop,
            radius, with_photo, from_places, rhythm, by_mail, paused_at, created_at,
            (SELECT s.label FROM subcategory s WHERE s.slug = search_alert.subcategory) AS subcategory_label
        FROM search_alert WHERE actor_id = $1 AND id = $2
        """,
        actor_id,
        id,
    )
    if found is None:
        raise NotFound
    return found


async def list_own(conn: Connection, actor_id: int) -> list[SearchAlert]:
    """Her alerts, the newest first."""
    return await fetch_all(
        conn,
        SearchAlert,
        """
        SELECT id, actor_id, parameters, text, kinds, modes, category, territory_uris, communes, epcis, area, coop,
            radius, with_photo, from_places, rhythm, by_mail, paused_at, created_at,
            (SELECT s.label FROM subcategory s WHERE s.slug = search_alert.subcategory) AS subcategory_label
        FROM search_alert WHERE actor_id = $1 ORDER BY id DESC
        """,
        actor_id,
    )


async def count(conn: Connection, actor_id: int) -> int:
    """How many alerts she has, those that rest among them."""
    return int(await fetch_value(conn, "SELECT count(*) FROM search_alert WHERE actor_id = $1", actor_id))


async def change(conn: Connection, alert: SearchAlert, *, rhythm: AlertRhythm, by_mail: bool) -> None:
    """She wants to be told of it so often, by mail or not. Raises Invalid for what has no bounds, at once."""
    done = await execute(
        conn,
        """
        UPDATE search_alert SET rhythm = $3, by_mail = $4
        WHERE actor_id = $1 AND id = $2 AND ($3 <> 'now' OR query IS NOT NULL OR cardinality(categories) > 0
            OR radius IS NOT NULL OR cardinality(communes || epcis || territory_uris) > 0)
        """,
        alert.actor_id,
        alert.id,
        rhythm,
        by_mail,
    )
    if not done:
        raise Invalid("alert_boundless", field="rhythm")


async def refresh_territories(conn: Connection) -> int:
    """Alerts on "my territories" follow those that their owner follows; how many watch others now."""
    on_hers = await fetch_records(
        conn,
        """
        SELECT actor_id, array_agg(id) AS ids FROM search_alert
        WHERE 'coop=miens' = ANY (string_to_array(parameters, '&')) GROUP BY actor_id
        """,
    )
    changed = 0
    for row in on_hers:
        changed += await execute(
            conn,
            "UPDATE search_alert SET territory_uris = $2 WHERE id = ANY($1) AND territory_uris <> $2",
            row["ids"],
            await list_territories(conn, row["actor_id"]),
        )
    return changed


async def pause(conn: Connection, actor_id: int, id: int, *, paused: bool) -> None:
    """It rests, and finds nothing meanwhile, or it watches again."""
    await execute(
        conn,
        "UPDATE search_alert SET paused_at = CASE WHEN $3 THEN now() END WHERE actor_id = $1 AND id = $2",
        actor_id,
        id,
        paused,
    )


async def remove(conn: Connection, actor_id: int, id: int) -> None:
    """She does not want it any more; what it found goes with it."""
    await execute(conn, "DELETE FROM search_alert WHERE actor_id = $1 AND id = $2", actor_id, id)


async def stop_mails(conn: Connection, actor_id: int, ids: list[int]) -> None:
    """She wants no more mails of these alerts; her news still tell what they find."""
    await execute(conn, "UPDATE search_alert SET by_mail = false WHERE actor_id = $1 AND id = ANY($2)", actor_id, ids)
