"""What a release has: whom to tell of holes, a key and its public half, a word on what changed, a tag, all in git."""

import re
from pathlib import Path

from deploy.release.source_tree import SourceTree

PLACEHOLDER = "PUBLIC-KEY"
"""Stands in SECURITY.md as long as there is no key."""

CONTACT = re.compile(r"^Contact:[ \t]*(.*)$", re.MULTILINE)


def find_contact(folder: Path) -> str:
    """Whom SECURITY.md names; empty as long as nobody is named."""
    found = CONTACT.search((folder / "SECURITY.md").read_text(encoding="utf-8"))
    return found[1].strip() if found else ""


def list_missing(tree: SourceTree, *, uncommitted: list[str], tags: list[str], signed: bool) -> list[str]:
    """What keeps this commit from being a release, each as a sentence; `signed` where a key is given."""
    missing = []
    if not signed:
        missing.append("No key is given for the promised signature: make dist RELEASE=1 KEY=declic.key")
    if PLACEHOLDER in (tree.folder / "SECURITY.md").read_text(encoding="utf-8"):
        missing.append(
            f"SECURITY.md still says {PLACEHOLDER} where minisign's public key belongs, so nobody can check."
        )
    if not find_contact(tree.folder):
        missing.append("SECURITY.md names nobody after `Contact:`, and whoever finds a hole has to know whom to tell.")
    changes = (tree.folder / "CHANGELOG.md").read_text(encoding="utf-8")
    if not re.search(rf"^## {re.escape(tree.version)} \(\d{{4}}-\d\d-\d\d\)$", changes, re.MULTILINE):
        missing.append(f"CHANGELOG.md has no heading `## {tree.version} (YYYY-MM-DD)`.")
    if f"v{tree.version}" not in tags:
        missing.append(f"The commit has no tag v{tree.version}: git tag -s v{tree.version}")
    if uncommitted:
        missing.append(f"Not committed, so not in it: {', '.join(uncommitted)}")
    return missing
