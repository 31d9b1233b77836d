"""One reader of the names of servers, however people write them."""

import pytest

from federation.discovery.hosts import read_host
from models.errors import Invalid


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("henin.test", "henin.test"),
        (" Henin.TEST. ", "henin.test"),
        ("henin.test/", "henin.test"),
        ("henin.test/@alice", "henin.test"),
        ("@bob@henin.test", "henin.test"),
        ("bob@henin.test", "henin.test"),
        ("@henin.test", "henin.test"),
        ("https://henin.test/@bob@lyon.test", "henin.test"),
        ("http://henin.test:8080/x", "henin.test:8080"),
        ("https://henin.test:443", "henin.test"),
        ("localhost:8001", "localhost:8001"),
        ("127.2.3.1:9180", "127.2.3.1:9180"),
        ("under_score.test", "under_score.test"),
        ("[2001:db8::1]:8000", "[2001:db8::1]:8000"),
        ("hénin.test", "xn--hnin-bpa.test"),
    ],
)
def test_a_server_is_found_in_what_people_write(written: str, host: str) -> None:
    assert read_host(written) == host


@pytest.mark.parametrize(
    "written",
    ["", ".", "@", "fr", "pas une adresse", "a..b", "https://", "ftp://henin.test", "x" * 254 + ".test", "a@b@", "[x]"],
)
def test_what_names_no_server_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        read_host(written)


def test_a_single_word_is_a_machine_in_the_house_for_those_who_say_so() -> None:
    assert read_host("mastodon", whole_name=False) == "mastodon"
