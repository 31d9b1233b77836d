"""Who looks after the village: on duty this week and later, and running a place."""

from datetime import UTC, datetime, timedelta

from models.people import accounts
from models.people.team import duty, place_keepers
from models.store.database import Connection
from tests.factories import make_listing, make_member
from tests.sample_village import Village


async def add_sample_team(conn: Connection, village: Village) -> None:
    """Kim, who administers too, handed this week over to Nadia, runs her place, and takes the week after the next."""
    kim, now = await make_member(conn, "kim", roles=["keeper", "admin"], name="Kim"), datetime.now(UTC)
    await place_keepers.add(conn, village.admin.id, kim.id)
    nadia, account = await accounts.get(conn, village.admin.id), await accounts.get(conn, kim.id)
    week = duty.find_week(now)
    for ahead in (0, 2):
        await duty.take(conn, account, "admin", week + timedelta(weeks=ahead), now)
    await duty.hand_over(conn, account, nadia, "admin", week, now)
    await make_listing(conn, village.admin, title="Remorque à vélo", post={"url": f"{village.site.url}/annonces/r"})
