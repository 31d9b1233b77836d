"""Addresses of calendars that were kept before they were sealed are as they were, and are sealed at the next start."""

from pathlib import Path

import msgspec

from federation.own_keys.secret_box import CALENDARS, decrypt_secret, encrypt_calendar_addresses
from models.repairs.bookings import shop_calendars
from models.settings import Settings
from models.store import migrate
from models.store.database import Connection, execute, fetch_value
from tests.repair_shops import make_shop

MIGRATION = Path(migrate.__file__).parent / "migrations/0410_sealed_calendar_addresses.sql"

ADDRESS = "https://agenda.test:8443/private-0123/basic.ics"


async def test_what_was_kept_open_is_read_as_before_and_sealed_once(conn: Connection, tmp_path: Path) -> None:
    shop = await make_shop(conn)
    await execute(conn, "ALTER TABLE shop_calendar DROP COLUMN secret, DROP COLUMN host, ADD COLUMN address text")
    await execute(conn, "INSERT INTO shop_calendar (actor_id, address) VALUES ($1, $2)", shop.id, ADDRESS)
    (tmp_path / "key").write_text("a passphrase of its operator")
    without = Settings(url="https://lomme.test", data=tmp_path)
    having = msgspec.structs.replace(without, key_file=tmp_path / "key")

    await conn.execute(MIGRATION.read_text())

    kept = await fetch_value(conn, "SELECT secret FROM shop_calendar")
    assert decrypt_secret(without, kept, owner=shop.id, kind=CALENDARS).decode() == ADDRESS
    assert [await encrypt_calendar_addresses(conn, one) for one in (without, having, having)] == [0, 1, 0]
    sealed = await fetch_value(conn, "SELECT secret FROM shop_calendar")
    assert b"private" not in sealed
    assert decrypt_secret(having, sealed, owner=shop.id, kind=CALENDARS).decode() == ADDRESS
    state = await shop_calendars.find_state(conn, shop.id)
    assert state is not None and state.host == "agenda.test"
