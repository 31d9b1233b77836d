"""A package for Debian: the locked wheels and ours in one folder, run by Debian's Python, with its systemd units."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.release.locked_wheels import fetch_wheels, unpack_wheel
from deploy.release.promises import find_contact
from deploy.release.source_tree import SourceTree

RELEASES = {"12": "3.11", "13": "3.13"}
"""Release of Debian → its Python."""

ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}
"""What Debian calls a processor → what wheels call it."""

HOME = Path("usr/lib/declic")

INSTALLED_BY_HAND = "/opt/declic/venv/bin/"
"""Where units look for the command, unless the package brings it."""

SCRIPTS = ("preinst", "postinst", "prerm", "postrm")

NOBODY = "nobody@invalid.invalid"
"""Stands in a build to try, whose SECURITY.md names nobody yet."""

DOCUMENTS = ("LICENSE", "CHANGELOG.md", "SECURITY.md", "deploy/README.md", "deploy/Caddyfile", "deploy/nginx.conf")


def build_package(tree: SourceTree, wheel: Path, target: Path, *, release: str, architecture: str) -> Path:
    """The package for this release of Debian and this processor, the same bytes each time, in `target`."""
    python = RELEASES[release]
    with tempfile.TemporaryDirectory(prefix="declic-deb-") as folder:
        fetched, root = Path(folder, "wheels"), Path(folder, "root")
        fetched.mkdir()
        machine = ARCHITECTURES[architecture]
        wheels = fetch_wheels(tree.folder / "requirements.txt", fetched, python=python, machine=machine)
        lay_out(tree, root, [*wheels, wheel], python=python)
        version = f"{tree.version}+deb{release}"
        write_control(tree, root, version=version, architecture=architecture, python=python)
        return pack(root, target / f"declic_{version}_{architecture}.deb", tree.epoch)


def lay_out(tree: SourceTree, root: Path, wheels: list[Path], *, python: str) -> None:
    """The tree as it will lie on the disk: a virtual environment whose Python is the system's, units, documents."""
    home = root / HOME
    site = home / f"lib/python{python}/site-packages"
    for wheel in wheels:
        unpack_wheel(wheel, site)
    (home / "bin").mkdir()
    (home / "pyvenv.cfg").write_text(f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {python}\n")
    (home / "bin" / "python3").symlink_to(f"/usr/bin/python{python}")
    (home / "bin" / "declic").write_text(f"#!/{HOME}/bin/python3\nfrom web.cli import main\n\nmain()\n")
    (root / "usr/bin").mkdir()
    (root / "usr/bin/declic").symlink_to("../lib/declic/bin/declic")
    units = root / "usr/lib/systemd/system"
    units.mkdir(parents=True)
    for unit in sorted((tree.folder / "deploy/systemd").iterdir()):
        text = unit.read_text(encoding="utf-8").replace(INSTALLED_BY_HAND, f"/{HOME}/bin/")
        (units / unit.name).write_text(text, encoding="utf-8")
    documents = root / "usr/share/doc/declic"
    documents.mkdir(parents=True)
    # Documents may be left out by whoever installs, and settings are begun from this one.
    (home / "declic.env.example").write_bytes((tree.folder / "deploy/declic.env.example").read_bytes())
    for name in (*DOCUMENTS, "deploy/debian/copyright"):
        (documents / Path(name).name).write_bytes((tree.folder / name).read_bytes())


def write_control(tree: SourceTree, root: Path, *, version: str, architecture: str, python: str) -> None:
    """What dpkg reads: the description, the scripts, and sums of all files."""
    control = root / "DEBIAN"
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sums = "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root).as_posix()}\n"
        for path in files
    )
    values = {
        "version": version,
        "architecture": architecture,
        "contact": find_contact(tree.folder) or NOBODY,
        "size": str(sum(-(-path.stat().st_size // 1024) for path in files)),
        "python": f"python{python}",
    }
    control.mkdir()
    text = (tree.folder / "deploy/debian/control").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    (control / "control").write_text(text, encoding="utf-8")
    (control / "md5sums").write_text(sums, encoding="utf-8")
    for name in SCRIPTS:
        (control / name).write_bytes((tree.folder / "deploy/debian" / name).read_bytes())


def pack(root: Path, target: Path, epoch: int) -> Path:
    """By dpkg-deb, with owners, modes and times that do not depend on this machine."""
    runnable = {*SCRIPTS, "declic"}
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or (path.name in runnable and path.is_file()) else 0o644)
    root.chmod(0o755)
    for path in (*root.rglob("*"), root):
        os.utime(path, (epoch, epoch), follow_symlinks=False)
    command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z12", "--threads-max=1", "--build", str(root), str(target)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
    packed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if packed.returncode != 0:
        sys.exit(f"dpkg-deb does not pack {target.name}: {packed.stderr}")
    return target
