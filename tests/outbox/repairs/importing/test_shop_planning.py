"""What an import would say of a shop: whether people come to it, and which street it leaves to its manager."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models import preferences
from models.store.database import Connection
from outbox.repairs.importing.planning import plan_import
from tests.rustine import REPAIRERS
from web.pages.repairs.importing.reading import SentFile, read_files


@pytest.mark.parametrize(
    ("types", "own_types", "workshop"),
    [
        ("Réparateur itinérant", [], False),
        ("Réparateur itinérant | Association", [], False),
        ("Réparateur itinérant", ["Réparateur itinérant"], False),
        ("Les Itinérantes", [], False),
        ("Association", [], True),
    ],
)
async def test_who_comes_by_has_no_workshop_wherever_that_is(
    conn: Connection, types: str, own_types: list[str], workshop: bool
) -> None:
    await preferences.save(conn, replace(await preferences.load(conn), shop_types=tuple(own_types)))
    row = f"1,Inès,3,rue Longue,99999,Nulle-Part,{types},,99999 Nulle-Part,,,t,"
    body = f"{REPAIRERS.splitlines()[0]}\n{row}\n".encode()
    lines, _ = read_files([SentFile(name="repairers.csv", body=body)])

    plan = await plan_import(conn, lines, at=datetime.now(UTC))

    assert [one.details.workshop for one in plan.shops] == [workshop]
    assert [one.value for one in plan.doubts if one.doubt == "shop_street_left"] == ["Inès, 3 rue Longue"] * workshop
