"""A mail to oneself, sent at once: whether mails leave is seen, and not hoped for."""

from federation.instance import Instance
from models.people.accounts import Account
from models.store.database import connection
from web.mail.account_mails import hand_over, write_mail
from web.mail.footer import load_footer
from web.mail.smtp import SendResult, read_smtp_url


async def send_trial(instance: Instance, account: Account) -> SendResult:
    """Write to her own address; what became of it. There has to be a mail server."""
    assert instance.settings.smtp_url is not None
    async with connection(instance.pool) as conn:
        footer = await load_footer(conn, instance.site)
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    link = f"{instance.site.url}/coop/ouverture"
    message = write_mail("mail/trial", account, {"link": link}, coop=footer, sender=server.sender)
    return await hand_over(instance, server, message, account.email)
