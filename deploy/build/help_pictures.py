"""The pictures of /aide: screens of the demo as a phone shows them, by day. Run: python -m deploy.build.help_pictures

With an address (`… http://localhost:8001`) it takes a server that runs already; without, it starts the demo itself.
What is in a picture and how high it is stands in `web/pages/instance/help_texts`, whose words a test looks for on the
real page.
"""

import io
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from deploy.build.screenshots import CHROMIUM, FLAGS, running_demo
from web.commands.demo.cooperatives import PASSWORD
from web.pages.instance.help_texts import PICTURE_WIDTH, PICTURES

FOLDER = Path(__file__).parents[2] / "web" / "static" / "help"

PHONE = ViewportSize(width=PICTURE_WIDTH, height=844)

SHARPNESS = 2
"""Pixels of the picture for each of the page: letters stay readable where the picture is shown smaller."""

QUALITY = 72

ABOVE = 12
"""Pixels of the page above what the picture begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Where the page is: by an address, then by links with these words; `top` is what the picture begins with."""

    path: str
    member: str = ""
    links: tuple[str, ...] = ()
    top: str = "main h1"


TENT = "Tente 4 places"

PLANTS = "Plants de tomates"

SCREENS = {
    "coops": Screen(path="/reseau", top=".directory"),
    "echange": Screen(path="/echanges", member="maryse", links=(TENT,)),
    "velo": Screen(path="/diagnostic"),
    "sanscompte": Screen(path="/annonces", links=(TENT,), top=".door:nth-child(2)"),
    "suivre": Screen(path="/reseau", member="maryse", top=".panel:has(#suivre)"),
    "lieu": Screen(path="/publier", member="maryse", top="#where"),
    "photos": Screen(path="/publier", member="maryse", top="#photos-toutes"),
    "prive": Screen(path="/annonces", member="hocine", links=(TENT,), top="#repondre"),
    "prevenu": Screen(path="/compte/courriels", member="maryse", top="form[action='/compte/courriels']"),
    "donnees": Screen(path="/compte/donnees", member="maryse"),
    "appli": Screen(path="", member="maryse", top=".door"),
    "habitant": Screen(path="/annonces"),
    "reparateur": Screen(path="/depannage", member="hocine"),
    "accueil": Screen(path="/coop/invitations", member="nadia", top="#par-lien"),
    "moderateur": Screen(path="/coop/dossiers", member="nadia", links=("Lire et décider",), top="#decision"),
    "collectivite": Screen(path="/annonces/integrer"),
    "administration": Screen(path="/coop/reglages", member="nadia"),
}


def log_in(page: Page, url: str, member: str) -> None:
    """Have this browser be hers."""
    page.goto(f"{url}/connexion")
    page.locator("[name=login]").fill(member)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/connexion" not in address)


def ask_as_app(page: Page, url: str) -> str:
    """Where an application asks to be let in."""
    names: dict[str, str | float | bool] = {
        "client_name": "Tusky",
        "redirect_uris": "urn:ietf:wg:oauth:2.0:oob",
        "scopes": "read write",
    }
    app = page.request.post(f"{url}/api/v1/apps", form=names).json()
    query = f"client_id={app['client_id']}&redirect_uri={app['redirect_uri']}&response_type=code&scope=read+write"
    return f"/oauth/authorize?{query}"


def report_something(browser: Browser, url: str) -> None:
    """Have a member report plants, so that there is a case: nobody has done so in the demo."""
    page = browser.new_page(viewport=PHONE, locale="fr-FR")
    log_in(page, url, "maryse")
    page.goto(f"{url}/annonces")
    for words in (PLANTS, "Signaler"):
        page.locator("main a", has_text=words).first.click()
        page.wait_for_load_state("networkidle")
    page.locator("[name=reason][value=other]").check()
    page.locator("[name=content]").fill("Ces plants ne sont plus là depuis une semaine.")
    page.locator("form:has([name=content]) .primary").click()
    page.wait_for_url("**/signaler/merci**")
    page.close()


def take(browser: Browser, url: str, slug: str) -> None:
    """Write the picture of one page of the help."""
    screen, picture = SCREENS[slug], PICTURES[slug]
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=SHARPNESS, locale="fr-FR", color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    if screen.member:
        log_in(page, url, screen.member)
    page.goto(url + (screen.path or ask_as_app(page, url)), wait_until="networkidle")
    for words in screen.links:
        page.locator("main a", has_text=words).first.click()
        page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelector('.bar')?.remove()")  # it stays at the edge of the screen, wherever that is
    box = page.locator(screen.top).first.bounding_box()
    assert box is not None, f"{slug}: there is no {screen.top}"
    top = max(0, box["y"] + page.evaluate("scrollY") - ABOVE)
    clip = {"x": 0, "y": top, "width": PICTURE_WIDTH, "height": picture.height}
    shown = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip)))  # type: ignore[arg-type]  # a rectangle
    shown.convert("RGB").save(FOLDER / f"{slug}.webp", quality=QUALITY, method=6)
    context.close()


def main(url: str) -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        report_something(browser, url)
        for slug in PICTURES:
            take(browser, url, slug)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with running_demo() as address:
            main(address)
