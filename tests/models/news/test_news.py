"""What is new: many who like one thing stand together, a thread is one line, and pages go on where they stopped."""

import pytest

from models.exchanges import exchanges
from models.news import markers, news, notifications
from models.relations.blocking import blocks
from models.store.database import Connection
from tests.factories import HERE, make_listing, make_member, make_note, make_remote_actor
from web.mail.news_mail_text import make_translate
from web.news.items import list_lines


async def test_many_who_like_one_thing_are_one_line(conn: Connection) -> None:
    alice = await make_member(conn)
    tent, drill = await make_listing(conn, alice), await make_listing(conn, alice)
    fans = [await make_remote_actor(conn, f"fan{number}") for number in range(5)]
    for fan in fans:
        await notifications.notify(conn, recipient_id=alice.id, type="favourite", actor_id=fan.id, post_id=tent.id)
    await notifications.notify(conn, recipient_id=alice.id, type="favourite", actor_id=fans[0].id, post_id=drill.id)
    await notifications.notify(conn, recipient_id=alice.id, type="follow", actor_id=fans[1].id)

    follow, one, many = await news.list_news(conn, alice.id)

    assert (follow.type, one.post_id, one.count) == ("follow", drill.id, 1)
    assert (many.post_id, many.count, many.unread) == (tent.id, 5, True)
    assert many.actor_ids == [fan.id for fan in reversed(fans[2:])]


async def test_pages_go_on_where_they_stopped_and_a_group_stands_once(conn: Connection) -> None:
    alice = await make_member(conn)
    tent = await make_listing(conn, alice)
    fans = [await make_remote_actor(conn, f"fan{number}") for number in range(4)]
    for fan in fans:
        await notifications.notify(conn, recipient_id=alice.id, type="favourite", actor_id=fan.id, post_id=tent.id)
        await notifications.notify(conn, recipient_id=alice.id, type="follow", actor_id=fan.id)

    first = await news.list_news(conn, alice.id, limit=2)
    second = await news.list_news(conn, alice.id, before=first[-1].id, limit=2)
    third = await news.list_news(conn, alice.id, before=second[-1].id, limit=2)

    assert [row.type for row in first + second + third] == ["follow", "favourite", "follow", "follow", "follow"]
    assert [row.count for row in first] == [1, 4]


async def test_of_many_more_is_only_said_that_there_are_more(conn: Connection) -> None:
    alice = await make_member(conn)
    tent = await make_listing(conn, alice)
    fans = [await make_remote_actor(conn, f"fan{number}") for number in range(news.TOGETHER + 5)]
    for fan in fans:
        await notifications.notify(conn, recipient_id=alice.id, type="favourite", actor_id=fan.id, post_id=tent.id)

    [row] = await news.list_news(conn, alice.id)

    assert (row.count, row.actor_ids) == (news.TOGETHER + 1, [fan.id for fan in fans[:-4:-1]])
    [line] = await list_lines(conn, HERE, make_translate("fr"), alice.id, [row])
    assert line.words.endswith(f"et plus de {news.TOGETHER - 3} autres personnes aiment ce que vous avez publié")


async def test_a_line_further_up_counts_only_as_far_as_it_is_shown(conn: Connection) -> None:
    """Whom she blocks is not the newest of a group: the page below shows it, not the page above."""
    alice = await make_member(conn)
    tent = await make_listing(conn, alice)
    first, foe, follower = [await make_remote_actor(conn, name) for name in ("first", "foe", "follower")]
    await notifications.notify(conn, recipient_id=alice.id, type="favourite", actor_id=first.id, post_id=tent.id)
    await notifications.notify(conn, recipient_id=alice.id, type="follow", actor_id=follower.id)
    await notifications.notify(conn, recipient_id=alice.id, type="favourite", actor_id=foe.id, post_id=tent.id)
    await blocks.save(conn, uri="https://lomme.test/b", actor_id=alice.id, target_id=foe.id)

    [above] = await news.list_news(conn, alice.id, limit=1)
    [below] = await news.list_news(conn, alice.id, before=above.id)

    assert (above.type, below.type, below.actor_ids) == ("follow", "favourite", [first.id])


async def test_whoever_hides_does_not_hide_what_others_did(conn: Connection) -> None:
    alice = await make_member(conn)
    tent = await make_listing(conn, alice)
    fans = [await make_remote_actor(conn, f"fan{number}") for number in range(3)]
    for fan in fans:
        await notifications.notify(conn, recipient_id=alice.id, type="favourite", actor_id=fan.id, post_id=tent.id)
    await blocks.save(conn, uri="https://lomme.test/b", actor_id=alice.id, target_id=fans[2].id)

    [line] = await news.list_news(conn, alice.id)

    assert (line.actor_ids, line.count) == ([fans[1].id, fans[0].id], 2)


async def test_a_thread_is_one_line_and_its_messages_are_told_once(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    tent = await make_listing(conn, alice)
    for _ in range(2):
        message = await make_note(conn, bob, audience="direct", in_reply_to_uri=tent.post.uri, mention_ids=(alice.id,))
        await notifications.notify(conn, recipient_id=alice.id, type="mention", actor_id=bob.id, post_id=message.id)
    thread = await exchanges.find(conn, listing_id=tent.id, partner_id=bob.id)
    assert thread is not None
    await exchanges.add_event(conn, thread.id, "requested", actor_id=bob.id)

    [line] = await news.list_threads(conn, alice.id)

    assert (line.exchange_id, line.other_id, line.kind, line.count) == (thread.id, bob.id, "requested", 3)
    assert await news.list_news(conn, alice.id) == []
    assert await news.count_unread(conn, alice.id) == 1


async def test_a_thread_that_was_read_muted_or_hidden_is_no_news(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    tent = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=tent.id, owner_id=alice.id, partner_id=bob.id)

    async def tell() -> int:
        await exchanges.add_event(conn, thread.id, "thanked", actor_id=bob.id)
        return len(await news.list_threads(conn, alice.id))

    assert await tell() == 1
    await news.mark_threads_read(conn, alice.id, 2**63 - 1)
    assert await news.list_threads(conn, alice.id) == []
    await exchanges.save_muted(conn, thread.id, alice.id, muted=True)
    assert await tell() == 0
    await exchanges.save_muted(conn, thread.id, alice.id, muted=False)
    assert await tell() == 1
    await blocks.save(conn, uri="https://lomme.test/b", actor_id=alice.id, target_id=bob.id)
    assert await news.list_threads(conn, alice.id) == []


async def test_what_was_seen_is_read_and_what_came_meanwhile_is_not(conn: Connection) -> None:
    alice, bob, carol = (
        await make_member(conn),
        await make_remote_actor(conn),
        await make_remote_actor(conn, "carol"),
    )
    first = await notifications.notify(conn, recipient_id=alice.id, type="follow", actor_id=bob.id)
    assert first is not None
    await notifications.notify(conn, recipient_id=alice.id, type="follow", actor_id=carol.id)

    await news.mark_read(conn, alice.id, first)

    assert [row.unread for row in await news.list_news(conn, alice.id)] == [True, False]
    assert await news.count_unread(conn, alice.id) == 1


async def test_what_apps_never_show_stays_new_on_pages_however_far_an_app_was_read(conn: Connection) -> None:
    alice = await make_member(conn)
    coop, bob = await make_remote_actor(conn, "coop", type="Organization"), await make_remote_actor(conn)
    note = await make_note(conn, bob)
    await notifications.notify(conn, recipient_id=alice.id, type="coop_follow", actor_id=coop.id)
    last = await notifications.notify(conn, recipient_id=alice.id, type="mention", actor_id=bob.id, post_id=note.id)
    assert last is not None

    await markers.save(conn, actor_id=alice.id, timeline="notifications", last_read_id=last, known_version=0)

    shown = {row.type: row.unread for row in await news.list_news(conn, alice.id)}
    assert shown == {"mention": False, "coop_follow": True}
    assert await news.count_unread(conn, alice.id) == 1
    await news.mark_read(conn, alice.id, last)
    assert await news.count_unread(conn, alice.id) == 0


@pytest.mark.parametrize("role", ["owner", "partner"])
async def test_news_of_a_thread_is_found_however_much_goes_on_between_others(conn: Connection, role: str) -> None:
    alice, bob, carol = await make_member(conn), await make_member(conn, "bob"), await make_member(conn, "carol")
    threads = []
    for one, other in ((alice, bob), *((carol, bob) for _ in range(6))):
        owner, partner = (one, other) if role == "owner" else (other, one)
        listing = await make_listing(conn, owner)
        thread = await exchanges.open(conn, listing_id=listing.id, owner_id=owner.id, partner_id=partner.id)
        await exchanges.add_event(conn, thread.id, "requested", actor_id=other.id)
        threads.append(thread.id)

    found = [[line.exchange_id for line in await news.list_threads(conn, one.id, limit=1)] for one in (alice, carol)]

    assert found == [threads[:1], threads[-1:]]
    assert await news.list_threads(conn, (await make_member(conn, "dora")).id, limit=1) == []
