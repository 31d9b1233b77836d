"""Why something is left alone stands beside it in words."""

from typing import get_args

from inbox.errors import CAUSES, NoRoom
from models.servers.waiting_posts import Refusal


def test_each_limit_for_unknown_hosts_says_what_it_is() -> None:
    assert set(CAUSES) == set(get_args(Refusal))
    for why in get_args(Refusal):
        refused = NoRoom("neu.test", why)
        assert (str(refused), refused.host, refused.why) == (CAUSES[why], "neu.test", why)
