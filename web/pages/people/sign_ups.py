"""People who ask to come in: what they are told, and who of the cooperative says yes or no to them."""

from aiohttp import web

from federation.instance import Instance
from federation.own_keys.key_pairs import make_key_pairs
from models.errors import Conflict, NotFound
from models.people import sign_ups
from models.places import places
from models.store.database import connection, transaction
from outbox.people import accounts as outbox
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.mail.account_mails import queue_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.people import find_name
from web.rendering.render import N_, render, say
from web.security.session import require_right

PAGE = "/coop/demandes"

SAID = {
    "welcome": N_("C’est fait : la personne peut entrer."),
    "refuse": N_("La demande est effacée. La personne n’en est pas prévenue : écrivez-lui si vous le voulez."),
}


async def list_requests(request: web.Request) -> web.Response:
    """GET /coop/demandes."""
    require_right(request, "sign_ups")
    return await _show(request, blank_form(request))


async def post_decision(request: web.Request) -> web.Response:
    """POST /coop/demandes: let somebody in, or take the request off the list."""
    me = require_right(request, "sign_ups")
    form = await read_form(request)
    instance, id = request.app[INSTANCE], read_id(form.typed("request"))
    act = form.choice("act", tuple(SAID), missing="Ce choix n’existe pas.")
    if not form.ok:
        return await _show(request, form, status=422)
    try:
        if act == "welcome":
            await _approve(instance, id, by=me.actor_id)
        else:
            async with transaction(instance.pool) as conn:
                if not await outbox.reject_sign_up(conn, id, by=me.actor_id):
                    raise NotFound
    except NotFound:
        return await _show_answered(request, form, id)
    except Conflict as conflict:
        if conflict.field == "email":
            form.fail("", "Cette adresse a reçu un compte entre-temps : refusez la demande, elle ne sert plus.")
        else:
            form.fail(
                "", "Ce nom de membre a été pris entre-temps. Écrivez à la personne pour qu’elle en choisisse un."
            )
        return await _show(request, form, status=409)
    raise redirect_with_message(PAGE, act)


async def _show_answered(request: web.Request, form: Form, id: int) -> web.Response:
    """Somebody else was quicker: who, and what she said. Raises NotFound for what was never asked."""
    async with connection(request.app[INSTANCE].pool) as conn:
        answered = await sign_ups.find_answered(conn, id)
        if answered is None:
            raise NotFound
        by = await find_name(conn, answered.answered_by)
    name, by = answered.name, by or say(request, "quelqu’un de l’équipe")
    if answered.welcome:
        form.fail("", "%(name)s est déjà membre : %(by)s a dit oui avant vous.", name=name, by=by)
    else:
        form.fail("", "La demande de %(name)s est déjà effacée : %(by)s l’a refusée avant vous.", name=name, by=by)
    return await _show(request, form, status=409)


async def _approve(instance: Instance, id: int, *, by: int) -> None:
    """Where mails can be sent, the new member confirms her address by one first."""
    key_pairs = await make_key_pairs(instance.settings)
    mail = instance.settings.smtp_url is not None
    async with transaction(instance.pool) as conn:
        actor = await outbox.approve_sign_up(conn, instance.site, id, key_pairs=key_pairs, confirmed=not mail, by=by)
        if mail:
            await queue_mail(conn, "confirm", actor.id)


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        waiting = await sign_ups.list_waiting(conn)
        communes = {one.code: one for one in await places.list_communes(conn, [x.commune_code or "" for x in waiting])}
        absence = await sign_ups.find_absence(conn)
        answered = [(one, await find_name(conn, one.answered_by)) for one in await sign_ups.list_answered(conn)]
    return await render(
        request,
        "account/sign_ups.html",
        status=status,
        form=form,
        waiting=[(one, communes.get(one.commune_code or "")) for one in waiting],
        absence=absence,
        answered=answered,
        mail=request.app[INSTANCE].settings.smtp_url is not None,
        said=find_flash_message(request, SAID),
    )
