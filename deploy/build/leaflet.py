"""Make `web/static/vendor/leaflet/`: the map library as npm has it, its licence, and the checksums of both.

    python -m deploy.build.leaflet [--sources FOLDER]        (make leaflet)

Nothing is changed or packed: what browsers load is byte for byte what its authors published. Their style sheet and its
pictures stay away: what of it a map needs stands in `web/static/map.css`.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "web" / "static" / "vendor" / "leaflet"

PACKAGE, VERSION, LICENCE = "leaflet", "1.9.4", "BSD-2-Clause"
CHECKSUM = "84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77"
FILES = {"package/dist/leaflet.js": "leaflet.js", "package/LICENSE": "LICENSE.txt"}


def fetch_package(folder: Path) -> Path:
    """The package as it was published; refuse what is not the file that this script was written for."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{PACKAGE}-{VERSION}.tgz"
    if not path.exists():
        subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True, capture_output=True)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != CHECKSUM:
        sys.exit(f"{path} is not the {PACKAGE} {VERSION} that was expected (its SHA-256 is {found}).")
    return path


def copy_files(package: Path) -> dict[str, str]:
    """Copy what is listed, and no more; the checksum of each by its name here."""
    TARGET.mkdir(parents=True, exist_ok=True)
    sums = {}
    with tarfile.open(package) as archive:
        for member, name in FILES.items():
            held = archive.extractfile(member)
            if held is None:
                sys.exit(f"{package} holds no file {member}.")
            body = held.read()
            (TARGET / name).write_bytes(body)
            sums[name] = hashlib.sha256(body).hexdigest()
    return sums


def main() -> None:
    """Write the files and MANIFEST.json, the same bytes each time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sources", type=Path, help="a folder that keeps what is downloaded")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sums = copy_files(fetch_package(chosen.sources or Path(folder)))
    manifest = {"package": PACKAGE, "version": VERSION, "licence": LICENCE, "package_sha256": CHECKSUM, "files": sums}
    (TARGET / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
    sys.stdout.write(f"{PACKAGE} {VERSION}: {', '.join(sums)}\n")


if __name__ == "__main__":
    main()
