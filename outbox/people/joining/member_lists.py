"""The job that makes members of a list that somebody confirmed, one after the other, each in its own transaction."""

from datetime import timedelta
from typing import Any

from federation.instance import Instance
from federation.own_keys.key_pairs import KeyPairs, make_key_pairs
from models.errors import Conflict, NotFound
from models.moderation import journal
from models.people.accounts import Account
from models.people.invitations import member_imports
from models.people.invitations.member_imports import LineState, MemberLine
from models.places import places
from models.store.background import jobs
from models.store.database import Connection, transaction
from outbox.people.accounts import register, settle, vouch

JOB = "member_import"
"""The name of the job."""

AT_ONCE = 50
"""Members that one run of the job makes, some five seconds: a server that stops waits for it, the next run goes on."""

AGAIN = timedelta(hours=1)
"""When a list goes on that waits, since the instance is to end."""

LETTER = "member_letter"
"""The job that writes to one of them, with her first link."""


async def confirm(conn: Connection, account: Account, id: int) -> None:
    """Have members made of this list. Raises NotFound for a list that is no more; again changes nothing."""
    found = await member_imports.find(conn, id)
    if found is None:
        raise NotFound
    if await member_imports.confirm(conn, id):
        await journal.record(conn, "members_imported", by=account, right="roles", count=found.total)
        await jobs.enqueue(conn, JOB, {"id": id}, key=f"{JOB}:{id}")


async def make_members(instance: Instance, payload: dict[str, Any]) -> None:
    """The job. What a killed worker left is gone on with: each line is made in a transaction of its own."""
    id = payload["id"]
    wait: timedelta | None = None
    for _ in range(AT_ONCE):
        key_pairs = await make_key_pairs(instance.settings)
        line: MemberLine | None = None
        try:
            async with transaction(instance.pool) as conn:
                line = await member_imports.claim_line(conn, id)
                if line is None:
                    await member_imports.finish(conn, id)
                    return
                await _make(conn, instance, id, line, key_pairs)
        except Conflict as conflict:
            assert line is not None
            if conflict.code in ("shutdown_closing_joins", "names_at_rest"):
                wait = AGAIN  # nobody comes in unless that is taken back, or for an hour after a restoration
                break
            async with transaction(instance.pool) as conn:
                taken: LineState = "email_taken" if conflict.field == "email" else "username_taken"
                await member_imports.settle_line(conn, id, line.line, taken)
    async with transaction(instance.pool) as conn:
        turn = payload.get("turn", 0) + 1
        await jobs.enqueue(conn, JOB, {"id": id, "turn": turn}, key=f"{JOB}:{id}:{turn}", wait=wait)


async def _make(conn: Connection, instance: Instance, id: int, line: MemberLine, key_pairs: KeyPairs) -> None:
    actor = await register(
        conn,
        instance.site,
        username=line.username,
        email=line.email,
        password_hash=None,
        roles=(),
        language=instance.site.languages[0],
        name=line.name,
        place=line.place,
        confirmed=False,
        key_pairs=key_pairs,
    )
    await vouch(conn, actor.id)
    commune = await places.find_commune(conn, line.commune_code) if line.commune_code else None
    if commune is not None:
        await settle(conn, actor, commune)
    await member_imports.settle_line(conn, id, line.line, "made", actor.id)
    if instance.settings.smtp_url is not None:
        await jobs.enqueue(conn, LETTER, {"actor_id": actor.id}, key=f"{LETTER}:{actor.id}")
