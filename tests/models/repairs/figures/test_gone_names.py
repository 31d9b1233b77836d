"""A name is no longer known once its bearer is gone: until then it leaves the words about repairs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.people.actors import Actor
from models.personal_data import account_erasure
from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import WALK_INS_KEPT, WalkIn
from models.repairs.bookings.slots import SlotRules
from models.repairs.figures import kept_files
from models.repairs.figures.gone_names import forget_walk_ins
from models.repairs.figures.kept_files import KeptFile
from models.repairs.results import results, walk_ins
from models.repairs.results.notes import RepairNote
from models.repairs.results.results import RepairResult
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.repairs.walk_in_results import note_walk_in_result
from tests.factories import make_listing, make_member, make_remote_actor
from tests.repair_figures import note_result
from tests.repair_shops import make_shop

WORDS: dict[str, Any] = {
    "problem": "Maryse Lefèvre dit que ça grince",
    "learnt": "Rappeler Maryse.\nBien graisser.",
    "parts": ["Câble de Maryse", "Gaine"],
    "brand": "Gitane",
}


async def load(conn: Connection, id: int) -> RepairResult:
    found = await results.find(conn, id)
    assert found is not None
    return found


@pytest.mark.parametrize("side", ["author_id", "cyclist_id"])
@pytest.mark.parametrize("local", [True, False])
async def test_what_she_wrote_and_what_was_written_of_her_bike_goes(conn: Connection, side: str, local: bool) -> None:
    maryse = await make_person(conn, local=local)
    noted = await note_result(conn, **(WORDS | {side: maryse.id}))

    await (account_erasure.erase if local else account_erasure.forget_stranger)(conn, maryse.id)

    left = await load(conn, noted)
    assert (left.problem, left.learnt, left.parts, left.brand) == ("", "", ["Câble de […]", "Gaine"], "Gitane")
    assert (left.organ, left.minutes, left.repaired_on) == ("brakes", 30, date(2025, 3, 4))


@pytest.mark.parametrize("side", ["author_id", "repairer_id", "cyclist_id", None])
async def test_a_file_with_words_of_who_is_gone_is_written_anew(conn: Connection, side: str | None) -> None:
    maryse = await make_person(conn, local=False)
    await note_result(conn, **(WORDS | ({side: maryse.id} if side else {})))
    await keep_file(conn)

    await account_erasure.forget_stranger(conn, maryse.id)

    assert await find_kept(conn) == (["velos"] if side is None else []), "whoever else leaves changes no file"


async def keep_file(conn: Connection) -> None:
    await kept_files.save(conn, "velos", KeptFile(made_at=datetime.now(UTC), body=b"Maryse"))


async def find_kept(conn: Connection) -> list[str]:
    return await fetch_column(conn, "SELECT file FROM kept_open_repairs ORDER BY file")


async def test_a_file_that_is_too_old_is_forgotten_at_night(conn: Connection) -> None:
    now = datetime.now(UTC)
    await kept_files.save(conn, "ord", KeptFile(made_at=now - kept_files.KEPT - timedelta(seconds=1), body=b"old"))
    await kept_files.save(conn, "velos", KeptFile(made_at=now, body=b"new"))

    assert (await kept_files.forget_old(conn), await find_kept(conn)) == (1, ["velos"])


async def make_person(conn: Connection, *, local: bool = True) -> Actor:
    if local:
        return await make_member(conn, "maryse", name="Maryse")
    return await make_remote_actor(conn, "maryse", "henin.test", name="Maryse")


async def test_the_name_of_who_repaired_goes_and_that_of_a_shop_stays(conn: Connection) -> None:
    maryse, shop = await make_person(conn), await make_shop(conn)
    others = await note_result(conn, **WORDS, repairer_id=maryse.id)
    of_shop = await note_result(conn, **WORDS, repairer_id=shop.id)

    for person in (maryse, shop):
        await account_erasure.erase(conn, person.id)

    left = await load(conn, others)
    assert (left.problem, left.learnt) == ("[…] dit que ça grince", "Rappeler […].\nBien graisser.")
    assert (await load(conn, of_shop)).problem == WORDS["problem"]


async def test_who_walked_in_stands_in_no_result(conn: Connection) -> None:
    shop = await make_shop(conn)
    listing = await make_listing(conn, shop, mode="service")
    await appointment_books.save(conn, listing.id, shop.id, SlotRules(slot_minutes=60, notice_hours=1, ahead_days=30))
    at = datetime.now(UTC) - timedelta(days=1)
    came = WalkIn(begins_at=at, ends_at=at + timedelta(hours=1), name="Maryse")
    await appointment_books.add_walk_in(conn, listing.id, came)
    line = await walk_ins.get_line(conn, shop.id, await fetch_value(conn, "SELECT id FROM walk_in"))
    note = RepairNote(organ="brakes", outcome="fixed", repaired_on=at.date(), problem="Maryse dit que ça grince")

    await note_walk_in_result(conn, line, note)

    noted = await fetch_value(conn, "SELECT id FROM repair_result")
    assert (await load(conn, noted)).problem == "[…] dit que ça grince"
    # As it was noted before.
    await execute(conn, "UPDATE repair_result SET problem = $1, learnt = $1", WORDS["problem"])
    await execute(
        conn, "UPDATE walk_in SET begins_at = begins_at - $1::interval, ends_at = ends_at - $1::interval", WALK_INS_KEPT
    )
    await keep_file(conn)
    assert await forget_walk_ins(conn) == 1
    assert await find_kept(conn) == []
    assert [(await load(conn, noted)).problem, (await load(conn, noted)).learnt] == ["[…] dit que ça grince"] * 2
