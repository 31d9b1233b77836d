"""`make dist`: everything that is handed out, in `dist/`, with sums and, where a key is given, signed."""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.release import debian_package, source_tree
from deploy.release.bill_of_materials import build_bill
from deploy.release.promises import find_contact, find_public_key, list_missing, list_unsaid
from deploy.release.python_files import build_python_files
from deploy.release.source_tree import ROOT, SourceTree, unpack_commit
from deploy.release.yunohost_archive import build_archive

SUMS = "SHA256SUMS"


def main() -> None:
    """Build; each file's name on stdout."""
    arguments = read_arguments()
    with tempfile.TemporaryDirectory(prefix="declic-dist-") as folder:
        tree = unpack_commit(Path(folder))
        unsaid = list_unsaid(key=arguments.key, address=arguments.address) if arguments.release else []
        look_at_promises(tree, release=arguments.release, unsaid=unsaid)
        if arguments.target.exists():
            shutil.rmtree(arguments.target)
        arguments.target.mkdir(parents=True)
        build(tree, arguments.target, debian=arguments.debian, address=arguments.address)
        public = find_public_key(tree.folder)
    if arguments.key is not None:
        sign(arguments.target / SUMS, arguments.key, public=public)
    open_to_all(arguments.target)
    for path in sorted(arguments.target.iterdir()):
        print(path)


def read_arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="make dist", description=__doc__)
    parser.add_argument("--target", type=Path, default=ROOT / "dist", help="the folder, which is made anew")
    parser.add_argument("--release", action="store_true", help="refuse what may not be handed out, or without a key")
    parser.add_argument("--key", type=Path, help="the secret key of minisign that signs the sums")
    parser.add_argument(
        "--debian",
        action="append",
        default=[],
        choices=sorted(debian_package.RELEASES),
        help="a release of Debian to make packages for; asks the registry for the locked wheels",
    )
    parser.add_argument("--address", help="where the wheel will be found: brings the package for YunoHost")
    return parser.parse_args()


def look_at_promises(tree: SourceTree, *, release: bool, unsaid: list[str]) -> None:
    """Say what is missing for a release; leave the program where it was to be one."""
    missing = [
        *unsaid,
        *list_missing(tree, uncommitted=source_tree.list_uncommitted(), tags=source_tree.list_tags()),
    ]
    for sentence in missing:
        print(sentence, file=sys.stderr)
    if missing and release:
        sys.exit("This is no release.")
    if missing:
        print("So this is a build to try, and no release.", file=sys.stderr)
    elif not release:
        print(
            f"To be released by make dist RELEASE=1 KEY=… ADDRESS=…, contact: {find_contact(tree.folder)}",
            file=sys.stderr,
        )


def build(tree: SourceTree, target: Path, *, debian: list[str], address: str | None) -> None:
    """Wheel, source, bill of materials, the script that installs, the packages, and the sums of all of them."""
    wheel, _ = build_python_files(tree, target)
    bill = build_bill(tree, hashlib.sha256(wheel.read_bytes()).hexdigest())
    text = json.dumps(bill, indent=1, ensure_ascii=False) + "\n"
    (target / f"declic-{tree.version}.cdx.json").write_text(text, encoding="utf-8")
    shutil.copy(tree.folder / "deploy" / "install.sh", target / "install.sh")
    for release in debian:
        for architecture in debian_package.ARCHITECTURES:
            debian_package.build_package(tree, wheel, target, release=release, architecture=architecture)
    if address is not None:
        build_archive(tree, wheel, target, address=address)
    write_sums(target)


def write_sums(target: Path) -> None:
    """As `sha256sum -c` reads them."""
    files = sorted(path for path in target.iterdir() if path.name != SUMS)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (target / SUMS).write_text("".join(lines), encoding="utf-8")


def sign(sums: Path, key: Path, *, public: str | None) -> None:
    """Beside the sums, their signature, which `public` opens; minisign asks for the key's passphrase."""
    if shutil.which("minisign") is None:
        sys.exit("minisign is not on this machine (Debian: minisign), so nothing is signed.")
    if subprocess.run(["minisign", "-S", "-s", str(key), "-m", str(sums)], check=False).returncode != 0:
        sys.exit("minisign did not sign.")
    if public is None:
        return
    if subprocess.run(["minisign", "-Vqm", str(sums), "-P", public], check=False).returncode != 0:
        Path(f"{sums}.minisig").unlink()
        sys.exit(f"{key} is not the key whose public half stands in SECURITY.md: nobody could check what it signs.")


def open_to_all(target: Path) -> None:
    """What is handed out can be read by whoever serves it, whatever umask it was built under."""
    for path in target.iterdir():
        path.chmod(0o755 if path.suffix == ".sh" else 0o644)


if __name__ == "__main__":
    main()
