"""A member goes away for a while, and says when she is back."""

import html
from datetime import timedelta
from uuid import uuid4

import pytest

from federation.uris import listing_url
from models.listings.unavailabilities import midnight
from models.people import absences, actors
from models.people.actors import Actor
from models.store.database import connection
from tests.factories import make_listing
from tests.today import today
from tests.web.form_client import Doorbell, Visitor


@pytest.fixture
async def alice(door: Doorbell) -> Visitor:
    """Alice, at home."""
    visitor = await door.ring()
    await visitor.log_in("alice")
    return await visitor.open("/compte/absence")


async def load(door: Doorbell) -> Actor:
    async with connection(door.instance.pool) as conn:
        return await actors.get_local(conn, "alice")


async def test_she_goes_and_comes_back_whenever_she_likes(door: Doorbell, alice: Visitor) -> None:
    back = today() + timedelta(days=10)
    await alice.send("/compte/absence", {"back": back.isoformat()})

    assert (alice.status, alice.path) == (200, "/compte?fait=away")
    assert (await load(door)).away_until == midnight(back)
    await alice.open("/compte/absence")
    await alice.send("/compte/absence", {"act": "return"})
    assert alice.path == "/compte?fait=present" and (await load(door)).away_until is None


async def test_the_days_offered_go_from_tomorrow_to_a_year_from_now(alice: Visitor) -> None:
    first, last = today() + timedelta(days=1), today() + timedelta(days=366)

    assert f'min="{first}"' in alice.text
    assert f'max="{last}"' in alice.text


async def test_everybody_reads_when_she_is_back_and_finds_her_offers_again_then(door: Doorbell, alice: Visitor) -> None:
    back = today() + timedelta(days=10)
    async with connection(door.instance.pool) as conn:
        url = listing_url(door.instance.site, str(uuid4()))
        author = await actors.get_local(conn, "alice")
        tent = await make_listing(conn, author, title="Tente de demain", post={"url": url})
    stranger = await door.ring()
    await alice.send("/compte/absence", {"back": back.isoformat()})

    profile = html.unescape((await stranger.open("/@alice")).text)
    listing = html.unescape((await stranger.open(f"/annonces/d/{tent.id}")).text)
    listed = (await stranger.open("/annonces")).text

    assert stranger.status == 200, (stranger.status, stranger.path)
    assert "Pas là pour le moment, de retour le" in profile
    assert "n’est pas là pour le moment, de retour le" in listing and "Tente de demain" not in listed
    async with connection(door.instance.pool) as conn:
        await absences.set_away(conn, tent.post.author_id, None)
    assert "Tente de demain" in (await stranger.open("/annonces")).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Dites quel jour"),
        ("2020-01-01", "Ce jour est passé"),
        ("3027-01-01", "un an au plus"),
        ("bientôt", "Écrivez une date"),
    ],
)
async def test_what_is_no_day_ahead_is_asked_again(door: Doorbell, alice: Visitor, typed: str, sentence: str) -> None:
    await alice.send("/compte/absence", {"back": typed})

    assert alice.status == 422 and sentence in html.unescape(alice.text)
    assert f'value="{typed}"' in html.unescape(alice.text) and (await load(door)).away_until is None
