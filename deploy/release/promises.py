"""What a release has: a contact for whoever finds a hole, a word on what changed, a tag, nothing uncommitted."""

import re
from pathlib import Path

from deploy.release.source_tree import SourceTree

CONTACT = re.compile(r"^Contact:[ \t]*(.*)$", re.MULTILINE)


def find_contact(folder: Path) -> str:
    """Whom SECURITY.md names; empty as long as nobody is named."""
    found = CONTACT.search((folder / "SECURITY.md").read_text(encoding="utf-8"))
    return found[1].strip() if found else ""


def list_missing(tree: SourceTree, *, uncommitted: list[str], tags: list[str]) -> list[str]:
    """What keeps this commit from being a release, each as a sentence."""
    missing = []
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
