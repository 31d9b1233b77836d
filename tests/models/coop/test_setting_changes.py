"""How settings came to be what they are."""

from dataclasses import replace

import pytest

from models import preferences
from models.coop import setting_changes
from models.errors import Conflict
from models.preference_values import SignUpQuestion
from models.preferences import Preferences
from models.store.database import Connection, execute
from tests.factories import make_local_actor


async def test_each_setting_that_changes_has_a_line_and_nothing_else(conn: Connection) -> None:
    awa = await make_local_actor(conn, "awa")
    await preferences.save(conn, Preferences(name="La Remise", accent="vert"), by=awa.id)

    await preferences.save(conn, Preferences(name="La Remise", accent="prune", limited_federation=True))

    found = await setting_changes.list_changes(conn)
    assert [(one.key, one.by, one.before, one.after) for one in found] == [
        ("accent", None, "vert", "prune"),
        ("accent", awa.name or "awa", "email", "vert"),
        ("name", awa.name or "awa", "", "La Remise"),
    ]
    assert [one.key for one in await setting_changes.list_changes(conn, ["name"])] == ["name"]
    assert await setting_changes.list_changes(conn, before=found[1].id) == found[2:]
    assert await setting_changes.find_version(conn, ["accent", "sentence"]) == found[0].id
    assert await setting_changes.list_since(conn, ["accent", "name"], found[2].id) == [found[1], found[0]]


async def test_they_are_rewound_to_what_they_were(conn: Connection) -> None:
    first = Preferences(questions=(SignUpQuestion(text="Qui êtes-vous ?"),), modes=("gift",))
    await preferences.save(conn, first)
    seen = await setting_changes.find_version(conn, ["questions", "modes"])
    for modes in (("loan",), ("sale", "loan")):
        await preferences.save(conn, Preferences(modes=modes))

    since = await setting_changes.list_since(conn, ["questions", "modes"], seen)

    assert setting_changes.rewind(await preferences.load(conn), since) == first


async def test_going_back_needs_a_value_that_is_another_and_still_fits(conn: Connection) -> None:
    await preferences.save(conn, Preferences(accent="vert"))
    await preferences.save(conn, Preferences(accent="prune"))
    [last, first] = await setting_changes.list_changes(conn)
    await execute(conn, "UPDATE preference_change SET before = '\"rose\"' WHERE id = $1", first.id)

    back = await setting_changes.undo(conn, last)
    await preferences.save(conn, back)

    assert back.accent == "vert"
    for change in (last, await setting_changes.find_change(conn, first.id), replace(last, key="gone")):
        assert change is not None
        with pytest.raises(Conflict):
            await setting_changes.undo(conn, change)


async def test_the_territory_is_put_back_whole(conn: Connection) -> None:
    """One of its three settings alone would name no place."""
    lomme = Preferences(territory_kind="commune", territory_codes=("59355",), territory_name="Lomme")
    mel = Preferences(territory_kind="epci", territory_codes=("200093201",), territory_name="MEL")
    for chosen in (lomme, mel):
        await preferences.save(conn, chosen)
        await execute(conn, "UPDATE preference_change SET at = at - interval '1 minute'")
    changes = await setting_changes.list_changes(conn, ["territory_kind", "territory_codes", "territory_name"])

    for change in changes[:3]:
        back = await setting_changes.undo(conn, change)
        assert (back.territory_kind, back.territory_codes, back.territory_name) == ("commune", ("59355",), "Lomme")
