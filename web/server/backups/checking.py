"""A backup held against its manifest: which of its files are missing or were changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from web.server.backups.manifest import Entry, Manifest, Unusable, is_inside, sum_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Paths of pictures that are not there any more, and of those that are not what was written."""

    missing: Sequence[str] = ()
    changed: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed)

    def describe(self) -> str:
        """Such as “2 pictures are missing (media/ab/…) and 1 was changed (media/cd/…)”."""
        parts = [
            f"{len(paths)} {'picture' if len(paths) == 1 else 'pictures'} {verb} ({paths[0]}"
            f"{' …' if len(paths) > 1 else ''})"
            for paths, verb in ((self.missing, "missing"), (self.changed, "changed"))
            if paths
        ]
        return " and ".join(parts)

    def require_none(self, folder: Path, otherwise: str = "") -> None:
        """Raise Unusable where there is any. Another backup would link the same pictures, unless it copies all."""
        if self:
            raise Unusable(
                f"{folder} is not whole: {self.describe()}; take another backup with `declic backup --full`{otherwise}."
            )


def require_dump(folder: Path, manifest: Manifest) -> None:
    """Raise Unusable unless the dump is whole and what was written."""
    entry = manifest.dump
    if not (folder / entry.path).is_file():
        raise Unusable(f"{folder} is not whole: {entry.path} is missing; take another backup.")
    if not _is_whole(folder, entry):
        raise Unusable(f"{folder / entry.path} was changed or cut short since it was written; take another backup.")


def find_damage(folder: Path, manifest: Manifest) -> Damage:
    """The pictures that are missing or changed. Each one is read."""
    missing, changed = [], []
    for entry in manifest.media:
        if not (folder / entry.path).is_file():
            missing.append(entry.path)
        elif not _is_whole(folder, entry):
            changed.append(entry.path)
    return Damage(missing=missing, changed=changed)


def _is_whole(folder: Path, entry: Entry) -> bool:
    path = folder / entry.path
    if not is_inside(folder, entry.path) or path.stat().st_size != entry.size:
        return False
    found = sum_up(path)
    return (found.size, found.sha256) == (entry.size, entry.sha256)
