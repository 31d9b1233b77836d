"""The picture in README.md: the network page of a cooperative of the demo. Run: python -m deploy.build.screenshots

With an address (`… http://localhost:8001`) it takes a server that runs already; without, it starts the demo itself.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
DECLIC = Path(sys.executable).with_name("declic")
PICTURES = {"network-page.png": "/annonces"}
SIZE = {"width": 1280, "height": 1000}
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


def take(url: str) -> None:
    """Write all pictures, with few colours so that they weigh little."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport=SIZE, locale="fr-FR", color_scheme="light")  # type: ignore[arg-type]
        for name, path in PICTURES.items():
            page.goto(url + path, wait_until="networkidle")
            page.screenshot(path=HERE / name)
            Image.open(HERE / name).quantize(128).save(HERE / name, optimize=True)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(sys.argv[1])
    else:
        with running_demo() as address:
            take(address)
