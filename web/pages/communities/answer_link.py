"""The link in a community's question: somebody whose server knows no Join says yes or no to the charter by a tap."""

from aiohttp import web

from models.communities import charter_links, charters, communities
from models.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from models.store.database import connection, transaction
from outbox.communities.answers_in_words import answer_by_link
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.rendering.document_text import write_document
from web.rendering.paths import community_path
from web.rendering.render import render


async def show_question(request: web.Request) -> web.Response:
    """GET /communautes/reponse/TOKEN: the charter and two buttons; looking changes nothing."""
    return await _show(request, blank_form(request))


async def post_answer(request: web.Request) -> web.Response:
    """POST /communautes/reponse/TOKEN: once; what became of it is also written to her."""
    form = await read_form(request)
    answer = form.choice("answer", ("oui", "non"), missing="Choisissez oui ou non.")
    if not form.ok:
        return await _show(request, form)
    instance, token = request.app[INSTANCE], request.match_info["token"]
    try:
        async with connection(instance.pool) as conn:
            link = await charter_links.find(conn, token)
        async with transaction(instance.pool) as conn:
            state = await answer_by_link(conn, instance.site, token, yes=answer == "oui")
            community = await communities.find(conn, link.community_id) if link else None
    except (Gone, NotFound):
        return await render(request, "communities/link_gone.html", status=410)
    except (Conflict, Invalid, Forbidden) as error:
        form.refuse("", error)
        return await _show(request, form)
    assert community is not None
    return await render(
        request, "communities/answered.html", community=community, path=community_path(community), state=state
    )


async def _show(request: web.Request, form: Form) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        link = await charter_links.find(conn, request.match_info["token"])
        community = await communities.find(conn, link.community_id) if link else None
        charter = await charters.find_version(conn, link.community_id, link.version) if link else None
    if link is None or link.used or community is None or charter is None or community.version != link.version:
        return await render(request, "communities/link_gone.html", status=410)
    return await render(
        request,
        "communities/question.html",
        status=200 if form.ok else 422,
        form=form,
        community=community,
        path=community_path(community),
        charter=charter,
        content=write_document(charter.text),
    )
