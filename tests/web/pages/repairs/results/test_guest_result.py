"""Somebody without any account notes what came out by her private link, and confirms so what the other one noted."""

from collections.abc import AsyncIterator

import pytest

from tests.web.form_client import Doorbell
from tests.web.guest_scenario import Inn, open_inn


@pytest.fixture
async def inn(door: Doorbell) -> AsyncIterator[Inn]:
    """With a mail server."""
    async with open_inn(door) as inn:
        yield inn


async def test_a_guest_notes_what_came_out_and_the_caller_is_asked(inn: Inn) -> None:
    guest = await inn.enter()
    link, thread = inn.link(), await inn.thread()
    await inn.do(
        "UPDATE listing SET kind = 'repair_call', mode = 'repair', repair = '{}' WHERE post_id = $1", inn.tent.id
    )
    await inn.do(
        """
        INSERT INTO agreement (id, exchange_id, listing_id, owner_id, partner_id, request_uri, offer_uri, proposed_by,
            state, begins_at, agreed_at, updated_at)
        VALUES (7, $1, $2, $3, $4, 'x', 'x', $4, 'agreed', now() - interval '1 hour', now(), now())
        """,
        thread.id,
        inn.tent.id,
        inn.alice.id,
        thread.partner_id,
    )
    await guest.open(link)
    assert f"{link}/resultat?accord=7" in guest.text
    await guest.open(f"{link}/resultat?accord=7")

    await guest.send(f"{link}/resultat?accord=7", {"organ": "chain", "outcome": "fixed", "time": "15"})

    assert guest.path == f"{link}?fait=done"
    assert await inn.count("SELECT count(*) FROM repair_result WHERE agreement_id = 7") == 1
    owner = await inn.owner()
    assert "chaîne réparée, 15" in owner.text and "C’est bien cela" in owner.text
    await owner.send(f"/echanges/{thread.id}/accord", {"act": "done", "agreement": "7"})
    assert await inn.count("SELECT count(*) FROM exchange_event WHERE kind = 'verified'") == 1
