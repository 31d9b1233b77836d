"""That a mutant is really what runs, that its file stays as it is, and which tests it is shown to."""

import sys
from pathlib import Path

import pytest

from tests.mutations import loading
from tests.mutations.imports import Graph
from tests.mutations.python_mutators import list_changes
from tests.mutations.results import Result, read, write, write_summary
from tests.mutations.values import Change, Mutant, make_mutant

SOURCE = '''"""A sample."""

MOST = 20


def is_full(held: int) -> bool:
    """Whether no more fits."""
    return held >= MOST
'''


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "declic_sample.py"
    path.write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delitem(sys.modules, "declic_sample", raising=False)
    return path


def test_the_mutant_is_what_is_imported_and_the_file_stays_as_it_is(sample: Path) -> None:
    change = next(one for one in list_changes(SOURCE) if one.kind == "compare")
    finder = loading.install("declic_sample", change)
    before = finder.was_loaded

    import declic_sample  # type: ignore[import-not-found]  # noqa: PLC0415  # made by the test

    assert not before
    assert finder.was_loaded
    assert not declic_sample.is_full(20)
    assert declic_sample.is_full(21)
    assert sample.read_text() == SOURCE
    assert [path.name for path in sample.parent.rglob("*.pyc")] == []
    with pytest.raises(RuntimeError, match="already loaded"):
        loading.install("declic_sample", change)


TREE = {
    "models/loans/__init__.py": "from models.loans.saving import end, save\n",
    "models/loans/saving.py": "from models import ids\n\ndef save(): ...\n\ndef end():\n    _write()\n\n",
    "outbox/lending.py": "from models import loans\n\ndef lend():\n    loans.save()\n    loans.end()\n",
    "web/page.py": "import outbox.lending\ndef show(): ...\n",
    "tests/models/test_loans.py": "from models.loans import save\ndef test_a():\n    save()\n",
    "tests/outbox/conftest.py": "from outbox import lending\ndef lent():\n    lending.lend()\n",
    "tests/outbox/test_lending.py": "async def test_b(lent): ...\n",
    "tests/web/test_page.py": "from web import page\nimport playwright\ndef test_c():\n    page.show()\n",
    "tests/web/test_other.py": "import json\ndef test_d(): ...\n",
    "web/sizes.py": "MOST = 20\n",
    "tests/web/test_sizes.py": 'SIZES = {"web.sizes.MOST": 20}\ndef test_e():\n    SIZES\n',
}


def test_tests_are_chosen_by_who_imports_whom_nearest_first(tmp_path: Path) -> None:
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    graph = Graph(tmp_path)

    assert choose(graph, "models.loans.saving", line=3) == [
        "tests/models/test_loans.py",
        "tests/outbox/test_lending.py",
    ]
    assert choose(graph, "models.loans.saving", line=6) == ["tests/outbox/test_lending.py"]
    assert choose(graph, "outbox.lending", line=3) == ["tests/outbox/test_lending.py"]
    assert choose(graph, "web.sizes", line=1) == ["tests/web/test_sizes.py"]  # in a table, by its whole name
    assert choose(graph, "web.page", line=2) == []  # its only test starts a browser


def choose(graph: Graph, module: str, *, line: int) -> list[str]:
    path = graph.files[module].path
    change = Change(start=0, end=0, text="", kind="compare")
    return graph.choose_tests(Mutant(module=module, path=path, change=change, line=line, before="", after=""))


def result_of(mutant: Mutant, outcome: str) -> Result:
    return Result(
        key=mutant.key,
        stratum="inbox",
        outcome=outcome,  # type: ignore[arg-type]  # a name out of the parameters
        place="",
        before="",
        after="",
        by="",
        tests=3,
        shown="",
        seconds=2.0,
    )


def test_results_are_kept_and_told(tmp_path: Path) -> None:
    mutants = [make_mutant("models.a", "models/a.py", SOURCE, change) for change in list_changes(SOURCE)]
    outcomes = ["caught", "survived", "equivalent", "timeout"]
    known = {one.key: result_of(one, outcome) for one, outcome in zip(mutants, outcomes, strict=True)}

    write(tmp_path / "new" / "1.json", known)
    told = write_summary({"inbox": mutants}, read(tmp_path / "new" / "1.json"))

    assert read(tmp_path / "new" / "1.json") == known
    score = ["4", "4", "1", "1", "1", "1", "67", "%"]
    assert [told.splitlines()[line].split() for line in (1, 3)] == [["inbox", *score], ["models", *score]]
    assert "  - MOST = 20" in told
    assert "  + MOST = 21" in told
    assert "2.0 seconds each" in told
