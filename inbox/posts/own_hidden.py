"""What the team had put away in the time that was lost does not come back in public: it waits for their look."""

from datetime import datetime

from models import posts
from models.moderation import cases, filters, held_posts, hidden_posts
from models.moderation.held_posts import NewHold
from models.news import held_post_news, staff_notifications
from models.news.staff_notifications import Topic
from models.people.actors import Actor
from models.store.database import Connection
from models.traffic import returned_posts

PUT_AWAY = "Restauration : « masquée dans le temps perdu, d’après {host} »"

LEFT = "Restauration : « compte supprimé dans le temps perdu, d’après {host} »"

ASK_HER = (
    "D’après {host}, cette personne a supprimé son compte dans le temps perdu : la restauration l’a remis. Ce qui "
    "était revenu d’elle est masqué, le reste ne revient pas. Voyez avec elle, ou supprimez le compte."
)


async def is_withheld(conn: Connection, post_uri: str) -> bool:
    """Whether it is put away, by what others said so far."""
    found = await returned_posts.find(conn, post_uri)
    return found is not None and found.is_withheld


async def withhold(conn: Connection, author: Actor, post_uri: str, host: str, at: datetime) -> None:
    """Her own key says that it was put away: so it is, whether it came back or was in the backup."""
    await returned_posts.note_withheld(conn, post_uri, author.id, host, at)
    if await is_withheld(conn, post_uri):
        await hide(conn, author, post_uri, PUT_AWAY.format(host=host))


async def withhold_unproven(
    conn: Connection, author: Actor, post_uri: str, host: str, at: datetime, restored_at: datetime
) -> None:
    """Only another server says so, which may be wrong: what is in use since, or was not lost, stays as it is."""
    found = await returned_posts.find(conn, post_uri)
    held = await posts.find_by_uri(conn, post_uri)
    if held is None and (found is not None or await returned_posts.may_withhold(conn, host)):
        await returned_posts.note_withheld(conn, post_uri, author.id, host, at)
    if held is None or found is None or found.restored_at is None:
        return
    if not await returned_posts.is_used_since(conn, held.id, restored_at):
        await withhold(conn, author, post_uri, host, at)


async def hide(conn: Connection, author: Actor, post_uri: str, words: str) -> None:
    """Its author and the team alone read it, who are told, and give it back or refuse it: once."""
    held = await posts.find_by_uri(conn, post_uri)
    if held is None or held.author_id != author.id or held.deleted_at is not None:
        return
    if not await returned_posts.note_held(conn, post_uri):
        return
    await returned_posts.hide(conn, held.id)
    await hidden_posts.tell_streams(conn, [held.id], [])
    case_id = await cases.open_case(conn, author.id, author.display_name)
    known = await held_posts.count_of_case(conn, case_id)
    await held_posts.hold(conn, held.id, case_id, NewHold(reason="filter", matched=words, was_public=True))
    await held_post_news.notify_author(conn, "post_held", author.id, held.id)
    if not known:
        await staff_notifications.notify_team(conn, "held_post", Topic(case_id=case_id))


async def show(conn: Connection, author: Actor, post_uri: str, host: str, at: datetime) -> None:
    """Her own key said its words at that moment: put away before that, it was shown again, unless the team answered."""
    await returned_posts.note_shown(conn, post_uri, author.id, host, at)
    found, held = await returned_posts.find(conn, post_uri), await posts.find_by_uri(conn, post_uri)
    if held is None or found is None or found.held_at is None or found.is_withheld:
        return
    if await held_posts.lock(conn, held.id) is not None:
        await held_posts.forget(conn, post_id=held.id)
        await returned_posts.show(conn, held.id)
        await hidden_posts.tell_streams(conn, [], [held.id])


async def tell_left(conn: Connection, author: Actor, host: str) -> None:
    """She deleted her account: nothing of hers came back as she wanted it, and the team looks."""
    for uri in await returned_posts.list_restored(conn, author.id):
        await hide(conn, author, uri, LEFT.format(host=host))
    case_id = await cases.open_case(conn, author.id, author.display_name)
    await filters.note(conn, case_id, ASK_HER.format(host=host))
    await staff_notifications.notify_team(conn, "held_post", Topic(case_id=case_id))
