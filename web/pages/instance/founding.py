"""What is told when an instance is set up, on the pages of the first run or on a terminal, and what it does."""

from dataclasses import replace

from federation.instance import Instance
from models import preferences
from models.access import one_time_links
from models.errors import Conflict
from models.people import accounts
from models.people.accounts import Account
from models.store.database import transaction
from outbox.people.cooperative_settings import save_preferences
from web.actions.sign_up import create_member
from web.forms.form import Form
from web.pages.instance.cooperative_form import REGISTRATIONS, read_identity
from web.pages.people.registration_form import fail_taken, read_newcomer


async def save_identity(instance: Instance, form: Form) -> None:
    """Name, sentence and territory, unless something is wrong with them."""
    async with transaction(instance.pool) as conn:
        chosen = await read_identity(conn, form, await preferences.load(conn))
        if form.ok:
            await save_preferences(conn, instance.site, chosen)


async def create_administrator(instance: Instance, form: Form, language: str) -> Account | None:
    """The account of whoever sets this up, who reads in `language`; None where something is wrong."""
    newcomer = read_newcomer(form, language)
    if not form.ok:
        return None
    try:
        return await create_member(instance, newcomer, roles=["admin"], commune=None, confirmed=True)
    except Conflict as conflict:
        fail_taken(form, conflict)
        return None


async def finish(instance: Instance, form: Form, token: str | None = None) -> bool:
    """Who may join; then no address leads to the first run any more, by which `token` led here.

    False where that has to wait for an account.
    """
    registration = form.choice("registration", REGISTRATIONS, default="closed")
    async with transaction(instance.pool) as conn:
        if not form.ok or not await accounts.has_admin(conn):
            return False
        chosen = await preferences.load(conn)
        await save_preferences(conn, instance.site, replace(chosen, registration=registration))
        if token is not None:
            await one_time_links.use(conn, token, "setup")
        await one_time_links.revoke_all(conn, "setup", None)
    return True
