"""What a machine looked at, written for /accessibilite once every page was looked at and nothing was wrong.

`make accessibility` and a `make walk` to all pages have it written (`DECLIC_WALK_NOTED`)."""

import json
from collections.abc import Collection, Iterable
from datetime import date
from importlib.metadata import version

import msgspec

from tests.web.axe import AXE
from tests.web.shown_pages import PAGES, list_all
from web.pages.instance.legal_pages import CHECK_FILE, AccessibilityCheck

LOOKING = "::test_page_has_no_violation_fits_320_pixels_and_makes_an_outline["


def list_looked_at(passed: Iterable[str]) -> set[str]:
    """The names of the pages in the ids of tests that passed."""
    names = {str(one): one.name for one in list_all()}
    ids = (one.partition(LOOKING)[2].removesuffix("]") for one in passed)
    return {names[one] for one in ids if one in names}


def describe_check(looked_at: Collection[str], *, failed: int) -> AccessibilityCheck | str:
    """What is to be noted of a run, or why nothing is."""
    missing = PAGES.keys() - set(looked_at)
    if failed:
        return f"{failed} failed"
    if missing:
        return f"{len(missing)} pages were not looked at, {min(missing)} among them"
    axe = json.loads((AXE.parent / "package.json").read_text())["version"]
    pages = len({page.address for page in PAGES.values()})
    return AccessibilityCheck(version=version("declic"), day=date.today(), axe=axe, pages=pages)


def note_check(passed: Iterable[str], *, failed: int) -> str:
    """Write it down, and say so; or say why not."""
    found = describe_check(list_looked_at(passed), failed=failed)
    if isinstance(found, str):
        return f"Nothing is noted for /accessibilite: {found}."
    CHECK_FILE.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    return f"/accessibilite says so from now on: {found.pages} pages by axe-core {found.axe}. Commit {CHECK_FILE.name}."
