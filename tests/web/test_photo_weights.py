"""What a browser fetches of real photos: little in lists, not too much on the page, and never the whole picture."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, Response

from federation.instance import Instance
from federation.media.uploads import save_upload
from models.posts.media import uploads
from models.store.database import Pool, transaction
from tests.picture_files import encode
from tests.web.chromium import needs_chromium
from tests.web.live_site import Live, serve_village

pytestmark = needs_chromium


@pytest.fixture
async def live(pool: Pool, tmp_path: Path) -> AsyncIterator[Live]:
    """A village of its own."""
    async with serve_village(pool, tmp_path) as live:
        yield live


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A picture that came: its path, its type and its weight."""

    path: str
    type: str
    bytes: int


async def add_photo(instance: Instance, live: Live) -> None:
    """A photo as heavy as a phone's: noise cannot be packed."""
    noise = encode(Image.effect_noise((1600, 1200), 120).convert("RGB"), quality=90)
    assert len(noise) > 500_000
    owner = live.village.hocine.id
    photo = await save_upload(instance, owner_id=owner, data=noise)
    async with transaction(instance.pool) as conn:
        await uploads.attach(conn, live.village.drill.id, owner, [photo.id])


async def fetch_pictures(
    live: Live, chromium: Browser, path: str, *, width: int = 390, scale: int = 3
) -> list[Fetched]:
    """All that a telephone, or a window of this width, fetches from /media for this page, looked at to its end."""
    context = await chromium.new_context(viewport={"width": width, "height": 844}, device_scale_factor=scale)
    page = await context.new_page()
    seen: list[Response] = []
    page.on("response", lambda answer: seen.append(answer) if "/media/" in answer.url else None)
    await page.goto(live.url + path, wait_until="networkidle")
    await page.keyboard.press("End")
    await page.wait_for_load_state("networkidle")
    found = [
        Fetched(
            path=one.url.removeprefix(live.url),
            type=one.headers["content-type"],
            bytes=len(await one.body()),
        )
        for one in seen
    ]
    await context.close()
    return found


async def test_a_heavy_photo_is_light_in_lists_and_on_its_page(live: Live, chromium: Browser) -> None:
    await add_photo(live.instance, live)

    listed = await fetch_pictures(live, chromium, "/annonces?q=perceuse")
    shown = await fetch_pictures(live, chromium, live.village.drill.post.url.removeprefix(live.url))

    assert {one.type for one in listed + shown} == {"image/webp"}
    assert listed and max(one.bytes for one in listed) <= 15_000
    large = [one for one in shown if ".large." in one.path]
    assert [one.bytes <= 120_000 for one in large] == [True]


@pytest.mark.parametrize(("width", "scale"), [(1280, 1), (1280, 2), (768, 2)])
async def test_wide_windows_fetch_the_light_copies_alone_too(
    live: Live, chromium: Browser, width: int, scale: int
) -> None:
    await add_photo(live.instance, live)

    shown = await fetch_pictures(
        live, chromium, live.village.drill.post.url.removeprefix(live.url), width=width, scale=scale
    )

    assert shown and {one.type for one in shown} == {"image/webp"}, [one.path for one in shown]
    assert max(one.bytes for one in shown) <= 120_000
