"""Members come and go: the name taken for ever, actor, keys and account made together, and ended together."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NotRequired, TypedDict, Unpack

from federation import uris
from federation.own_keys.key_pairs import KeyPairs, save_local_keys
from models.access import tokens
from models.coop import shutdown
from models.errors import NotFound, Refusal
from models.exchanges import points
from models.moderation import held_posts, journal, meanwhile
from models.moderation.journal import Act
from models.news import notifications, staff_notifications
from models.people import accounts, actors, sign_ups
from models.people.accounts import Role
from models.people.actors import Actor, Profile
from models.people.arrivals import answer_mails, answered_requests, first_sessions, waiting_accounts
from models.people.arrivals.answer_mails import TeamAnswer
from models.people.invitations import entries
from models.people.invitations.entries import Entry
from models.people.sign_ups import NewSignUp, SignUp
from models.personal_data import account_erasure
from models.places import places
from models.places.places import Commune, place_fields
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound.inboxes import Inbox
from outbox.builders.activities.delete import build_farewell
from outbox.exchanges.agreements.departed_partners import end_all
from outbox.people.local_actors import describe_local
from outbox.people.shop_people import release_people
from outbox.traffic.send import Recipients, send


class NewMember(TypedDict):
    """What is known of somebody who joins. `confirmed` is False while a mail to the address is still to be answered.

    A `place` is where people come to: a library of things, an association, a workshop. `by` is who of ours let her in,
    `entry` what she brings along. `despite_loss` where somebody knows that nobody had that name in the time that was
    lost.
    """

    username: str
    email: str
    password_hash: str | None
    roles: Collection[Role]
    language: str
    name: NotRequired[str]
    confirmed: NotRequired[bool]
    place: NotRequired[bool]
    by: NotRequired[int | None]
    entry: NotRequired[Entry | None]
    despite_loss: NotRequired[bool]


async def register(conn: Connection, site: Site, *, key_pairs: KeyPairs, **member: Unpack[NewMember]) -> Actor:
    """Create a local person or place. The keys were made before the transaction, since RSA takes its time.

    Raises Invalid or Conflict whose `field` is `username`, `email` or `invitation`, or "" where the instance ends.
    """
    actor = await _create(conn, site, **member)
    if member.get("confirmed", True):
        await confirm(conn, actor.id, by=member.get("by"))
    await save_local_keys(conn, site, actor, key_pairs)
    return actor


async def _create(conn: Connection, site: Site, **member: Unpack[NewMember]) -> Actor:
    await shutdown.require_open(conn)
    username = member["username"]
    await accounts.reserve_username(conn, username, despite_loss=member.get("despite_loss", False))
    described = describe_local(
        site,
        username,
        type="Organization" if member.get("place") else "Person",
        name=member.get("name", ""),
        territory_uri=uris.actor_uri(site, "coop"),
    )
    actor = await actors.create_local(conn, described)
    await accounts.create(
        conn,
        actor_id=actor.id,
        email=member["email"],
        password_hash=member["password_hash"],
        roles=member["roles"],
        language=member["language"],
    )
    await entries.record(conn, actor.id, member.get("entry") or Entry())
    return actor


async def confirm(conn: Connection, actor_id: int, *, by: int | None = None) -> None:
    """The address is the member's own: now she is one, and gets what the cooperative gives on joining.

    Those who welcome members learn that there is a new one, but for who let her in just now. Whoever waits to be let
    in waits on.
    """
    before = await accounts.get(conn, actor_id)
    if before.waits_since is not None:
        await waiting_accounts.confirm_address(conn, actor_id)
        return
    await vouch(conn, actor_id)
    if before.confirmed_at is None:
        await tell_inviter(conn, actor_id)
        about = staff_notifications.Topic(actor_id=actor_id)
        await staff_notifications.notify_team(conn, "admin.sign_up", about, but=(by, actor_id))


async def vouch(conn: Connection, actor_id: int) -> None:
    """The address is the member's own, without news of it: of many who come by one list, the list tells."""
    first = (await accounts.get(conn, actor_id)).confirmed_at is None
    await accounts.confirm_email(conn, actor_id)
    await points.grant_welcome(conn, actor_id)
    if first:
        await first_sessions.begin(conn, actor_id)


async def tell_inviter(conn: Connection, actor_id: int) -> None:
    """Whoever invited this member learns that she is in, once; nothing while she waits for a yes."""
    inviter = await entries.find_inviter(conn, actor_id)
    member = await accounts.get(conn, actor_id)
    if inviter is not None and inviter.actor_id is not None and member.standing == "full":
        await notifications.notify(conn, recipient_id=inviter.actor_id, type="invitation_used", actor_id=actor_id)


async def ask_to_join(
    conn: Connection, site: Site, new: NewSignUp, commune: Commune | None, entry: Entry | None = None
) -> SignUp:
    """Put somebody on the list, with an account that nobody sees, and tell those who can answer.

    She gets no keys before she is let in, since nothing of hers is signed. Raises Invalid for a bad name, Conflict
    whose `field` is `username`, `email`, `invitation`, or "" where the list is full.
    """
    asked = await sign_ups.save(conn, new)
    actor = await _create(
        conn,
        site,
        username=new.username,
        email=new.email,
        password_hash=new.password_hash,
        roles=(),
        language=new.language,
        name=new.name,
        entry=entry,
    )
    if commune is not None:
        await settle(conn, actor, commune)
    await waiting_accounts.begin(conn, asked.id, actor.id)
    await staff_notifications.notify_of_sign_up(conn, asked.id)
    return await sign_ups.get(conn, asked.id)


async def approve_sign_up(
    conn: Connection, site: Site, id: int, answer: TeamAnswer, *, key_pairs: KeyPairs, confirmed: bool
) -> Actor:
    """Let in who asked for it, and tell her; `confirmed` says that her address needs no mail any more.

    Raises Conflict when somebody else has answered already, or the name or the address of who had no account yet was
    taken meanwhile, or the instance is to end, NotFound where nobody asks any more.
    """
    await shutdown.require_open(conn)
    by = answer.by.actor_id if answer.by is not None else None
    asked = await sign_ups.find(conn, id)
    password_hash = await sign_ups.find_password_hash(conn, id)
    if asked is None or not await sign_ups.remove(conn, id, welcome=True, answered_by=by):
        raise await _make_answered(conn, id)
    if asked.actor_id is None:
        actor = await _register_asked(conn, site, asked, password_hash)
    else:
        await waiting_accounts.end(conn, asked.actor_id)
        actor = await actors.get(conn, asked.actor_id)
    await save_local_keys(conn, site, actor, key_pairs)
    if confirmed or asked.confirmed_at is not None:
        await confirm(conn, actor.id, by=by)
    await journal.record(conn, "sign_up_approved", by=answer.by, right="sign_ups", about_id=actor.id)
    await answer_mails.queue_welcome(conn, actor.id, answer)
    return actor


async def _register_asked(conn: Connection, site: Site, asked: SignUp, password_hash: str | None) -> Actor:
    """Who asked before people had an account while they wait."""
    actor = await _create(
        conn,
        site,
        username=asked.username,
        email=asked.email,
        password_hash=password_hash,
        roles=(),
        language=asked.language,
        name=asked.name,
    )
    commune = await places.find_commune(conn, asked.commune_code) if asked.commune_code else None
    if commune is not None:
        await settle(conn, actor, commune)
    return actor


async def reject_sign_up(conn: Connection, id: int, answer: TeamAnswer) -> SignUp:
    """Take a request to come in off the list, erase its account, and tell whoever made it; what it was.

    Raises Conflict when it was answered already, NotFound where nobody asks any more.
    """
    asked = await _reject(conn, id, answer)
    if asked is None:
        raise await _make_answered(conn, id)
    await journal.record(conn, "sign_up_refused", by=answer.by, right="sign_ups")
    return asked


async def reject_sign_ups(conn: Connection, ids: Sequence[int], answer: TeamAnswer) -> None:
    """The same for many at once, in one line of the journal; those that were answered meanwhile stay as they are."""
    refused = [id for id in ids if await _reject(conn, id, answer) is not None]
    if refused:
        await journal.record(conn, "sign_up_refused", by=answer.by, right="sign_ups", count=len(refused))


async def _reject(conn: Connection, id: int, answer: TeamAnswer) -> SignUp | None:
    by = answer.by.actor_id if answer.by is not None else None
    asked = await sign_ups.find(conn, id)
    if asked is None or not await sign_ups.remove(conn, id, welcome=False, answered_by=by):
        return None
    if asked.actor_id is not None:
        await waiting_accounts.erase(conn, [asked.actor_id])
    await answer_mails.queue_refusal(conn, asked, answer)
    return asked


async def _make_answered(conn: Connection, id: int) -> Refusal:
    """Who of the team was quicker, and what she said."""
    answered = await answered_requests.find_answered(conn, id)
    if answered is None:
        return NotFound("sign_up_answered")
    act: Act = "sign_up_approved" if answered.welcome else "sign_up_refused"
    return await meanwhile.describe(conn, act, answered.answered_by, answered.answered_at)


async def settle(conn: Connection, actor: Actor, commune: Commune) -> None:
    """This is where the member lives, as far as others see it and as her listings take it."""
    await accounts.set_commune(conn, actor.id, commune.code)
    await actors.save_profile(conn, actor.id, profile_of(actor, commune))


def profile_of(actor: Actor, commune: Commune | None) -> Profile:
    """The actor's profile as it is, its place moved to this commune, or to nowhere."""
    return Profile(
        name=actor.name,
        summary=actor.summary,
        locked=actor.locked,
        discoverable=actor.discoverable,
        fields=actor.fields,
        **place_fields(commune.place if commune else None),
    )


def as_profile(actor: Actor) -> Profile:
    """The actor's profile as it is."""
    place = {name: getattr(actor, name) for name in place_fields(None)}
    return replace(profile_of(actor, None), **place)


async def delete(conn: Connection, site: Site, actor: Actor) -> None:
    """End a member's account for ever: everybody who may know her is told, and her addresses answer 410 (AC6).

    What waited of hers is not sent, she is logged out everywhere, and her name is nobody's again. Raises NotFound for
    an actor without an account, Conflict for the last administrator.
    """
    await account_erasure.begin(conn, actor.id)
    await accounts.get(conn, actor.id)
    await account_erasure.require_another_admin(conn, actor.id)
    await end(conn, site, actor)


async def end(conn: Connection, site: Site, actor: Actor, *, also_to: Sequence[Inbox] = ()) -> None:
    """End an actor of ours for ever, whoever it is: the last one too, where the instance ends.

    Everybody who may know it is told, and those inboxes.
    """
    await account_erasure.begin(conn, actor.id)
    await tokens.end_access(conn, actor.id)
    await account_erasure.cancel_deliveries(conn, actor.id)
    farewell = build_farewell(site, actor, datetime.now(UTC))
    everybody = Recipients(all_who_know=True, inboxes=tuple(also_to))
    await send(conn, actor, farewell, everybody, about=actor.uri)
    await end_all(conn, site, actor)
    await release_people(conn, site, actor)
    await held_posts.forget(conn, author_id=actor.id)
    await account_erasure.erase(conn, actor.id)
    await points.give_back_all(conn, actor.id)
