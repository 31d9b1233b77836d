"""The pictures in README.md: two pages of a cooperative of the demo. Run: python -m deploy.build.screenshots

With an address (`… http://localhost:8001`) it takes a server that runs already; without, it starts the demo itself.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from web.commands.demo.cooperatives import PASSWORD

HERE = Path(__file__).parent
DECLIC = Path(sys.executable).with_name("declic")
NETWORK, THREAD = "network-page.png", "thread-page.png"
MEMBER, THING = "maryse", "Tente 4 places"
SIZE = ViewportSize(width=1280, height=1000)
TALL = ViewportSize(width=1280, height=1460)
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]


@contextmanager
def running_demo() -> Iterator[str]:
    """The address of Lomme in a demo of its own."""
    with tempfile.TemporaryDirectory(prefix="declic-pictures-") as data:
        process = subprocess.Popen(
            [str(DECLIC), "demo"], env={"PATH": "/usr/bin:/bin", "DECLIC_DATA": data}, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.strip() == "ready":
                    break
            else:
                sys.exit("the demo did not start")
            yield "http://localhost:8001"
        finally:
            process.terminate()
            process.wait(30)


def keep(page: Page, name: str) -> None:
    """Write what is to be seen."""
    page.screenshot(path=HERE / name)
    Image.open(HERE / name).quantize(128).save(HERE / name, optimize=True)


def take(url: str) -> None:
    """Write all pictures, with few colours so that they weigh little."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport=SIZE, locale="fr-FR", color_scheme="light")
        page.goto(f"{url}/annonces", wait_until="networkidle")
        keep(page, NETWORK)
        page.goto(f"{url}/connexion")
        page.locator("[name=login]").fill(MEMBER)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda address: "/connexion" not in address)
        page.set_viewport_size(TALL)
        page.goto(f"{url}/echanges")
        page.locator("main a", has_text=THING).first.click()
        page.wait_for_load_state("networkidle")
        keep(page, THREAD)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(sys.argv[1])
    else:
        with running_demo() as address:
            take(address)
