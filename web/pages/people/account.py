"""The member's own account: language, password, and the browsers and apps that are logged in."""

from aiohttp import web

from models.access import sessions, tokens
from models.access.scopes import list_widest
from models.news import news_mails
from models.people import absences, accounts
from models.people.dues import dues
from models.repairs.bikes import offers, proposals
from models.store.database import connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.forms.password_field import read_new_password
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.access.reauthentication import find_proof, require_proof
from web.pages.access.user_agents import describe_browser
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.passwords import hash_password
from web.security.session import current_session, require_account, require_login

SAID = {
    "profile": N_("Votre profil est à jour."),
    "away": N_("C’est noté : vos offres se reposent jusqu’à votre retour."),
    "present": N_("Bon retour ! Vos offres sont de nouveau visibles."),
    "language": N_("C’est noté."),
    "email": N_("Votre nouveau courriel est en place."),
    "phone": N_("C’est noté. Votre téléphone ne se montre à personne."),
    "moved": N_("C’est fait : qui vous suit est prévenu."),
    "back": N_("Bon retour ! Ce compte peut de nouveau publier."),
    "leaving": N_("C’est noté. Vos annonces sont en pause, et vous avez deux semaines pour changer d’avis."),
    "stays": N_("Vous restez, tant mieux ! Vos annonces sont rouvertes."),
    "password": N_("Nouveau mot de passe en place. Vos autres appareils et vos applications devront se reconnecter."),
}


async def show_account(request: web.Request) -> web.Response:
    """GET /compte: what there is to change, and where."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        refused = await news_mails.is_refused(conn, account.actor_id)
        back_on = await absences.is_away(conn, account.actor_id)
        books = await proposals.count_waiting(conn, account.actor_id)
        pays = await dues.is_asked_of(conn, account)
        given = len(await offers.list_waiting(conn, account.actor_id))
    return await render(
        request,
        "account/show.html",
        said=find_flash_message(request, SAID),
        refused=refused,
        mail=request.app[INSTANCE].settings.smtp_url is not None,
        back_on=back_on,
        books=books,
        given=given,
        pays=pays,
    )


async def post_language(request: web.Request) -> web.Response:
    """POST /compte/langue."""
    account = require_login(request)
    form = await read_form(request)
    language = form.choice("language", request.app[INSTANCE].site.languages, default=account.language)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await accounts.set_language(conn, account.actor_id, language)
    raise redirect_with_message("/compte", "language")


async def show_password(request: web.Request) -> web.Response:
    """GET /compte/mot-de-passe."""
    require_account(request)
    return await _show_password(request, blank_form(request))


async def post_password(request: web.Request) -> web.Response:
    """POST /compte/mot-de-passe: the other browsers and all applications are logged out."""
    account, session = require_account(request), current_session(request)
    form = await read_form(request)
    await require_proof(request, form, "/compte/mot-de-passe")
    password = read_new_password(form, account.username, account.name, account.email)
    if not form.ok or session is None:
        return await _show_password(request, form, status=422)
    password_hash = await hash_password(password)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await accounts.set_password(conn, account.actor_id, password_hash)
        await tokens.end_access(conn, account.actor_id, except_session=session.token_hash)
    raise redirect_with_message("/compte", "password")


async def _show_password(request: web.Request, form: Form, status: int = 200) -> web.Response:
    return await render(request, "account/password.html", status=status, form=form, proof=await find_proof(request))


async def list_devices(request: web.Request) -> web.Response:
    """GET /compte/appareils: the browsers and apps that are logged in."""
    account, session = require_account(request), current_session(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        browsers = await sessions.list_of(conn, account.actor_id)
        apps = await tokens.list_of(conn, account.actor_id)
    return await render(
        request,
        "account/devices.html",
        browsers=[(one, describe_browser(one.user_agent)) for one in browsers],
        apps=[(one, list_widest(one.scopes)) for one in apps],
        here_now=session.handle if session else "",
    )


async def post_end_device(request: web.Request) -> web.Response:
    """POST /compte/appareils/fermer: log out one browser or app, or everything but this browser."""
    account, session = require_account(request), current_session(request)
    form = await read_form(request)
    browser, app = form.typed("browser"), find_id(form.typed("app"))
    async with transaction(request.app[INSTANCE].pool) as conn:
        if browser == "others" and session is not None:
            await tokens.end_access(conn, account.actor_id, except_session=session.token_hash)
        elif browser:
            await sessions.end_by_handle(conn, account.actor_id, browser)
        elif app is not None:
            await tokens.revoke(conn, account.actor_id, app)
    raise web.HTTPSeeOther("/compte/appareils")
