"""A shop of ours names the calendar that it keeps elsewhere, or takes it back; its managers hear when it fails."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from federation.own_keys.secret_box import CALENDARS, encrypt_secret
from federation.uris import host_of
from models.errors import Invalid, NotFound
from models.people import actors
from models.people.actors import Actor
from models.repairs.bookings import next_slots, shop_calendars
from models.repairs.shops import staff
from models.settings import Settings, Site
from models.store.background import jobs
from models.store.database import Connection
from outbox.builders.texts.repair_shops import write_calendar_trouble
from outbox.threads.cooperative_messages import write_to_member

JOB = "shop_calendar"
"""Reads it soon; done by `inbox/repairs/bookings/calendars`."""

ADDRESS_LIMIT = 2_000


async def follow_calendar(conn: Connection, settings: Settings, shop: Actor, typed: str) -> None:
    """What stands in this calendar takes appointments away from now on. Raises Invalid, SettingsError."""
    address = _require_address(settings.site, typed)
    secret = encrypt_secret(settings, address.encode(), owner=shop.id, kind=CALENDARS)
    await shop_calendars.save_address(conn, shop.id, secret, host=_find_host(address))
    await jobs.enqueue(conn, JOB, {"shop": shop.id}, key=f"{JOB}:{shop.id}")


async def leave_calendar(conn: Connection, shop: Actor) -> None:
    """It counts no more. Raises NotFound where the shop named none."""
    if not await shop_calendars.remove(conn, shop.id):
        raise NotFound
    await next_slots.renew_of_shop(conn, shop.id, at=datetime.now(UTC))


def _require_address(site: Site, typed: str) -> str:
    """The address as it is asked for: over https alone, without a password in it, and none of ours."""
    address = "".join(typed.split())
    if address.lower().startswith(("webcal://", "webcals://")):
        address = f"https://{address.partition('://')[2]}"
    if len(address) > ADDRESS_LIMIT:
        raise Invalid("calendar_address_too_long", most=ADDRESS_LIMIT, field="address")
    host = _find_host(address)
    if not host or not address.lower().startswith("https://"):
        raise Invalid("calendar_address_invalid", field="address")
    if host == site.host:
        raise Invalid("calendar_address_own", field="address")
    return address


def _find_host(address: str) -> str:
    """The host that it names; empty for what is no address, or hides a name and a password."""
    try:
        return "" if "@" in urlsplit(address).netloc else host_of(address)
    except (Invalid, ValueError):
        return ""


async def tell_failing(conn: Connection, site: Site) -> None:
    """Tell the managers of shops whose calendar could not be read for a day, once for each time that it goes wrong."""
    for one in await shop_calendars.claim_untold(conn):
        shop = await actors.get(conn, one.actor_id)
        page = f"{site.url}/ateliers/{shop.username}/gerer/rendez-vous"
        words = write_calendar_trouble(shop.display_name, page=page, since=one.read_at)
        for member in await staff.list_staff(conn, shop.id):
            if member.role == "manager":
                await write_to_member(conn, site, await actors.get(conn, member.actor_id), words)
