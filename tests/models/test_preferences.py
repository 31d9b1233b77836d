"""The cooperative's settings, typed both ways."""

from dataclasses import replace

from models import preferences
from models.preferences import Preferences
from models.store.database import Connection, execute, fetch_value


async def test_an_empty_table_gives_the_defaults(conn: Connection) -> None:
    chosen = await preferences.load(conn)

    assert chosen == Preferences()
    assert chosen.registration == "closed" and "sale" not in chosen.modes


async def test_settings_come_back_as_they_were_saved(conn: Connection) -> None:
    wanted = Preferences(
        name="La Remise",
        sentence="coopérative d’habitants de Lomme",
        territory_kind="communes",
        territory_codes=("59355", "59350"),
        territory_name="Lomme et Lille",
        registration="open",
        accent="prune",
        modes=("gift", "sale"),
        address="12 rue des Tisserands\n59160 Lomme",
    )

    await preferences.save(conn, wanted)

    assert await preferences.load(conn) == wanted


async def test_what_did_not_change_keeps_its_date(conn: Connection) -> None:
    await preferences.save(conn, Preferences(name="La Remise"))
    await execute(conn, "UPDATE preference SET updated_at = '2026-01-01Z'")

    await preferences.save(conn, replace(await preferences.load(conn), accent="vert"))

    changed = await fetch_value(conn, "SELECT array_agg(key) FROM preference WHERE updated_at > '2026-01-01Z'")
    assert changed == ["accent"]


async def test_a_value_that_does_not_fit_counts_as_its_default(conn: Connection) -> None:
    await preferences.save(conn, Preferences(name="La Remise", accent="vert"))
    await execute(conn, "UPDATE preference SET value = '\"rose\"' WHERE key = 'accent'")
    await execute(conn, "INSERT INTO preference (key, value) VALUES ('from_a_later_version', '1')")

    chosen = await preferences.load(conn)

    assert (chosen.name, chosen.accent) == ("La Remise", "email")
