"""The Debian package: the same bytes each time, its own Python environment, units that look where its program is."""

import os
import shutil
import subprocess
import time
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from deploy.release import debian_package
from deploy.release.source_tree import SourceTree

ROOT = Path(__file__).parents[2]

HERE = SourceTree(folder=ROOT, version="9.9.9", epoch=1_800_000_000)

needs_dpkg = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None, reason="dpkg-deb is not on this machine (Debian: dpkg)"
)


def write_wheel(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name.replace("__", "/"), text)
    return path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """For Debian 13, made of two small wheels instead of those that a registry would give."""
    library = write_wheel(tmp_path / "library-1-py3-none-any.whl", library="x", **{"library-1.data__scripts__run": "x"})
    ours = write_wheel(tmp_path / "declic-9.9.9-py3-none-any.whl", web__cli="def main(): print('hello')")
    monkeypatch.setattr(debian_package, "fetch_wheels", lambda *_, **__: [library])
    return debian_package.build_package(HERE, ours, tmp_path, release="13", architecture="arm64")


def unpack(package: Path, folder: Path) -> Path:
    subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(folder)], check=True)
    return folder


@needs_dpkg
def test_it_is_for_one_debian_and_needs_that_one_s_python(package: Path) -> None:
    assert package.name == "declic_9.9.9+deb13_arm64.deb"
    asked = ["dpkg-deb", "--field", str(package), "Version", "Architecture", "Depends"]
    fields = subprocess.run(asked, capture_output=True, text=True, check=True).stdout

    assert "Version: 9.9.9+deb13\n" in fields and "Architecture: arm64\n" in fields
    assert "python3.13, postgresql (>= 15)" in fields and "@" not in fields


@needs_dpkg
def test_an_upgrade_of_declic_or_of_debian_brings_a_newer_package(package: Path) -> None:
    asked = ["dpkg-deb", "--field", str(package), "Version"]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    order = [
        *(version.replace("9.9.9", "0.1.0"), version.replace("9.9.9", "9.9.9rc1")),
        *(version.replace("deb13", "deb12"), version, version.replace("9.9.9", "9.10.0").replace("deb13", "deb12")),
    ]

    for older, newer in pairwise(order):
        compared = subprocess.run(["dpkg", "--compare-versions", older, "lt", newer], check=False)
        assert compared.returncode == 0, (older, newer)


@needs_dpkg
def test_the_same_commit_makes_the_same_bytes(package: Path, tmp_path: Path) -> None:
    before = package.read_bytes()
    time.sleep(1.1)  # files of another second
    debian_package.build_package(
        HERE, tmp_path / "declic-9.9.9-py3-none-any.whl", tmp_path, release="13", architecture="arm64"
    )

    assert package.read_bytes() == before


@needs_dpkg
def test_all_that_it_names_is_in_it_and_root_s(package: Path, tmp_path: Path) -> None:
    root = unpack(package, tmp_path / "root")
    site = root / "usr/lib/declic/lib/python3.13/site-packages"

    assert (site / "web/cli").is_file() and (site / "library").is_file() and not list(site.rglob("run"))
    assert os.readlink(root / "usr/lib/declic/bin/python3") == "/usr/bin/python3.13"
    assert (root / "usr/bin/declic").resolve() == (root / "usr/lib/declic/bin/declic").resolve()
    units = {path.name: path.read_text() for path in (root / "usr/lib/systemd/system").iterdir()}
    assert set(units) == {path.name for path in (ROOT / "deploy/systemd").iterdir()}
    started = [line for text in units.values() for line in text.splitlines() if line.startswith("ExecStart=")]
    assert len(started) == 3 and all(line.startswith("ExecStart=/usr/lib/declic/bin/declic ") for line in started)
    assert "/opt/" not in "".join(units.values())
    assert 'declic backup verify "$1"' in (root / "DEBIAN/preinst").read_text(), "test_install_script runs it"
    named = (root / "DEBIAN/postinst").read_text()
    assert "/usr/lib/declic/declic.env.example" in named and (root / "usr/lib/declic/declic.env.example").is_file()
    listed = subprocess.run(["dpkg-deb", "--contents", str(package)], capture_output=True, text=True, check=True).stdout
    assert all(line.split()[1] == "root/root" for line in listed.splitlines())


@needs_dpkg
def test_its_sums_are_those_of_its_files(package: Path, tmp_path: Path) -> None:
    root = unpack(package, tmp_path / "root")

    checked = subprocess.run(
        ["md5sum", "--check", "--strict", "DEBIAN/md5sums"], cwd=root, capture_output=True, check=False
    )
    assert checked.returncode == 0 and checked.stdout.count(b": OK") > 15


def test_purging_it_removes_nothing_that_is_the_cooperative_s() -> None:
    scripts = [(ROOT / "deploy/debian" / name).read_text() for name in ("prerm", "postrm")]

    assert not [line for text in scripts for line in text.splitlines() if "rm -" in line and "__pycache__" not in line]
