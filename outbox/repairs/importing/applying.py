"""What was planned is made, all of it in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from federation import uris
from federation.own_keys.key_pairs import KeyPairs, save_local_keys
from models.errors import Conflict
from models.ids import make_id
from models.moderation import journal
from models.moments import PARIS
from models.news import mail_preferences
from models.people import accounts, actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.opening_hours import write_hours
from models.people.team import place_keepers
from models.repairs.importing import imports, rows
from models.repairs.importing.imports import ImportItem, ItemKind
from models.repairs.importing.rows import NewBike, NewEntry, NewResult, NewWalkIn
from models.repairs.shops import prices, shops, staff
from models.settings import Site
from models.store.database import Connection
from outbox.people.accounts import profile_of
from outbox.people.local_actors import describe_local
from outbox.repairs.importing.plan import ImportPlan, ShopPlan
from outbox.repairs.importing.words import find_bike_type, find_organ

NOWHERE = "atelier.invalid"
"""The domain of the address that a shop's account has, which no mail can reach (RFC 2606): its people have theirs."""


@dataclass(slots=True)
class _Making:
    """One import while it is made: what came of which line."""

    import_id: int
    items: list[ImportItem]

    def note(self, kind: ItemKind, origin: str, row_id: int, member_id: int | None = None) -> int:
        self.items.append(ImportItem(kind=kind, origin=origin, row_id=row_id, member_id=member_id))
        return row_id


async def apply_import(
    conn: Connection, site: Site, plan: ImportPlan, key_pairs: Sequence[KeyPairs], by: Account | None
) -> int:
    """Make all that was planned; the number of the import. A pair of keys for each shop was made before.

    Raises Conflict where a file has a mistake, or there is nothing to make.
    """
    if plan.faults:
        raise Conflict("import_has_mistakes", count=len(plan.faults))
    if not any(plan.counts.values()):
        raise Conflict("import_makes_nothing")
    making = _Making(import_id=await imports.create(conn, by.actor_id if by is not None else None), items=[])
    made = dict(plan.shop_ids)
    for shop, pair in zip(plan.shops, key_pairs, strict=True):
        actor = await _make_shop(conn, site, shop, pair)
        made[shop.line.origin] = making.note("shop", shop.line.origin, actor.id)
    await _make_managers(conn, plan, made, making)
    bikes = await _make_bikes(conn, plan, making)
    await _make_entries(conn, plan, bikes, making)
    await _make_results(conn, plan, made, making)
    await _make_visits(conn, plan, making)
    await imports.save_items(conn, making.import_id, making.items)
    await imports.finish(conn, making.import_id, {kind: total for kind, total in _count(making).items() if total})
    await journal.record(conn, "repair_shop_changed", by=by, right="repair_shops", what="imported")
    return making.import_id


def _count(making: _Making) -> dict[str, int]:
    counted: dict[str, int] = {}
    for item in making.items:
        counted[item.kind] = counted.get(item.kind, 0) + 1
    return counted


async def _make_shop(conn: Connection, site: Site, plan: ShopPlan, pair: KeyPairs) -> Actor:
    """A place of ours that repairs. It stands in no list, and nobody is told, before its people ask for that.

    Its street is not taken over, as it would be public at once: its people write it themselves.
    """
    await accounts.reserve_username(conn, plan.username)
    territory = uris.actor_uri(site, "coop")
    described = describe_local(site, plan.username, type="Organization", name=plan.line.name, territory_uri=territory)
    actor = await actors.create_local(conn, described)
    email = f"{plan.username}@{NOWHERE}"
    language = site.languages[0]
    await accounts.create(conn, actor_id=actor.id, email=email, password_hash=None, roles=(), language=language)
    await accounts.confirm_email(conn, actor.id)
    await mail_preferences.save(conn, actor.id, dict.fromkeys(mail_preferences.KINDS, "never"))
    await save_local_keys(conn, site, actor, pair)
    if plan.commune is not None:
        await accounts.set_commune(conn, actor.id, plan.commune.code)
        await actors.save_profile(conn, actor.id, profile_of(actor, plan.commune))
    await shops.create(conn, actor.id)
    await shops.save(conn, actor.id, plan.details)
    await prices.replace_prices(conn, actor.id, plan.prices)
    await actors.save_place(conn, actor.id, None, write_hours(plan.hours))
    return actor


async def _make_managers(conn: Connection, plan: ImportPlan, made: dict[str, int], making: _Making) -> None:
    """Whoever does something in the shop meanwhile keeps what she does."""
    for one in plan.managers:
        member = await accounts.get(conn, plan.members[one.owner])
        shop_id = made[one.origin]
        new = await place_keepers.may_keep(conn, member) and member.actor_id not in await staff.list_ids(conn, shop_id)
        if new and await staff.save(conn, shop_id, member.actor_id, "manager"):
            making.note("manager", one.origin, shop_id, member.actor_id)


async def _make_bikes(conn: Connection, plan: ImportPlan, making: _Making) -> dict[str, int]:
    """Our numbers of all bikes that lines of books may be about."""
    made = dict(plan.bike_ids)
    new: list[NewBike] = []
    for one in plan.bikes:
        made[one.origin] = making.note("bike", one.origin, make_id())
        new.append(
            NewBike(
                id=made[one.origin],
                owner_id=plan.members[one.owner],
                name=one.name or one.brand or "Vélo",
                bike_type=find_bike_type(one.bike_type),
                brand=one.brand,
                notes=one.description,
            )
        )
    await rows.add_bikes(conn, new)
    return made


async def _make_entries(conn: Connection, plan: ImportPlan, bikes: dict[str, int], making: _Making) -> None:
    new = [
        NewEntry(
            id=making.note("entry", one.origin, make_id()),
            bike_id=bikes[one.bike],
            done_on=one.done_on,
            title=one.title,
            text=one.text,
        )
        for one in plan.entries
    ]
    await rows.add_entries(conn, new)


async def _make_results(conn: Connection, plan: ImportPlan, made: dict[str, int], making: _Making) -> None:
    new = [
        NewResult(
            id=making.note("result", one.origin, make_id()),
            repairer_id=made[one.repairer],
            cyclist_id=plan.members.get(one.customer),
            bike_type=find_bike_type(one.bike_type),
            organ=find_organ(one.subject),
            outcome=one.outcome or "unknown",
            repaired_on=one.at.astimezone(PARIS).date(),
        )
        for one in plan.results
    ]
    await rows.add_results(conn, new)


async def _make_visits(conn: Connection, plan: ImportPlan, making: _Making) -> None:
    """Members by their names; of anybody else no more than the number over there, where her name stands."""
    known = await actors.map_by_ids(conn, [one.customer_id for one in plan.visits if one.customer_id is not None])
    new = [
        NewWalkIn(
            id=making.note("walk_in", one.line.origin, make_id()),
            listing_id=one.listing_id,
            begins_at=one.line.at.astimezone(UTC),
            ends_at=one.ends_at.astimezone(UTC),
            name=known[one.customer_id].display_name
            if one.customer_id in known
            else f"Rustine Libre n° {one.line.origin}",
            note=one.line.subject,
        )
        for one in plan.visits
    ]
    await rows.add_walk_ins(conn, new)
