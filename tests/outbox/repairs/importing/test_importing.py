"""An import makes what fits, once; nothing of who is no member; and is undone but for what somebody touched."""

from datetime import UTC, datetime
from typing import Any

import pytest

from federation.own_keys.key_pairs import KeyPairs, make_key_pairs
from models.errors import Conflict
from models.people import actors
from models.people.actors import Actor
from models.repairs.bookings import appointment_books
from models.repairs.bookings.slots import SlotRules
from models.repairs.importing import imports
from models.repairs.shops import prices, shops, staff
from models.settings import Settings
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.repairs.importing.applying import apply_import
from outbox.repairs.importing.plan import ImportPlan
from outbox.repairs.importing.planning import plan_import
from outbox.repairs.importing.undoing import undo_import
from tests.factories import HERE, make_listing, make_member
from tests.repair_shops import add_communes, make_shop
from tests.rustine import BIKES, INTERVENTIONS, MAINTENANCES, REPAIRERS, make_files
from web.pages.repairs.importing.reading import read_files


@pytest.fixture(scope="module")
async def key_pairs() -> KeyPairs:
    return await make_key_pairs(Settings(url=HERE.url))


async def join(conn: Connection) -> Actor:
    """Karim, whose shop stands in the files, is a member from now on."""
    karim = await make_member(conn, "karim")
    await execute(conn, "UPDATE account SET email = 'Karim@exemple.fr' WHERE actor_id = $1", karim.id)
    return karim


async def list_roles(conn: Connection, origin: str) -> list[tuple[int, str]]:
    """Who does what in this shop."""
    shop = await find_shop(conn, origin)
    return [(one.actor_id, one.role) for one in await staff.list_staff(conn, shop.id)]


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """A member whose address stands in the files."""
    await add_communes(conn)
    await execute(conn, "UPDATE commune SET search_name = ' ' || lower(name)")
    return await make_member(conn, "alice", name="Alice")


async def look(conn: Connection, **changed: str) -> ImportPlan:
    lines, _ = read_files(make_files(**changed))
    return await plan_import(conn, lines, at=datetime.now(UTC))


async def bring(conn: Connection, key_pairs: KeyPairs, **changed: str) -> int:
    plan = await look(conn, **changed)
    return await apply_import(conn, HERE, plan, [key_pairs] * len(plan.shops), None)


async def count_rows(conn: Connection) -> dict[str, int]:
    return {
        "actor": await fetch_value(conn, "SELECT count(*) FROM actor"),
        "account": await fetch_value(conn, "SELECT count(*) FROM account"),
        "repair_shop": await fetch_value(conn, "SELECT count(*) FROM repair_shop"),
        "repair_price": await fetch_value(conn, "SELECT count(*) FROM repair_price"),
        "bike": await fetch_value(conn, "SELECT count(*) FROM bike"),
        "bike_entry": await fetch_value(conn, "SELECT count(*) FROM bike_entry"),
        "repair_result": await fetch_value(conn, "SELECT count(*) FROM repair_result"),
        "walk_in": await fetch_value(conn, "SELECT count(*) FROM walk_in"),
        "name": await fetch_value(conn, "SELECT count(*) FROM used_username"),
    }


async def find_shop(conn: Connection, origin: str) -> Actor:
    known = await imports.map_known(conn, "shop", [origin])
    return await actors.get(conn, known[origin])


async def open_book(conn: Connection, shop: Actor) -> None:
    listing = await make_listing(conn, shop, mode="service")
    rules = SlotRules(slot_minutes=60, notice_hours=1, ahead_days=30)
    await appointment_books.save(conn, listing.id, shop.id, rules)


async def test_looking_makes_nothing_and_says_what_is_left(conn: Connection, alice: Actor) -> None:
    before = await count_rows(conn)

    plan = await look(conn)

    assert plan.counts == {"shop": 3, "manager": 1, "bike": 1, "entry": 1, "result": 1, "walk_in": 0}
    assert sorted({one.doubt for one in plan.doubts}) == [
        "appointment_not_agreed", "appointment_over", "appointment_without_book", "bike_of_nobody", "entry_of_nobody",
        "manager_unknown", "shop_not_enabled", "shop_street_left", "shop_type_unknown",
    ]  # fmt: skip
    assert [one.value for one in plan.doubts if one.doubt == "shop_street_left"] == [
        "Chez Johnny, 1936 rue Johnny Hallyday"
    ]
    assert plan.faults == []
    assert plan.strangers == ["karim@exemple.fr"]
    assert await count_rows(conn) == before


async def test_shops_come_with_their_prices_and_appear_nowhere(
    conn: Connection, alice: Actor, key_pairs: KeyPairs
) -> None:
    await bring(conn, key_pairs)

    johnny, ines = await find_shop(conn, "12"), await find_shop(conn, "14")
    details, comes_by = await shops.find(conn, johnny.id), await shops.find(conn, ines.id)
    assert details is not None and comes_by is not None
    assert (johnny.type, johnny.username, johnny.commune_code) == ("Organization", "chez_johnny", "59355")
    assert johnny.street is None
    assert (details.bike_types, details.by_appointment, details.words) == (["city", "ebike"], True, "On répare tout.")
    assert details.interventions == ["wheel", "brakes"]
    assert [(one.label, one.cents) for one in await prices.list_prices(conn, johnny.id)] == [
        ("Changement d'une roue", 5000),
        ("Réglage des freins, avant et arrière", 1500),
    ]
    assert (comes_by.workshop, comes_by.types, comes_by.commune_codes) == (False, ["itinerant"], ["59350", "59355"])
    assert ines.street is None
    assert [one.actor_id for one in await staff.list_staff(conn, johnny.id)] == [alice.id]
    assert await fetch_column(conn, "SELECT actor_id FROM appearing_shop") == []
    assert await fetch_value(conn, "SELECT count(*) FROM activity") == 0
    assert await fetch_value(conn, "SELECT count(*) FROM mail") == 0


async def test_bikes_and_books_are_their_members_and_nothing_is_kept_of_others(
    conn: Connection, alice: Actor, key_pairs: KeyPairs
) -> None:
    await bring(conn, key_pairs)

    assert await fetch_column(conn, "SELECT row(owner_id, name, brand, bike_type)::text FROM bike") == [
        f'({alice.id},"Mon bleu",Gitane,ebike)'
    ]
    assert await fetch_column(conn, "SELECT title || ': ' || text FROM bike_entry") == [
        "Révision: Chaîne changée,\nfreins réglés"
    ]
    assert await fetch_column(conn, "SELECT row(organ, outcome, bike_type, commune_code)::text FROM repair_result") == [
        "(brakes,fixed,city,59355)"
    ]
    for column in ("SELECT i::text FROM repair_import_item i", "SELECT i::text FROM repair_import i",
                   "SELECT a::text FROM account a", "SELECT t::text FROM journal_entry t"):  # fmt: skip
        assert not [row for row in await fetch_column(conn, column) if "exemple.fr" in row or "personne" in row]


async def test_the_same_files_again_make_nothing_twice(conn: Connection, alice: Actor, key_pairs: KeyPairs) -> None:
    await bring(conn, key_pairs)
    before = await count_rows(conn)

    again = await look(conn)

    assert not any(again.counts.values())
    assert again.known == 3 + (2 + 2 + 1) + 1 + 1 + 1
    with pytest.raises(Conflict, match="import_makes_nothing"):
        await apply_import(conn, HERE, again, [], None)
    assert await count_rows(conn) == before


async def test_appointments_to_come_stand_in_a_book_once_the_shop_has_one(
    conn: Connection, alice: Actor, key_pairs: KeyPairs
) -> None:
    await bring(conn, key_pairs)
    await open_book(conn, await find_shop(conn, "12"))

    await bring(conn, key_pairs)

    names = await fetch_column(conn, "SELECT name || phone FROM walk_in ORDER BY begins_at")
    assert names == ["Rustine Libre n° 502", "Alice"]
    assert (await look(conn)).counts["walk_in"] == 0


async def test_who_joins_later_manages_her_shop_by_the_same_files(
    conn: Connection, alice: Actor, key_pairs: KeyPairs
) -> None:
    await bring(conn, key_pairs)
    karim = await join(conn)

    second = await bring(conn, key_pairs)
    roles = await list_roles(conn, "13")
    left = await undo_import(conn, second, None)

    assert roles == [(karim.id, "manager")]
    assert left == {}
    assert await list_roles(conn, "13") == []
    assert (await look(conn)).counts["manager"] == 1


async def test_whoever_helps_in_the_shop_already_keeps_her_role(
    conn: Connection, alice: Actor, key_pairs: KeyPairs
) -> None:
    first = await bring(conn, key_pairs)
    karim = await join(conn)
    planned = await look(conn)
    await staff.save(conn, (await find_shop(conn, "13")).id, karim.id, "volunteer")

    await apply_import(conn, HERE, planned, [], None)

    assert await list_roles(conn, "13") == [(karim.id, "volunteer")]
    assert not any((await look(conn)).counts.values())
    assert await undo_import(conn, first, None) == {"shop": 1}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"interventions": INTERVENTIONS + "9,99,Roue,100\n"}, ("interventions.csv", 5, "unknown_repairer")),
        ({"maintenances": MAINTENANCES + "902,99,Roue,,2024-01-01\n"}, ("maintenances.csv", 5, "unknown_bike")),
        ({"repairers": REPAIRERS.replace("Chez Johnny", "")}, ("repairers.csv", 2, "missing")),
    ],
)
async def test_with_one_mistake_nothing_is_made(
    conn: Connection, alice: Actor, key_pairs: KeyPairs, changed: Any, fault: tuple[str, int, str]
) -> None:
    before = await count_rows(conn)

    plan = await look(conn, **changed)

    assert fault in [(one.file, one.line, one.fault) for one in plan.faults]
    with pytest.raises(Conflict, match="import_has_mistakes"):
        await apply_import(conn, HERE, plan, [key_pairs] * len(plan.shops), None)
    assert await count_rows(conn) == before


async def test_a_line_that_cannot_be_read_is_the_only_mistake_that_it_makes(conn: Connection, alice: Actor) -> None:
    plan = await look(conn, bikes=BIKES.replace("personne@exemple.fr", "personne"))

    assert [(one.file, one.line, one.fault) for one in plan.faults] == [("bikes.csv", 3, "no_mail")]


async def test_a_shop_of_that_name_stays_what_it_is(conn: Connection, alice: Actor) -> None:
    await make_shop(conn, "johnny", name="CHEZ JOHNNY")

    plan = await look(conn)

    assert [one.line.name for one in plan.shops] == ["Le Vélo à deux", "Inès passe"]
    assert [one.value for one in plan.doubts if one.doubt == "shop_named_already"] == ["Chez Johnny"]


async def test_undone_it_leaves_no_trace_and_may_come_again(
    conn: Connection, alice: Actor, key_pairs: KeyPairs
) -> None:
    before = await count_rows(conn)
    id = await bring(conn, key_pairs)

    left = await undo_import(conn, id, None)

    assert left == {}
    assert await count_rows(conn) == before
    assert (await look(conn)).counts["shop"] == 3
    with pytest.raises(Conflict, match="import_undone_or_old"):
        await undo_import(conn, id, None)


async def test_what_somebody_touched_stays_and_is_said(conn: Connection, alice: Actor, key_pairs: KeyPairs) -> None:
    id = await bring(conn, key_pairs)
    johnny = await find_shop(conn, "12")
    await open_book(conn, johnny)
    await execute(conn, "UPDATE bike SET name = 'Mon beau vélo', updated_at = now()")

    left = await undo_import(conn, id, None)

    assert left == {"shop": 1, "manager": 1, "bike": 1}
    assert (await find_shop(conn, "12")).id == johnny.id
    again = await look(conn)
    assert again.counts == {"shop": 2, "manager": 0, "bike": 0, "entry": 1, "result": 1, "walk_in": 0} | {
        "walk_in": again.counts["walk_in"]
    }


async def test_a_book_with_a_line_of_its_owner_keeps_its_bike(
    conn: Connection, alice: Actor, key_pairs: KeyPairs
) -> None:
    id = await bring(conn, key_pairs)
    await execute(
        conn, "INSERT INTO bike_entry (id, bike_id, done_on, title) SELECT 1, id, now()::date, 'Pneu' FROM bike"
    )

    assert await undo_import(conn, id, None) == {"bike": 1}
    assert await fetch_column(conn, "SELECT title FROM bike_entry") == ["Pneu"]


@pytest.mark.parametrize(
    ("hung", "left"),
    [
        (
            """
            INSERT INTO bike_file (id, bike_id, entry_id, kind, mime_type, file_key, byte_size)
            SELECT 1, bike_id, id, 'invoice', 'application/pdf', 'a.pdf', 9 FROM bike_entry
            """,
            {"bike": 1, "entry": 1},
        ),
        (
            """
            INSERT INTO bike_file (id, bike_id, kind, mime_type, file_key, byte_size)
            SELECT 1, id, 'photo', 'image/jpeg', 'a.jpg', 9 FROM bike
            """,
            {"bike": 1},
        ),
        (
            """
            INSERT INTO bike_reminder (id, bike_id, title, every_months, since_on)
            SELECT 1, id, 'Chaîne', 6, now()::date FROM bike
            """,
            {"bike": 1},
        ),
        ("INSERT INTO bike_distance (bike_id, told_on, kilometres) SELECT id, now()::date, 9 FROM bike", {"bike": 1}),
        ("INSERT INTO frame_sighting (id, bike_id, host) SELECT 1, id, 'henin.test' FROM bike", {"bike": 1}),
        (
            """
            INSERT INTO bike_handover (id, bike_id, giver_id, token_hash, named, with_invoices, expires_at)
            SELECT 1, id, owner_id, '', true, true, now() FROM bike
            """,
            {"bike": 1, "entry": 1},
        ),
        (
            "UPDATE bike SET owner_id = (SELECT id FROM actor WHERE username = 'bob')",
            {"bike": 1, "entry": 1},
        ),
    ],
    ids=["invoice", "photo", "reminder", "distance", "sighting", "handover", "owner"],
)
async def test_what_hangs_on_a_bike_or_its_book_keeps_it(
    conn: Connection, alice: Actor, key_pairs: KeyPairs, hung: str, left: dict[str, int]
) -> None:
    id = await bring(conn, key_pairs)
    await make_member(conn, "bob")
    await execute(conn, hung)

    assert await undo_import(conn, id, None) == left


async def test_a_shop_whose_results_came_later_stays_until_these_are_undone(
    conn: Connection, alice: Actor, key_pairs: KeyPairs
) -> None:
    first = await bring(conn, key_pairs, appointments="")
    await bring(conn, key_pairs)

    assert await undo_import(conn, first, None) == {"shop": 1, "manager": 1}
    assert await fetch_value(conn, "SELECT count(*) FROM repair_result WHERE repairer_id IS NOT NULL") == 1


async def test_after_a_month_nothing_is_undone(conn: Connection, alice: Actor, key_pairs: KeyPairs) -> None:
    id = await bring(conn, key_pairs)
    await execute(conn, "UPDATE repair_import SET made_at = now() - interval '31 days'")

    with pytest.raises(Conflict, match="import_undone_or_old"):
        await undo_import(conn, id, None)


async def test_thousands_of_lines_come_in_one_go(conn: Connection, alice: Actor, key_pairs: KeyPairs) -> None:
    heads = BIKES.splitlines()[0]
    bikes = "\n".join([heads, *(f"{n},alice@example.org,Vélo {n},,Vélo classique," for n in range(1_500))])
    books = "\n".join(["id,bike_id,name,repair_date", *(f"{n},{n},Révision,2024-05-02" for n in range(1_500))])
    begun = datetime.now(UTC)

    of_shops = dict.fromkeys(("appointments", "repairers", "interventions", "openings", "closures"), "")
    id = await bring(conn, key_pairs, bikes=bikes, maintenances=books, **of_shops)
    left = await undo_import(conn, id, None)

    assert left == {}
    assert (datetime.now(UTC) - begun).total_seconds() < 60
