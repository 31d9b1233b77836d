"""The team, or a member out of what she may give away, invites: by a link, or by mail to many; and takes it back."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from models import preferences
from models.errors import Conflict, Forbidden, NotFound
from models.limits import INVITATION_MAILS
from models.moderation import journal
from models.people import accounts
from models.people.accounts import Account
from models.people.invitations import invitations, mailings
from models.people.invitations.invitations import Invitation, NewInvitation
from models.people.roles import has_right
from models.store.background import jobs
from models.store.database import Connection

MAIL = "invitation_mail"
"""The job that writes to one address."""

MAILED_DAYS = timedelta(days=30)
"""How long an invitation by mail holds."""


async def invite(conn: Connection, account: Account | None, new: NewInvitation) -> int:
    """Make an invitation by a link; its row id. Raises Conflict where a member gave away all that she may, Forbidden
    for the account of a local authority, which lets nobody in.

    Without `account` it is a command's, and the team's.
    """
    if account is not None and not new.team:
        await accounts.lock_account(conn, account.actor_id)
        account = await accounts.get(conn, account.actor_id)  # as it is now that nobody else changes it
        if account.authority:
            raise Forbidden("authority_invites_nobody")
        left = await count_left(conn, account)
        if new.places > left:
            raise Conflict("invitations_used_up", field="places", left=left)
    id = await invitations.create(conn, new)
    if new.team:
        await journal.record(conn, "invitation_made", by=account, right="invitations", note=new.note, places=new.places)
    return id


async def count_left(conn: Connection, account: Account) -> int:
    """How many people this member may still invite; a local authority nobody."""
    if account.authority:
        return 0
    most = (await preferences.load(conn)).member_invitations
    return max(0, most - await invitations.count_given(conn, account.actor_id))


async def count_mails_left(conn: Connection) -> int:
    """How many invitations may still leave by mail today, whoever of the team sends them."""
    sent = await mailings.count_mails(conn, within=INVITATION_MAILS.within)
    return max(0, INVITATION_MAILS.most - sent)


async def mail_out(conn: Connection, account: Account, emails: Sequence[str], *, words: str, note: str) -> int:
    """Write to each of these addresses, with a link for her alone; to how many, but those invited meanwhile.

    Raises Conflict beyond what may leave in a day.
    """
    await mailings.wait_for_turn(conn)
    invited = set(await mailings.filter_invited(conn, [one.lower() for one in emails]))
    emails = [one for one in emails if one.lower() not in invited]
    left = await count_mails_left(conn)
    if len(emails) > left:
        raise Conflict("too_many_invitation_mails", field="emails", left=left)
    for email in emails:
        new = NewInvitation(
            made_by=account.actor_id,
            team=True,
            places=1,
            expires_at=datetime.now(UTC) + MAILED_DAYS,
            note=note,
            email=email,
            words=words,
        )
        await _enqueue(conn, await invitations.create(conn, new), 1)
    if emails:
        await journal.record(conn, "invitation_made", by=account, right="invitations", note=note, mails=len(emails))
    return len(emails)


async def mail_again(conn: Connection, id: int) -> None:
    """Write once more, with another link. Raises NotFound where it was used or revoked, Conflict as `mail_out`."""
    if not await count_mails_left(conn):
        raise Conflict("too_many_invitation_mails", field="emails", left=0)
    if not await mailings.send_again(conn, id, until=datetime.now(UTC) + MAILED_DAYS):
        raise NotFound
    again = await invitations.find(conn, id)
    assert again is not None
    await _enqueue(conn, id, again.turn)


async def revoke(conn: Connection, account: Account, id: int) -> Invitation:
    """Let nobody come by it any more. Raises NotFound for what is neither hers nor the team's to revoke."""
    found = await invitations.find(conn, id)
    team = has_right(account, "invitations")
    if found is None or not (team or found.made_by == account.actor_id):
        raise NotFound
    if await invitations.revoke(conn, id) and team:
        await journal.record(
            conn, "invitation_revoked", by=account, right="invitations", about_id=found.made_by, note=found.note
        )
    return found


async def _enqueue(conn: Connection, id: int, turn: int) -> None:
    await jobs.enqueue(conn, MAIL, {"id": id, "turn": turn}, key=f"{MAIL}:{id}:{turn}")
