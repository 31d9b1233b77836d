"""Terms cannot be agreed on yet, and whoever offers some is told nothing false."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.offer import handle_offer
from models.database import Connection
from tests.factories import HERE, make_remote_actor
from tests.inbox.handlers.activities import by
from tests.payloads import load_json


async def test_an_offer_of_terms_promises_nothing(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    terms = load_json("declic/offer_agreement")["object"]

    with pytest.raises(Ignored):
        await handle_offer(conn, HERE, bob, by(bob, "Offer", terms))
