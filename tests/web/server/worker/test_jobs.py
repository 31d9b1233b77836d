"""Jobs and chores are known by the names under which databases keep them."""

import re

import pytest

from tests.samples.databases.restoring import list_samples, load_sample
from web.server.worker.jobs import PERIODIC_TASKS

SCHEDULES = re.compile(r"COPY public\.pgqueuer_schedules \(id, expression, entrypoint, .*\n((?:\d.*\n)*)")


@pytest.mark.parametrize("name", list_samples())
def test_every_chore_that_an_earlier_version_scheduled_is_still_done(name: str) -> None:
    found = SCHEDULES.search(load_sample(name).dump)
    assert found is not None
    scheduled = {line.split("\t")[2] for line in found[1].splitlines()}

    assert len(scheduled) > 20
    assert scheduled <= set(PERIODIC_TASKS)
