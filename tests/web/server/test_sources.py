"""The source of what runs, for everybody who uses it: whole, the same each time, and nothing else (AGPL §13)."""

import gzip
import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from models.settings import Settings, SettingsError
from models.store.database import Pool
from tests.web.small_app import make_instance
from web.server.app import make_app
from web.server.sources import BESIDE, PACKAGES, SUFFIXES, find_packages, make_archive

ROOT = Path(__file__).parents[3]
SOURCE = "https://git.example/declic"


def read(body: bytes) -> dict[str, bytes]:
    """The files of an archive, by their names below its one folder."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(body))) as tar:
        for entry in tar:
            assert entry.isfile() and entry.name.startswith("declic-")
            opened = tar.extractfile(entry)
            assert opened is not None
            found[entry.name.partition("/")[2]] = opened.read()
    return found


async def test_the_source_is_served_as_one_archive(pool: Pool) -> None:
    async with TestClient(TestServer(make_app(make_instance(pool)))) as client:
        answer = await client.get("/sources")
        body = await answer.read()
        again = await client.get("/sources", headers={"If-None-Match": answer.headers["ETag"]})
        head = await client.head("/sources")

    assert (answer.status, answer.content_type) == (200, "application/gzip")
    assert "declic-" in answer.headers["Content-Disposition"] and ".tar.gz" in answer.headers["Content-Disposition"]
    assert (again.status, head.status, head.headers["ETag"]) == (304, 200, answer.headers["ETag"])
    found = read(body)
    assert found["web/server/sources.py"] == (ROOT / "web" / "server" / "sources.py").read_bytes()
    assert set(BESIDE) <= set(found)


def test_it_is_all_that_is_tracked_of_our_packages(tmp_path: Path) -> None:
    listed = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True)
    tracked = {name for name in listed.stdout.split("\n") if name}

    found = read(make_archive(find_packages(), tmp_path))

    assert tracked - set(found) == set()
    assert {Path(name).suffix for name in tracked} <= SUFFIXES


def make_installed(root: Path) -> None:
    """Our packages as a wheel is unpacked, among those of others, with what has no place there."""
    for name, text in {
        "models/ids.py": "code",
        "models/store/migrations/0001_initial.sql": "code",
        "models/__pycache__/ids.cpython-311.pyc": "secret",
        "models/.env": "secret",
        "models/declic.toml": "secret",
        "web/data/keys/key.txt": "secret",
        "web/static/declic.js": "code",
        "web/project/pyproject.toml": "code",
        "web/project/LICENSE": "code",
        "LICENSE": "secret",
        "aiohttp/web.py": "secret",
        "elsewhere/secret.py": "secret",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "web" / "link.py").symlink_to(root / "elsewhere" / "secret.py")
    (root / "web" / "linked").symlink_to(root / "elsewhere")


def test_of_a_wheel_it_is_our_part_and_no_secrets(tmp_path: Path) -> None:
    make_installed(tmp_path)

    found = read(make_archive(tmp_path, tmp_path / "web" / "data"))

    assert set(found.values()) == {b"code"}
    assert set(found) == {
        "LICENSE",
        "models/ids.py",
        "models/store/migrations/0001_initial.sql",
        "pyproject.toml",
        "web/static/declic.js",
    }


def test_the_same_files_make_the_same_archive(tmp_path: Path) -> None:
    make_installed(tmp_path)
    first = make_archive(tmp_path, tmp_path / "web" / "data")
    for path in tmp_path.rglob("*.py"):
        path.touch()

    assert make_archive(tmp_path, tmp_path / "web" / "data") == first


async def test_pages_and_apps_name_the_source(pool: Pool) -> None:
    async with TestClient(TestServer(make_app(make_instance(pool)))) as client:
        page = await (await client.get("/aide")).text()
        told = await (await client.get("/api/v2/instance")).json()

    assert "/sources" in told["source_url"]
    assert f'href="{told["source_url"]}"' in page and "Code source" in page


def test_a_source_that_is_published_is_named_instead() -> None:
    assert Settings(source_url=SOURCE).site.source == SOURCE
    assert Settings(url="https://lomme.example").site.source == "https://lomme.example/sources"
    assert Settings(source_url=SOURCE).to_env()["DECLIC_SOURCE_URL"] == SOURCE
    for wrong in ("declic", "ftp://git.example/declic", "javascript:alert(1)", "https://", "https://a b"):
        with pytest.raises(SettingsError, match="DECLIC_SOURCE_URL"):
            Settings(source_url=wrong)
