"""The package for YunoHost as its catalogue takes it: the scripts, and a manifest that names the wheel and its sum."""

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

from deploy.release.source_tree import SourceTree


def build_archive(tree: SourceTree, wheel: Path, target: Path, *, address: str) -> Path:
    """`declic_ynh-VERSION.tar.gz` in `target`, for a wheel that will be found below `address`."""
    values = {
        "version": tree.version,
        "address": f"{address.rstrip('/')}/{wheel.name}",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "wheel": wheel.name,
    }
    top = f"declic_ynh-{tree.version}"
    archive = target / f"{top}.tar.gz"
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=tree.epoch) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for name, path in list_files(tree.folder):
            body = path.read_bytes()
            entry = tarfile.TarInfo(f"{top}/{name}")
            if name == "manifest.toml":
                body = fill_in(body.decode("utf-8"), values).encode("utf-8")
            entry.size, entry.mtime, entry.mode = len(body), tree.epoch, 0o755 if "scripts" in name else 0o644
            tar.addfile(entry, io.BytesIO(body))
    return archive


def list_files(folder: Path) -> list[tuple[str, Path]]:
    """Its files with their places in it, and the licence."""
    package = folder / "deploy" / "yunohost"
    found = {path.relative_to(package).as_posix(): path for path in package.rglob("*") if path.is_file()}
    return sorted({**found, "LICENSE": folder / "LICENSE"}.items())


def fill_in(manifest: str, values: dict[str, str]) -> str:
    """The manifest with its values."""
    for name, value in values.items():
        manifest = manifest.replace(f"@{name}@", value)
    return manifest
