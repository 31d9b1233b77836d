"""What is said at the first start, and where the way in is found again."""

import pytest

from models.access import one_time_links
from models.store.database import Connection
from tests.factories import HERE
from web.server.first_run import STEPS, Step, print_first_run_link, print_step


async def test_the_address_is_a_sentence_in_both_languages_with_the_whole_link(
    conn: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    await print_first_run_link(conn, HERE)

    said = capsys.readouterr().err
    [address] = [line.strip() for line in said.splitlines() if "/installation/" in line]
    assert address.startswith(f"{HERE.url}/installation/") and "{" not in said
    assert "Ouvrez cette adresse" in said and "Open this address" in said and "declic first-run" in said
    link = await one_time_links.find(conn, address.rpartition("/")[2])
    assert link is not None and link.purpose == "setup"


@pytest.mark.parametrize("step", STEPS)
def test_what_takes_long_is_said_in_both_languages(step: Step, capsys: pytest.CaptureFixture[str]) -> None:
    print_step(step)

    french, english = capsys.readouterr().err.strip().split(" / ")
    assert french == STEPS[step] != english
