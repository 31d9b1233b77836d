"""(p) Three photos of a phone published: touches after choosing them, what is sent, what lists and page show."""

import asyncio
from pathlib import Path

from PIL import Image
from playwright.async_api import BrowserContext, FilePayload, Page, Response, async_playwright

from models.access import sessions
from models.settings import Site
from models.store.database import fetch_value, transaction
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running
from tests.picture_files import encode
from tests.servers import PASSWORD
from tests.web.chromium import CHROMIUM, FLAGS
from tests.web.sent_photos import note_sent_photos
from web.security.session import cookie_name

MEGABYTE = 1_000_000

COUNT_TOUCHES = """
document.addEventListener("pointerdown", () =>
  sessionStorage.setItem("touches", Number(sessionStorage.getItem("touches")) + 1), true)
"""


async def run(folder: Path) -> None:
    """Publish as a member does with a thumb; without Chromium, say so."""
    heading("(p) three photos of 4 MB published on a phone")
    if not Path(CHROMIUM).exists():
        print(f"left out: there is no {CHROMIUM}")
        return
    photos = await asyncio.gather(*(asyncio.to_thread(take_photo, number) for number in range(3)))
    figure("a photo as it was taken", min(len(one["buffer"]) for one in photos) / MEGABYTE, "MB", at_least=4)
    async with running(folder / "publishing") as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await browser.new_context(
            viewport={"width": 390, "height": 844}, device_scale_factor=3, has_touch=True, locale="fr-FR"
        )
        await _log_in(server, context)
        await context.add_init_script(COUNT_TOUCHES)
        page = await context.new_page()
        sent = await publish(server, page, photos)
        touches = await page.evaluate("Number(sessionStorage.getItem('touches'))")
        figure("touches after choosing three photos", touches, "", at_most=4)
        figure("sent of one, at most", max(weight for weight, _ in sent) / 1000, "kB", at_most=500)
        figure("its longest side", max(side for _, side in sent), "px", at_most=1600)
        listed = await weigh(page, f"{server.url}/annonces")
        figure("shown in lists, at most", max(listed) / 1000, "kB", at_most=15)
        shown = await weigh(page, await find_listing(server))
        figure("shown on the page, at most", max(shown) / 1000, "kB", at_most=120)
        await browser.close()


def take_photo(number: int) -> FilePayload:
    """Twelve megapixels with as much in them as a camera sees."""
    rough = Image.effect_noise((1000, 750), 60 + number).resize((4000, 3000), Image.Resampling.BICUBIC)
    image = Image.merge("RGB", (rough, rough.rotate(90, expand=True).resize(rough.size), rough.rotate(180)))
    return FilePayload(name=f"IMG_{number}.jpg", mimeType="image/jpeg", buffer=encode(image, quality=85))


async def _log_in(server: BenchServer, context: BrowserContext) -> None:
    await server.run("account", "create", "odile", "--email", "odile@example.org", "--password", PASSWORD)
    async with transaction(server.pool) as conn:
        await conn.execute("UPDATE account SET roles = '{admin}', default_commune_code = '59355'")
        token = await sessions.create(conn, await fetch_value(conn, "SELECT actor_id FROM account"), "bench")
    name = cookie_name(Site(url=server.url, host=server.url.removeprefix("http://")))
    await context.add_cookies([{"name": name, "value": token, "url": server.url}])


async def publish(server: BenchServer, page: Page, photos: list[FilePayload]) -> list[tuple[int, int]]:
    """Choose the photos, touch and type what a loan needs, and publish; bytes and longest side of each as it left."""
    sent = await note_sent_photos(page)
    await page.goto(f"{server.url}/publier")
    await page.locator("#photos").set_input_files(photos)
    await page.get_by_label("Titre").tap()
    await page.keyboard.type("Tente quatre places")
    await page.locator("label:has(input[name=mode][value=loan])").tap()
    await page.get_by_role("button", name="Publier l’annonce").tap()
    await page.wait_for_url("**fait=*", timeout=120_000)
    return sent


async def find_listing(server: BenchServer) -> str:
    """The address of the one listing."""
    async with transaction(server.pool) as conn:
        return str(await fetch_value(conn, "SELECT p.url FROM post p JOIN listing l ON l.post_id = p.id"))


async def weigh(page: Page, address: str) -> list[int]:
    """Bytes of each photo that the page shows."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    await page.goto(address, wait_until="networkidle")
    page.remove_listener("response", note)
    return [len(await one.body()) for one in answers if "/media/" in one.url and "avatar" not in one.url]
