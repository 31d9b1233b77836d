"""The cooperative's questions to whoever wants to join, and the answers that the team keeps ready."""

from aiohttp import web

from models import preferences
from models.moderation import journal
from models.people.arrivals import canned_answers
from models.people.arrivals.canned_answers import KINDS, MOST, TITLE_LIMIT, WORDS_LIMIT, AnswerKind, CannedAnswer
from models.preferences import MOST_QUESTIONS, SignUpQuestion
from models.store.database import connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.people.arrivals.reply_words import NAME
from web.rendering.render import N_, render
from web.security.session import require_right

PAGE = "/coop/reglages/arrivees"

QUESTION_LIMIT, CLOSED_LIMIT = 200, 500

OF_EACH_KIND = MOST // len(KINDS)

SAID = {"saved": N_("C’est enregistré : la prochaine personne qui demande à entrer le verra.")}


async def show_arrivals(request: web.Request) -> web.Response:
    """GET /coop/reglages/arrivees."""
    require_right(request, "settings")
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        ready = await canned_answers.list_all(conn)
    values = {"closed_words": chosen.closed_words}
    for number, question in enumerate(chosen.questions, start=1):
        values |= {f"question_{number}": question.text, f"required_{number}": "1" if question.required else ""}
    for kind in KINDS:
        for number, one in enumerate([one for one in ready if one.kind == kind], start=1):
            values |= {f"title_{kind}_{number}": one.title, f"answer_{kind}_{number}": one.words}
    return await _show(request, blank_form(request, values))


async def post_arrivals(request: web.Request) -> web.Response:
    """POST /coop/reglages/arrivees: questions left empty are asked no more, answers left empty are not kept."""
    me = require_right(request, "settings")
    form = await read_form(request)
    questions = [one for one in (_read_question(form, number) for number in _count(MOST_QUESTIONS)) if one]
    answers = [one for kind in KINDS for number in _count(OF_EACH_KIND) if (one := _read_answer(form, kind, number))]
    closed_words = form.lines("closed_words", limit=CLOSED_LIMIT)
    if not form.ok:
        return await _show(request, form, status=422)
    async with transaction(request.app[INSTANCE].pool) as conn:
        asked = {"questions": tuple(questions), "closed_words": closed_words}
        await preferences.write(conn, asked, by=me.actor_id)
        await canned_answers.replace_all(conn, answers)
        await journal.record(conn, "settings_changed", by=me, right="settings", page="arrivals")
    raise redirect_with_message(PAGE, "saved")


def _count(most: int) -> range:
    return range(1, most + 1)


def _read_question(form: Form, number: int) -> SignUpQuestion | None:
    text = form.text(f"question_{number}", limit=QUESTION_LIMIT)
    return SignUpQuestion(text=text, required=form.flag(f"required_{number}")) if text else None


def _read_answer(form: Form, kind: AnswerKind, number: int) -> CannedAnswer | None:
    title = form.text(f"title_{kind}_{number}", limit=TITLE_LIMIT)
    words = form.lines(f"answer_{kind}_{number}", limit=WORDS_LIMIT)
    if words and not title:
        form.fail(f"title_{kind}_{number}", "Donnez un nom à cette réponse, pour que l’équipe la retrouve.")
    if title and not words:
        form.fail(f"answer_{kind}_{number}", "Écrivez la réponse elle-même.")
    return CannedAnswer(kind=kind, title=title, words=words) if title and words else None


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        registration = (await preferences.load(conn)).registration
    return await render(
        request,
        "arrivals/settings.html",
        status=status,
        form=form,
        registration=registration,
        questions=_count(MOST_QUESTIONS),
        kinds=KINDS,
        answers=_count(OF_EACH_KIND),
        limits={"question": QUESTION_LIMIT, "closed": CLOSED_LIMIT, "title": TITLE_LIMIT, "words": WORDS_LIMIT},
        name=NAME,
        said=find_flash_message(request, SAID),
    )
