"""Mails to whoever asked to join: yes with a welcome, a question of the team, no with its reason, or no answer."""

from typing import Any, Literal

from federation.instance import Instance
from models.access import one_time_links
from models.listings import listing_drafts
from models.news.unsent_mails import MailJob
from models.people import accounts
from models.people.accounts import Account
from models.people.arrivals import waiting_accounts
from models.people.arrivals.answer_mails import MAIL
from models.settings import Site
from models.store.database import Connection, connection, transaction
from web.mail.account_mails import (
    MailKind,
    StrangerMailKind,
    render_mail,
    require_left,
    send_to_member,
    send_to_stranger,
    write_mail,
)
from web.mail.footer import load_footer
from web.mail.smtp import read_smtp_url

KINDS: dict[str, MailKind] = {"welcome": "sign_up_welcome", "question": "sign_up_question"}
"""What goes to an account, and is called so among the mails that did not leave."""

Farewell = Literal["refused", "expired"]

FAREWELLS: dict[Farewell, StrangerMailKind] = {"refused": "sign_up_refused", "expired": "sign_up_expired"}


async def send_sign_up_mail(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: one mail. Raises MailRefused to be tried again."""
    if instance.settings.smtp_url is None:
        return
    if payload["kind"] in KINDS:
        await _send_to_account(instance, payload)
    else:
        await _send_farewell(instance, payload)


async def _send_to_account(instance: Instance, payload: dict[str, Any]) -> None:
    """The link confirms her address where that is still to do, and is made only now: none waits in the queue."""
    assert instance.settings.smtp_url is not None
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        account = await accounts.find(conn, payload["actor_id"])
        if account is None or account.disabled_at is not None:
            return
        coop = await load_footer(conn, instance.site)
        drafts = len(await listing_drafts.list_kept(conn, account.actor_id))
        link = await _make_link(conn, instance.site, account, payload["kind"])
    context = {"kind": payload["kind"], "words": payload["words"], "by": payload["by"], "link": link, "drafts": drafts}
    kind = KINDS[payload["kind"]]
    message = write_mail("mail/sign_up", account, context | {"name": account.name}, coop=coop, sender=server.sender)
    await send_to_member(instance, account, kind, message, MailJob(name=MAIL, payload=payload))


async def _make_link(conn: Connection, site: Site, account: Account, kind: str) -> str:
    page = "/" if kind == "welcome" else "/compte/attente"
    if await waiting_accounts.has_confirmed(conn, account):
        return f"{site.url}{page}"
    token = await one_time_links.create(conn, "confirm", actor_id=account.actor_id)
    return f"{site.url}/lien/{token}" + ("" if page == "/" else f"?retour={page}")


async def _send_farewell(instance: Instance, payload: dict[str, Any]) -> None:
    """To somebody of whom nothing is kept any more."""
    assert instance.settings.smtp_url is not None
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with connection(instance.pool) as conn:
        coop = await load_footer(conn, instance.site)
    kind: Farewell = payload["kind"]
    context = {
        "kind": kind,
        "name": payload["name"],
        "words": payload.get("words", ""),
        "by": payload.get("by", ""),
        "asked_back": payload.get("asked_back", False),
        "link": f"{instance.site.url}{'/inscription' if kind == 'expired' else '/'}",
    }
    message = render_mail("mail/sign_up", payload["language"], context, coop=coop, sender=server.sender)
    job = MailJob(name=MAIL, payload=payload)
    require_left(instance, await send_to_stranger(instance, payload["email"], FAREWELLS[kind], message, job))
