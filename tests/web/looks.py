"""How a page is looked at: in one width and by day or by night, drawn from its name; in all of them by `make walk`."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeVar

from playwright.async_api import Page, ViewportSize

NARROWEST: ViewportSize = {"width": 320, "height": 700}

WALKING = os.environ.get("DECLIC_WALK") == "long"

ONLY = os.environ.get("DECLIC_WALK_ONLY", "")
"""Part of the name of the pages that the walk shall go to; of all when it is empty."""

PICTURES = os.environ.get("DECLIC_WALK_PICTURES", "")
"""The folder that the walk writes pictures into; none when it is empty."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Look:
    """What the reader's device is like."""

    width: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width} {self.scheme}"

    async def take(self, page: Page) -> None:
        """Show the page so."""
        await page.set_viewport_size({"width": self.width, "height": 900})
        await page.emulate_media(color_scheme=self.scheme)


LOOKS = (Look(390, "light"), Look(390, "dark"), Look(1280, "dark"), Look(1280, "light"))
"""In the order in which the least changes."""


def draw(among: Sequence[T], *name: str) -> T:
    """One of these; always the same for the same name."""
    return among[int.from_bytes(sha256("|".join(name).encode()).digest()[:8], "big") % len(among)]


def choose_looks(name: str) -> Sequence[Look]:
    """Those in which a run checks the page of this name."""
    return LOOKS if WALKING else (draw(LOOKS, "look", name),)


async def take_picture(page: Page, name: str) -> None:
    """Where pictures were asked for, write one of the whole page."""
    if PICTURES:
        file = "".join(letter if letter.isalnum() else "-" for letter in name)
        await page.screenshot(path=Path(PICTURES) / f"{file}.png", full_page=True)
