"""What a release has: whom to tell of holes, a key and its public half, a word on what changed, a tag, all in git."""

import re
import tomllib
from pathlib import Path

from deploy.release.source_tree import SourceTree

PLACEHOLDER = "PUBLIC-KEY"
"""Stands in SECURITY.md as long as there is no key."""

UNSIGNED = "not yet signed"
"""What SECURITY.md says as long as nothing is."""

CONTACT = re.compile(r"^Contact:[ \t]*(.*)$", re.MULTILINE)

PUBLIC = re.compile(r"`minisign\s+-Vm\s+SHA256SUMS\s+-P\s+([A-Za-z0-9+/=]+)`")
"""The command by which anybody checks, with the public key in it; the placeholder has a sign that no key has."""

MAIL = re.compile(r"[^\s@<>:]+@[^\s@<>:]+\.[^\s@<>:]+")
"""What packages for Debian can name as well: `somebody@example.org` and nothing around it."""

NEXT = re.compile(r"^## Next\n+(?!## |\n|\Z)", re.MULTILINE)
"""That heading, with something under it."""


def find_contact(folder: Path) -> str:
    """Whom SECURITY.md names; empty as long as nobody is named."""
    found = CONTACT.search((folder / "SECURITY.md").read_text(encoding="utf-8"))
    return found[1].strip() if found else ""


def find_public_key(folder: Path) -> str | None:
    """The key that SECURITY.md tells to check with; None as long as there is none."""
    found = PUBLIC.search((folder / "SECURITY.md").read_text(encoding="utf-8"))
    return found[1] if found else None


def list_unsaid(*, key: Path | None, address: str | None) -> list[str]:
    """What a release has to be told, each as a sentence."""
    missing = []
    if key is None:
        missing.append("No key is given for the promised signature: make dist RELEASE=1 KEY=declic.key")
    if address is None or not address.startswith("https://"):
        missing.append("Nothing says where the wheel will be, for the package of YunoHost: ADDRESS=https://…")
    return missing


def list_missing(tree: SourceTree, *, uncommitted: list[str], tags: list[str]) -> list[str]:
    """What keeps this commit from being a release, each as a sentence; `tags` are those that are signed."""
    missing = []
    if find_public_key(tree.folder) is None or PLACEHOLDER in (tree.folder / "SECURITY.md").read_text(encoding="utf-8"):
        missing.append(
            f"SECURITY.md still says {PLACEHOLDER}, or has no public key of minisign after -P, so nobody can check."
        )
    if UNSIGNED in " ".join((tree.folder / "SECURITY.md").read_text(encoding="utf-8").split()):
        missing.append(f"SECURITY.md still says that this version is {UNSIGNED}.")
    contact = find_contact(tree.folder)
    if not contact:
        missing.append("SECURITY.md names nobody after `Contact:`, and whoever finds a hole has to know whom to tell.")
    elif not MAIL.fullmatch(contact):
        missing.append(f"SECURITY.md names {contact} after `Contact:`, where one mail address alone belongs.")
    missing += _list_disagreeing(tree)
    if f"v{tree.version}" not in tags:
        missing.append(f"The commit has no signed tag v{tree.version}: git tag -s v{tree.version}")
    if uncommitted:
        missing.append(f"Not committed, so not in it: {', '.join(uncommitted)}")
    return missing


def _list_disagreeing(tree: SourceTree) -> list[str]:
    """What says another version, or tells of changes that are in none."""
    missing = []
    packages = tomllib.loads((tree.folder / "uv.lock").read_text(encoding="utf-8"))["package"]
    [locked] = [one["version"] for one in packages if one["name"] == "declic"]
    if locked != tree.version:
        missing.append(f"uv.lock is of version {locked} and pyproject.toml of {tree.version}: uv lock")
    changes = (tree.folder / "CHANGELOG.md").read_text(encoding="utf-8")
    if not re.search(rf"^## {re.escape(tree.version)} \(\d{{4}}-\d\d-\d\d\)$", changes, re.MULTILINE):
        missing.append(f"CHANGELOG.md has no heading `## {tree.version} (YYYY-MM-DD)`.")
    if NEXT.search(changes):
        missing.append(f"CHANGELOG.md still has something under `## Next`: it belongs under `## {tree.version} (…)`.")
    return missing
