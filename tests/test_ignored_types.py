"""Where mypy is told to look away, the same line says why."""

import re
import subprocess

from tests.test_paths import FOLDERS, ROOT

IGNORED = re.compile(r"# type: ignore(?P<codes>\[[a-z, -]+\])?(?P<rest>.*)$")

NOT_A_REASON = re.compile(r"#\s*noqa(: *[A-Z0-9, ]+)?|[#\s]")


def is_explained(line: str) -> bool:
    """Whether the line looks at all types, or names what it does not look at, and why."""
    found = IGNORED.search(line)
    return found is None or bool(found["codes"] and NOT_A_REASON.sub("", found["rest"]))


def test_each_type_that_is_not_looked_at_has_its_reason() -> None:
    listed = subprocess.run(["git", "ls-files", *FOLDERS], cwd=ROOT, capture_output=True, text=True, check=True)
    sources = [name for name in listed.stdout.splitlines() if name.endswith(".py")]
    bare = [
        f"{name}:{number}"
        for name in sources
        if (ROOT / name).is_file() and name != "tests/test_ignored_types.py"
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        if not is_explained(line)
    ]

    assert len(sources) > 1000 and bare == []


def test_a_reason_is_words_behind_the_name_of_what_is_ignored() -> None:
    good = ("x = 1", "y()  # type: ignore[misc]  # it is one", "z()  # type: ignore[misc, index] # it is one")
    bad = ("y()  # type: ignore", "y()  # type: ignore # it is one", "y()  # type: ignore[misc]")

    assert all(map(is_explained, good))
    assert not any(map(is_explained, [*bad, "y()  # type: ignore[misc]  # noqa: PLC0415"]))
