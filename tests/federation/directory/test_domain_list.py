"""Lists of servers to set aside: read as Mastodon and others write them, never applied blindly, written back."""

import pytest

from federation.directory import domain_list
from federation.directory.domain_list import read_domain, read_list
from models.errors import Invalid
from models.servers import trust_levels
from models.servers.trust_levels import Decision
from models.store.database import Connection
from tests.factories import make_follow, make_member, make_remote_actor

MASTODON = """#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
Evil.test,suspend,false,false,"Harcèlement, menaces",false
loud.test,silence,true,false,,false
quiet.test,noop,false,true,,false
friend.test,suspend,false,false,,false
ev*l.example,suspend,false,false,,true
evil.test.,suspend,true,true,Harcèlement,false
"""


def test_mastodons_columns_are_read_and_the_later_line_about_a_domain_counts() -> None:
    reading = read_list(MASTODON)

    assert [(one.domain, one.severity) for one in reading.entries] == [
        ("evil.test", "suspend"),
        ("loud.test", "silence"),
        ("quiet.test", "noop"),
        ("friend.test", "suspend"),
    ]
    assert reading.entries[0].public_comment == "Harcèlement"
    assert len(reading.unreadable) == 1 and reading.unreadable[0].startswith("ev*l.example")


@pytest.mark.parametrize(
    "text",
    [
        "evil.test\nspam.test\n",
        "domain,severity\nevil.test,suspend\nspam.test,SUSPEND\n",
        "\ufeff#severity,#domain\r\nsuspend,evil.test\r\nsuspend,spam.test\r\n",
        "*.evil.test\n\nspam.test",
    ],
)
def test_bare_domains_other_orders_and_byte_order_marks_are_read_too(text: str) -> None:
    assert [(one.domain, one.severity) for one in read_list(text).entries] == [
        ("evil.test", "suspend"),
        ("spam.test", "suspend"),
    ]


@pytest.mark.parametrize("text", ["<html><body>Erreur 500</body></html>", "a" * (domain_list.LONGEST + 1), "\x00\x01"])
def test_what_is_no_list_is_refused_whole(text: str) -> None:
    with pytest.raises(Invalid):
        read_list(text)


def test_an_empty_list_asks_for_nothing() -> None:
    assert read_list("").entries == ()


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("Évil.test", "xn--vil-9la.test"),
        ("evil.test:8443", "evil.test:8443"),
        ("com", None),
        ("https://evil.test", None),
        ("user@evil.test", None),
        ("", None),
        ("e*il.test", None),
    ],
)
def test_domains_are_kept_as_hosts_are(written: str, domain: str | None) -> None:
    assert read_domain(written) == domain


async def test_a_plan_counts_what_would_end_and_leaves_friends_and_limited_ones_alone(conn: Connection) -> None:
    alice = await make_member(conn)
    mallory = await make_remote_actor(conn, "mallory", "social.evil.test")
    await make_follow(conn, alice, mallory)
    await make_follow(conn, mallory, alice)
    await trust_levels.save_level(conn, "friend.test", "friend")
    await trust_levels.save_level(conn, "old.test", "aside")
    text = MASTODON + "old.test,suspend,,,,\nlomme.test,suspend,,,,\n"

    plan = await domain_list.plan(conn, read_list(text), own_host="lomme.test")

    [change] = plan.changes
    assert (change.entry.domain, change.reach.followed, change.reach.followers) == ("evil.test", 1, 1)
    assert (plan.followed, plan.followers) == (1, 1)
    assert (plan.friends, plan.already, plan.silenced) == (("friend.test",), ("old.test",), ("loud.test",))
    assert plan.ignored == 2  # noop, and ourselves
    assert await trust_levels.is_welcome(conn, "evil.test")

    assert await domain_list.carry_out(conn, plan) == 1
    assert not await trust_levels.is_welcome(conn, "social.evil.test")
    assert await trust_levels.is_welcome(conn, "friend.test")


async def test_limited_servers_are_set_aside_when_that_is_asked_for(conn: Connection) -> None:
    plan = await domain_list.plan(conn, read_list(MASTODON), own_host="lomme.test", silenced_too=True)

    assert {change.entry.domain for change in plan.changes} == {"evil.test", "loud.test", "friend.test"}
    assert plan.silenced == ()


def test_what_is_written_can_be_read_again_and_holds_no_private_note() -> None:
    decisions = [
        Decision(host="evil.test", level="aside", note="signalé par Awa", public_reason='=cmd|"x"\nHarcèlement'),
        Decision(host="friend.test", level="friend"),
    ]

    written = domain_list.write_list(decisions)

    assert written.splitlines()[0] == "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate"
    assert "Awa" not in written and "friend.test" not in written
    [entry] = read_list(written).entries
    assert (entry.domain, entry.severity) == ("evil.test", "suspend")
    assert entry.public_comment.startswith("'=cmd")


async def test_what_was_taken_out_and_brought_in_again_changes_nothing(conn: Connection) -> None:
    await trust_levels.save_levels(conn, [Decision(host=f"spam{number}.test", level="aside") for number in range(50)])
    written = domain_list.write_list(await trust_levels.list_decided(conn))

    plan = await domain_list.plan(conn, read_list(written), own_host="lomme.test")

    assert plan.changes == ()
    assert len(plan.already) == 50
