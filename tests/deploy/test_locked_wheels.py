"""The lock can be installed where we say: each locked package has a wheel there, and its sum is allowed."""

import re
import tomllib
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from deploy.release.bill_of_materials import read_requirements
from deploy.release.debian_package import ARCHITECTURES, RELEASES
from deploy.release.locked_wheels import NEWEST_GLIBC, keep_wanted, place_of

ROOT = Path(__file__).parents[2]

REQUIREMENTS = ("requirements.txt", "requirements-postgres.txt")


@cache
def load_lock() -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}


def fits(file: str, *, python: str, machine: str) -> bool:
    """Whether pip on a Debian with this Python and processor takes this wheel."""
    *_, interpreters, abi, platforms = file.removesuffix(".whl").split("-")
    minor = int(python.partition(".")[2])
    named = f"cp3{minor}" in interpreters.split(".") and abi in {f"cp3{minor}", "none", "abi3"}
    stable = abi == "abi3" and any(int(one) <= minor for one in re.findall(r"cp3(\d+)", interpreters))
    pure = any(one in {"py3", f"py3{minor}"} for one in interpreters.split(".")) and abi == "none"
    old_enough = any(
        one == "any"
        or one == f"manylinux2014_{machine}"
        or ((found := re.fullmatch(rf"manylinux_2_(\d+)_{machine}", one)) and int(found[1]) <= NEWEST_GLIBC)
        for one in platforms.split(".")
    )
    return (named or stable or pure) and old_enough


@pytest.mark.parametrize(
    ("file", "python", "machine"), [*product(REQUIREMENTS, RELEASES.values(), ARCHITECTURES.values())]
)
def test_each_locked_package_has_a_wheel(file: str, python: str, machine: str) -> None:
    kept = "\n".join(keep_wanted((ROOT / file).read_text(), python=python, machine=machine))
    wanted = read_requirements(kept)

    without = []
    for name, sums in wanted.items():
        wheels = [one for one in load_lock()[name].get("wheels", ()) if one["hash"].removeprefix("sha256:") in sums]
        if not any(fits(one["url"].rpartition("/")[2], python=python, machine=machine) for one in wheels):
            without.append(name)
    assert len(wanted) > 3 and without == [], "nobody could install it there without a compiler"


def test_a_wheel_for_another_machine_does_not_count() -> None:
    wheel = "aiohttp-3.14.5-cp313-cp313-manylinux2014_aarch64.manylinux_2_17_aarch64.whl"

    assert fits(wheel, python="3.13", machine="aarch64")
    assert not fits(wheel, python="3.13", machine="x86_64")
    assert not fits(wheel, python="3.11", machine="aarch64")
    assert not fits(
        wheel.replace("manylinux2014_aarch64.manylinux_2_17", "manylinux_2_41"), python="3.13", machine="aarch64"
    )


def test_conditions_are_about_the_machine_that_is_installed_on() -> None:
    text = "colour==1 ; sys_platform == 'win32' \\\n    --hash=sha256:aa\n    # via x\n"
    text += "old==2 ; python_full_version < '3.13' \\\n    --hash=sha256:bb\nnew==3 \\\n    --hash=sha256:cc\n"

    assert list(keep_wanted(text, python="3.13", machine="x86_64")) == ["new==3 \\", "    --hash=sha256:cc"]
    assert "old==2 \\" in keep_wanted(text, python="3.11", machine="x86_64")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("nh3/__init__.py", "nh3/__init__.py"),
        ("x-1.data/platlib/x/fast.so", "x/fast.so"),
        ("x-1.data/scripts/x", None),
        ("x-1.data/headers/x.h", None),
    ],
)
def test_of_a_wheel_only_libraries_are_laid_out(name: str, place: str | None) -> None:
    assert place_of(name) == place
