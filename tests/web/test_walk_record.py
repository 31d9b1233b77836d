"""What /accessibilite says was looked at comes from a run that looked at every page."""

import pytest

from tests.web import walk_record
from tests.web.axe import needs_axe
from tests.web.shown_pages import PAGES, list_drawn
from tests.web.walk_record import LOOKING, describe_check, list_looked_at, note_check
from web.pages.instance.legal_pages import AccessibilityCheck

ALL = [f"tests/web/test_accessibility.py{LOOKING}{one}]" for one in list_drawn()]


def test_pages_are_found_in_the_names_of_tests() -> None:
    assert list_looked_at([*ALL, "tests/web/test_accessibility.py::test_other", f"x{LOOKING}no such page]"]) == {*PAGES}


@pytest.mark.parametrize(
    ("passed", "failed", "why"), [(ALL, 1, "1 failed"), (ALL[1:], 0, "1 pages were not looked at"), ([], 0, "were not")]
)
def test_nothing_is_noted_of_a_run_that_failed_or_left_pages_out(
    passed: list[str], failed: int, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_record, "CHECK_FILE", None)  # whoever wrote would fail

    assert why in note_check(passed, failed=failed)


@needs_axe
def test_a_run_that_looked_at_all_is_noted_with_the_axe_that_looked() -> None:
    check = describe_check(PAGES, failed=0)

    assert isinstance(check, AccessibilityCheck)
    assert 0 < check.pages <= len(PAGES)
