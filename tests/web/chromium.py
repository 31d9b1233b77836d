"""Debian's Chromium, driven by Playwright; never a downloaded browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

CHROMIUM = "/usr/bin/chromium"

HEADLESS = "/usr/lib/chromium/chromium-headless-shell"
"""The same engine without windows, menus and profiles, which cost a fifth to three fifths of what a test in it does."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--js-flags=--no-maglev --no-opt",  # no page stays for long enough: what was made faster would be used no more
]

FOUND = next((path for path in (HEADLESS, CHROMIUM) if Path(path).exists()), None)

needs_chromium = pytest.mark.skipif(FOUND is None, reason=f"there is neither {HEADLESS} nor {CHROMIUM}")


@asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """A browser of one's own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=FOUND, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()
