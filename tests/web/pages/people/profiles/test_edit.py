"""The member's own profile."""

import html
from pathlib import Path

import pytest

from models.people import accounts, actors
from models.people.actors import Actor
from models.posts.media import media
from models.store.database import connection, fetch_value
from tests.web.form_client import Doorbell, Visitor

PHOTO = Path(__file__).parents[4] / "samples"

PROFILE = {"name": "Alice D.", "summary": "Je prête ma perceuse.\n<script>Et voilà</script>", "commune": "59160"}


@pytest.fixture
async def alice(door: Doorbell) -> Visitor:
    """Alice, before her profile."""
    visitor = await door.ring()
    await visitor.log_in("alice")
    return await visitor.open("/compte/profil")


async def load(door: Doorbell) -> Actor:
    async with connection(door.instance.pool) as conn:
        return await actors.get_local(conn, "alice")


async def test_a_profile_is_kept_shown_and_told(door: Doorbell, alice: Visitor) -> None:
    await alice.send("/compte/profil", PROFILE | {"locked": "1"})

    assert (alice.status, alice.path) == (200, "/compte?fait=profile")
    actor = await load(door)
    assert (actor.name, actor.place_name, actor.postcode, actor.locked) == ("Alice D.", "Lomme", "59160", True)
    assert "Je prête ma perceuse." in actor.summary and "<script" not in actor.summary
    async with connection(door.instance.pool) as conn:
        account = await accounts.get(conn, actor.id)
        assert await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Update'") == 1
    assert account.default_commune_code == "59355"
    shown = html.unescape((await alice.open("/compte/profil")).text)
    assert 'value="Lomme (59160)"' in shown and PROFILE["summary"] in shown


async def test_a_place_can_be_taken_away(door: Doorbell, alice: Visitor) -> None:
    await alice.send("/compte/profil", PROFILE)
    await alice.open("/compte/profil")

    await alice.send("/compte/profil", PROFILE | {"commune": ""})

    actor = await load(door)
    assert (actor.place_name, actor.latitude, actor.locked) == (None, None, False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"summary": "x" * 501}, "summary"),
        ({"commune": "Nulle part"}, "commune"),
    ],
)
async def test_a_mistake_is_said_at_its_field(
    door: Doorbell, alice: Visitor, changes: dict[str, str], field: str
) -> None:
    await alice.send("/compte/profil", PROFILE | changes)

    assert alice.status == 422 and f'href="#{field}"' in alice.text
    assert (await load(door)).name == "Alice"


async def test_a_portrait_is_kept_and_taken_away_again(door: Doorbell, alice: Visitor) -> None:
    photo = next(PHOTO.glob("*.jpg")).read_bytes()

    await alice.upload("/compte/profil", PROFILE, "portrait", "moi.jpg", photo)

    icon_id = (await load(door)).icon_media_id
    assert alice.path == "/compte?fait=profile" and icon_id is not None
    async with connection(door.instance.pool) as conn:
        icon = await media.find(conn, icon_id)
    assert icon is not None and icon.file_key is not None
    await alice.open("/compte/profil")
    assert 'class="portrait"' in alice.text
    await alice.send("/compte/profil", PROFILE | {"no_portrait": "1"})
    assert (await load(door)).icon_media_id is None


async def test_a_profile_without_a_new_portrait_keeps_the_old_one(door: Doorbell, alice: Visitor) -> None:
    photo = next(PHOTO.glob("*.jpg")).read_bytes()
    await alice.upload("/compte/profil", PROFILE, "portrait", "moi.jpg", photo)
    before = (await load(door)).icon_media_id
    await alice.open("/compte/profil")

    await alice.upload("/compte/profil", PROFILE, "portrait", "", b"")

    assert before is not None and (await load(door)).icon_media_id == before


async def test_a_portrait_that_is_none_is_refused_by_name(door: Doorbell, alice: Visitor) -> None:
    await alice.upload("/compte/profil", PROFILE, "portrait", "moi.jpg", b"<svg onload=alert(1)>")

    assert alice.status == 422 and "moi.jpg" in alice.text and 'href="#portrait"' in alice.text
    assert 'value="Alice D."' in alice.text
    assert (await load(door)).name == "Alice"
