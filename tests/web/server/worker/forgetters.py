"""What forgets rows once they are old: every night, or by chores that come more often."""

from collections.abc import Awaitable, Callable

from models.communities import charter_links, entry_links
from models.moderation.searches import report_readings
from models.personal_data import export_archives
from models.posts.media import media_files
from models.store import limit_sums
from models.store.background import stream_events
from models.store.database import Connection
from web.server.worker.nightly_sweep import SWEEPS

OTHER_CHORES: dict[str, Callable[[Connection], Awaitable[int]]] = {
    "archives": export_archives.forget_old,
    "charter_links": charter_links.forget_old,
    "entry_links": entry_links.forget_old,
    "report_readings": report_readings.forget_old,
    "request_counts": limit_sums.forget_old,
    "stream_events": stream_events.prune,
    "unused_uploads": media_files.delete_orphans,
}
"""By chores of their own, and what each of them calls."""

FORGETTERS = SWEEPS | OTHER_CHORES

NOT_BY_AGE = {
    "models.communities.memberships.forget_awaited": "tests/outbox/communities/test_expiry.py",
    "models.coop.figures.events.forget_untrue": "tests/models/coop/figures/test_closing.py",
    "models.moderation.case_notes.forget_old": "tests/outbox/moderation/test_case_appeals.py",
    "models.people.dues.dues.forget_amounts": "tests/models/people/dues/test_dues.py",
    "models.repairs.bikes.sent_files.forget_over": "tests/outbox/repairs/bikes/test_travelling_files.py",
    "models.repairs.bookings.appointment_books.forget_over": "tests/models/repairs/figures/test_counting.py",
}
"""What forgets by something else than the age of one row, and the test that tries it."""

BY_SIZE = {
    "copies of others' pictures": "tests/models/posts/media/test_media_files.py"
    "::test_the_longest_unread_copies_are_forgotten_beyond_the_cap",
    "what failed of what others sent": "tests/models/traffic/inbound/test_forgotten_received.py"
    "::test_of_what_failed_only_so_many_bytes_are_kept",
    "what a silent server said, of each": "tests/models/traffic/inbound/test_forgotten_received.py"
    "::test_of_a_silent_server_the_newest_stay",
    "what silent servers said, of all": "tests/models/traffic/inbound/test_forgotten_received.py"
    "::test_a_domain_with_any_number_of_silent_names_pushes_out_its_own_words_first",
    "what failed of one domain": "tests/inbox/receiving/test_waiting_bytes.py"
    "::test_of_one_domain_a_thousand_that_failed_are_kept",
    "slow statements of a day": "tests/models/store/test_slow_statements.py"
    "::test_only_so_many_are_kept_of_a_day_and_for_a_month",
    "the log of PostgreSQL": "tests/models/store/postgres/test_log.py"
    "::test_of_a_long_log_the_end_is_kept_and_the_server_goes_on_writing",
}
"""What is kept by how large it is, and the test that fills it."""
