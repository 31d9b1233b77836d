"""That a listing ends soon comes by mail too, with an address by which it stands longer without a log-in."""

import re

from models.store.database import execute, transaction
from outbox.listings.listing_expiry import notify_ends
from tests.factories import make_listing, make_local_actor
from tests.web.mail_scenario import NOON, Office
from tests.web.smtp_server import read_parts


async def test_an_end_that_comes_is_mailed_with_the_way_to_prolong(office: Office) -> None:
    async with transaction(office.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization", name="La Remise")
        listing = await make_listing(conn, office.alice, title="Canapé", mode="gift")
        await execute(conn, "UPDATE listing SET expires_at = now() + interval '3 days' WHERE post_id = $1", listing.id)
        await execute(conn, "UPDATE post SET published_at = now() - interval '27 days', updated_at = NULL WHERE local")

    assert await notify_ends(office.instance) == 1
    async with transaction(office.pool) as conn:
        await execute(conn, "UPDATE notification SET created_at = $1", NOON)
    await office.deliver()

    [message] = office.postman.taken
    text, html = read_parts(message)
    assert message["Subject"] == "Votre annonce s’arrête bientôt : Canapé", "of one thing it says what"
    assert "Votre annonce s’arrête bientôt : Canapé" in text
    [link] = re.findall(r"https://lomme\.test/annonces/prolonger/\S+", text)
    assert f'href="{link}"' in html
