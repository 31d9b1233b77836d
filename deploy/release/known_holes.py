"""`make audit`: asks the registry in use whether it knows of a hole in a version that servers install."""

import base64
import http.client
import json
import os
import re
import subprocess
import sys
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deploy.build.downloads import find_pip
from deploy.release.bill_of_materials import LOCKED

ROOT = Path(__file__).parents[2]

REQUIREMENTS = ("requirements.txt", "requirements-postgres.txt")

SECONDS = 20

NOT_OURS: Mapping[str, str] = {}
"""Holes that do not concern us, by their number (PYSEC-…, CVE-…), each with a word on why."""

Ask = Callable[[str], Any]
"""What stands at an address; raises OSError (of which urllib's HTTPError is one), HTTPException or ValueError."""


class NotAsked(Exception):
    """The registry cannot be reached, or tells nobody what it knows; `holes` are those it told of before."""

    def __init__(self, why: str, holes: list[str]) -> None:
        super().__init__(why)
        self.holes = holes


def main() -> None:
    """Name what is known, with exit status 1; where nobody can be asked, say so and fail nothing."""
    locked = {name: version for file in REQUIREMENTS for name, version in read_versions(ROOT / file).items()}
    index = find_index()
    try:
        holes = list_holes(locked, index, ask_registry)
    except NotAsked as error:
        print(f"Not asked: {error} Of it and those behind it nothing is known, good or bad.", file=sys.stderr)
        if not error.holes:
            return
        holes = error.holes
    for hole in holes:
        print(hole)
    if holes:
        sys.exit(1)
    print(f"{len(locked)} locked packages: {hide_login(index)} knows of no hole.")


def read_versions(path: Path) -> dict[str, str]:
    """Locked packages with their versions."""
    return dict(re.findall(LOCKED.pattern, path.read_text(encoding="utf-8"), re.MULTILINE))


def find_index() -> str:
    """The registry that pip asks here; by default the one that the lock was made from."""
    given = os.environ.get("PIP_INDEX_URL", "").strip()
    if not given:
        command = [*find_pip(), "config", "get", "global.index-url"]
        given = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    if given:
        return given
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    return str(next(one["source"]["registry"] for one in packages if "registry" in one["source"]))


def list_holes(locked: Mapping[str, str], index: str, ask: Ask) -> list[str]:
    """What is known of these versions, a line each. Raises NotAsked as soon as one cannot be asked about."""
    root = index.rstrip("/").removesuffix("/simple")
    holes: list[str] = []
    for name, version in sorted(locked.items()):
        try:
            known = ask(f"{root}/pypi/{name}/{version}/json")["vulnerabilities"]
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
            why = f"{hide_login(index)} tells nothing of {name} {version} ({describe(error)})."
            raise NotAsked(why, holes) from None
        holes.extend(
            f"{name} {version}: {', '.join(numbers)}; mended in {', '.join(one.get('fixed_in') or ()) or 'no version'}."
            f" {one.get('link') or ''}".rstrip()
            for one in known
            if not one.get("withdrawn") and not NOT_OURS.keys() & (numbers := [one["id"], *one.get("aliases", ())])
        )
    return holes


def ask_registry(address: str) -> Any:
    """Over HTTP, through the proxies of the environment."""
    if not address.startswith("https://"):
        raise ValueError("it is not asked by https")
    scheme, rest = address.split("//", 1)
    login, at, place = rest.rpartition("@")
    request = urllib.request.Request(f"{scheme}//{place}", headers={"Accept": "application/json"})
    if at:
        words = base64.b64encode(urllib.parse.unquote(login).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {words}")
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return json.load(answer)


def hide_login(address: str) -> str:
    """As it may be printed: pip takes a name and a password in the address of a registry."""
    return re.sub("//.*@", "//", address)


def describe(error: Exception) -> str:
    """Why nothing was told, without a traceback."""
    if isinstance(error, urllib.error.HTTPError):
        return f"it answers {error.code}"
    if isinstance(error, http.client.HTTPException):
        return "its answer is broken off, or not HTTP"
    return "its answer says nothing of holes" if isinstance(error, KeyError | TypeError) else hide_login(str(error))


if __name__ == "__main__":
    main()
