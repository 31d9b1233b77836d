"""Make `web/static/fonts/*.woff2`: the two typefaces with what pages use of them, so that the first page is light.

    python -m deploy.build.fonts [--sources FOLDER]        (make fonts)

Titles have one weight and the letters of western Europe; the digits of all texts are of the same face in every weight
between normal and bold; texts keep all their letters between these two weights. Asks for npm, and for the commands of
fonttools with brotli (`pip install fonttools brotli`), which nothing else here needs.
"""

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "web" / "static" / "fonts"

VERSION = "5.3.0"

WESTERN = "20-7E,A0-FF,152,153,160,161,178,17D,17E,2013,2014,2018,2019,201C,201D,2022,2026,202F,20AC,2192,2212"
DIGITS = "30-39"
EVERYTHING = "*"

KEPT_FEATURES = "ccmp,locl,kern,mark,mkmk,pnum,tnum,frac"


@dataclass(frozen=True, slots=True)
class Cut:
    """A file that we ship: which package it is of, at which weights, with which letters."""

    name: str
    package: str
    member: str
    weights: str
    letters: str


CUTS = (
    Cut(
        "bricolage-grotesque.woff2",
        "@fontsource-variable/bricolage-grotesque",
        "package/files/bricolage-grotesque-latin-wght-normal.woff2",
        "700",
        WESTERN,
    ),
    Cut(
        "bricolage-digits.woff2",
        "@fontsource-variable/bricolage-grotesque",
        "package/files/bricolage-grotesque-latin-wght-normal.woff2",
        "400:750",
        DIGITS,
    ),
    Cut(
        "atkinson-hyperlegible-next.woff2",
        "@fontsource-variable/atkinson-hyperlegible-next",
        "package/files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
        "400:700",
        EVERYTHING,
    ),
)


def fetch(package: str, folder: Path) -> Path:
    """The package as it was published."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{package.lstrip('@').replace('/', '-')}-{VERSION}.tgz"
    if not path.exists():
        subprocess.run(["npm", "pack", "--silent", f"{package}@{VERSION}"], cwd=folder, check=True, capture_output=True)
    return path


def make(cut: Cut, folder: Path) -> int:
    """Write the file; its size in bytes."""
    whole, at_weights = folder / "whole.woff2", folder / "weights.ttf"
    with tarfile.open(fetch(cut.package, folder)) as archive:
        held = archive.extractfile(cut.member)
        if held is None:
            sys.exit(f"{cut.package} holds no file {cut.member}.")
        whole.write_bytes(held.read())
    instancer = ["fonttools", "varLib.instancer", "--quiet", str(whole), f"wght={cut.weights}"]
    instancer += ["--no-recalc-timestamp", "-o", str(at_weights)]
    subprocess.run(instancer, check=True)
    subset = ["pyftsubset", str(at_weights), f"--unicodes={cut.letters}", "--flavor=woff2", "--no-hinting"]
    subset += [f"--layout-features={KEPT_FEATURES}", "--name-IDs=*", "--notdef-outline"]
    subprocess.run([*subset, f"--output-file={TARGET / cut.name}"], check=True)
    return (TARGET / cut.name).stat().st_size


def main() -> None:
    """Write all of them, and say how large each is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sources", type=Path, help="a folder that keeps what is downloaded")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for cut in CUTS:
            size = make(cut, chosen.sources or Path(folder))
            digest = hashlib.sha256((TARGET / cut.name).read_bytes()).hexdigest()
            sys.stdout.write(f"{cut.name}: {size} bytes, sha256 {digest[:16]}…\n")


if __name__ == "__main__":
    main()
