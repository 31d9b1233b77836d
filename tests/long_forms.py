"""Tests that only the long forms run, by hand: `make drills` and `make walk`. What they hold is held in short as well.

They are left out of a run unless its form is chosen (DECLIC_DRILLS=long, DECLIC_WALK=long).
"""

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pytest

ONLY_LONG: Mapping[str, Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "DECLIC_DRILLS": {
            "tests/drills/test_kills.py": ("test_d01_kills_at_random_moments_lose_nothing_and_leave_nothing_half",),
            "tests/drills/test_previous_release.py": (
                "test_its_pages_are_read_and_somebody_logs_in",
                "test_what_is_published_is_delivered_and_read_again",
                "test_what_a_neighbour_sends_takes_effect",
                "test_a_request_is_answered",
                "test_nothing_broke_and_it_does_not_start_again_on_what_a_later_one_made",
            ),
            "tests/stories/test_killed.py": ("test_what_was_published_while_servers_were_killed_is_everywhere_once",),
            "tests/web/server/processes/test_serve.py": (
                "test_processes_do_not_outlive_a_supervisor_that_is_killed",
                "test_ctrl_c_ends_all_processes_in_silence_whoever_is_in_the_middle_of_something",
            ),
            "tests/web/server/processes/test_several.py": (
                "test_a_process_that_is_asked_to_stop_before_it_is_ready_stops",
            ),
            "tests/attacks/test_convergence.py": ("test_d10_long_stories_end_the_same_on_both_sides",),
        },
        "DECLIC_WALK": {
            "tests/web/test_accessibility_of_forms.py": (
                "test_what_somebody_suspended_reads_has_no_violation",
                "test_one_time_links_have_no_violation",
                "test_the_link_to_terms_has_no_violation",
                "test_the_pages_of_guests_have_no_violation",
                "test_the_end_of_an_exchange_has_no_violation",
                "test_an_agenda_and_a_place_with_much_in_them_have_no_violation",
                "test_the_wizard_has_no_violation",
                "test_a_listing_that_begins_with_a_note_has_no_violation",
            ),
            "tests/web/security/test_passkeys.py": (
                "test_the_pages_around_a_passkey_have_no_violation_and_a_late_step_leads_back",
                "test_pages_of_the_second_step_have_no_violation",
            ),
            "tests/web/test_consent_in_a_browser.py": ("test_pages_about_codes_and_refusals_have_no_violation",),
            "tests/web/test_arrival_in_a_browser.py": ("test_every_page_of_an_arrival_has_no_violation",),
            "tests/web/test_from_listing_to_thread.py": ("test_every_page_of_the_way_has_no_violation",),
            "tests/web/test_photo_weights.py": ("test_wide_windows_fetch_the_light_copies_alone_too",),
        },
    }
)
"""By the variable of a form, the tests of each file. In short there are: other kills, the same processes started and
stopped in other ways, all that the release before asks, crossing acts in every order; every page and forms with
mistakes before axe, photos on a phone.
"""


def is_left_out(nodeid: str) -> bool:
    """Whether a test is of a long form that was not chosen."""
    path, _, name = nodeid.partition("::")
    return any(
        name.partition("[")[0] in files.get(path, ()) and os.environ.get(form) != "long"
        for form, files in ONLY_LONG.items()
    )


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take them out of a run."""
    left = [item for item in items if is_left_out(item.nodeid)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]
