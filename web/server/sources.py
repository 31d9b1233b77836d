"""`/sources`: the source of the very version that runs, as one archive, for everybody who uses it (AGPL §13)."""

import asyncio
import gzip
import io
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from federation.software import NAME, read_version
from models.lazy import LazyModule
from web.http.app_keys import INSTANCE
from web.http.caching import answer_kept

if TYPE_CHECKING:
    import tarfile
else:
    tarfile = LazyModule("tarfile")

PACKAGES = ("models", "federation", "outbox", "inbox", "web")

SUFFIXES = frozenset(
    (
        *(".py", ".sql", ".html", ".css", ".js", ".json", ".md", ".po", ".txt", ".tsv", ".yaml", ".gz", ".zip"),
        *(".svg", ".png", ".jpg", ".webp", ".woff2"),
    )
)
"""What the software is made of; whatever else may lie in its folders is somebody's own."""

BESIDE = (
    *("pyproject.toml", "README.md", "LICENSE", "requirements.txt", "requirements-postgres.txt"),
    *("CHANGELOG.md", "SECURITY.md", "deploy/Caddyfile", "deploy/nginx.conf", "deploy/declic.env.example"),
    *("deploy/install.sh", "deploy/systemd/declic.service", "deploy/systemd/declic-worker@.service"),
    *("deploy/systemd/declic-backup.service", "deploy/systemd/declic-backup.timer", "deploy/rustine/export.sql"),
    *("deploy/monitoring/README.md", "deploy/monitoring/alerts.yml", "deploy/monitoring/grafana-dashboard.json"),
    *("deploy/rustine/README.md",),
)
"""What stands beside the packages in a checkout, and in `web/project` of a wheel (see pyproject.toml)."""

CACHED_SECONDS = 3600

EPOCH = 315_532_800
"""1980: the same files make the same archive, whenever and wherever."""


class Archive:
    """The archive, made for whoever asks first; it has some three megabytes."""

    def __init__(self) -> None:
        self._body: bytes | None = None
        self._making = asyncio.Lock()

    async def load(self, data: Path) -> bytes:
        """The bytes of it, made in a thread; `data` is the folder of the instance."""
        async with self._making:
            if self._body is None:
                self._body = await asyncio.to_thread(make_archive, find_packages(), data)
            return self._body


ARCHIVE = web.AppKey("sources", Archive)


async def show_sources(request: web.Request) -> web.Response:
    """GET /sources."""
    body = await request.app[ARCHIVE].load(request.app[INSTANCE].settings.data)
    name = f"{NAME}-{read_version()}.tar.gz"
    headers = {"Content-Type": "application/gzip", "Content-Disposition": f'attachment; filename="{name}"'}
    return answer_kept(request, body, seconds=CACHED_SECONDS, headers=headers)


def find_packages() -> Path:
    """The folder in which our packages stand: a checkout, or where wheels are unpacked."""
    spec = find_spec(PACKAGES[0])
    assert spec is not None and spec.submodule_search_locations
    return Path(next(iter(spec.submodule_search_locations))).parent


def make_archive(root: Path, data: Path) -> bytes:
    """All of our packages in `root` as a tar.gz, and nothing that lies in `data`, where the secrets are."""
    top = f"{NAME}-{read_version()}"
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=EPOCH) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for name, path in sorted(list_files(root, data)):
            body = path.read_bytes()
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mtime, entry.mode = len(body), EPOCH, 0o644
            tar.addfile(entry, io.BytesIO(body))
    return packed.getvalue()


def list_files(root: Path, data: Path) -> Iterator[tuple[str, Path]]:
    """Every file with its place in the archive."""
    project = root / "web" / "project"
    left_out = {data.resolve(), project.resolve()}
    for package in PACKAGES:
        yield from ((path.relative_to(root).as_posix(), path) for path in _walk(root / package, left_out))
    # Where wheels are unpacked, what stands beside our packages is somebody else's.
    beside = root if (root / "pyproject.toml").is_file() else project
    yield from ((name, beside / name) for name in BESIDE if (beside / name).is_file())


def _walk(package: Path, left_out: set[Path]) -> Iterator[Path]:
    for folder, folders, files in os.walk(package):
        folders[:] = [name for name in folders if _is_ours(Path(folder, name), left_out)]
        for path in (Path(folder, name) for name in files):
            if path.suffix in SUFFIXES and _is_ours(path, left_out):
                yield path


def _is_ours(path: Path, left_out: set[Path]) -> bool:
    hidden = path.name.startswith((".", "__pycache__"))
    return not hidden and not path.is_symlink() and path.resolve() not in left_out


ROUTES: list[web.RouteDef] = [web.get("/sources", show_sources)]
