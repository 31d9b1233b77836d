"""The posted prices of shops elsewhere, asked for when somebody looks at one; kept with their age."""

import structlog

from federation.documents.collection_lines import fetch_lines
from federation.errors import FetchFailed
from federation.instance import Instance
from federation.vocabulary.repair_shops import PriceDocument, read_price
from models.repairs.shops import prices, shops
from models.repairs.shops.prices import LABEL_LIMIT, MOST_CENTS, NOTE_LIMIT, Price
from models.repairs.shops.shops import RepairShop
from models.store.background import jobs
from models.store.database import Connection, connection, transaction

JOB = "shop_prices"

log = structlog.get_logger(__name__)


async def ask(conn: Connection, shop: RepairShop) -> bool:
    """Have the prices of a shop elsewhere asked for soon, unless that was done lately."""
    if shop.prices_uri is None or not await prices.claim_copy(conn, shop.actor_id):
        return False
    await jobs.enqueue(conn, JOB, {"shop": shop.actor_id}, key=f"{JOB}:{shop.actor_id}")
    return True


async def refresh(instance: Instance, shop_id: int) -> None:
    """Ask now. What does not answer changes nothing: the copy says how old it is."""
    async with connection(instance.pool) as conn:
        shop = await shops.find(conn, shop_id)
        held = await prices.find_copy(conn, shop_id)
    if shop is None or shop.prices_uri is None:
        return
    try:
        told = await fetch_lines(instance, shop.prices_uri, read_price, etag=held.etag if held else "")
    except FetchFailed as failed:
        log.info("prices_not_read", shop=shop.prices_uri, cause=str(failed))
        return
    async with transaction(instance.pool) as conn:
        if told is None:
            await prices.confirm_copy(conn, shop_id)
        else:
            found = [one for line in told.lines if (one := _keep(line)) is not None]
            await prices.save_copy(conn, shop_id, found, told.etag)


def _keep(told: PriceDocument) -> Price | None:
    """A line as it is kept; None for an amount that nobody takes for a repair."""
    label, note = " ".join(told.label.split())[:LABEL_LIMIT], " ".join(told.note.split())[:NOTE_LIMIT]
    if told.amount is None:
        return Price(label=label, kind="free", cents=None, note=note)
    cents = round(told.amount * 100)
    if cents > MOST_CENTS:
        return None
    return Price(label=label, kind="from" if told.at_least else "fixed", cents=cents, note=note)


async def refresh_job(instance: Instance, payload: dict[str, int]) -> None:
    """The same as a job. May run twice."""
    await refresh(instance, payload["shop"])
