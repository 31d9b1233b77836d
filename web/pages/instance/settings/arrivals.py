"""A page of settings: the questions to whoever wants to join, and the answers that the team keeps ready."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from aiohttp import web

from models import preferences
from models.coop import setting_changes
from models.moderation import journal
from models.people.accounts import Account
from models.people.arrivals.canned_answers import KINDS, MOST, TITLE_LIMIT, WORDS_LIMIT
from models.preference_values import MOST_QUESTIONS, AnswerKind, CannedAnswer, SignUpQuestion
from models.preferences import Preferences
from models.store.database import connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.instance.settings.merging import Collision, describe_collision, list_since, merge
from web.pages.people.arrivals.reply_words import NAME
from web.rendering.render import N_, render, say
from web.security.session import require_right

PAGE = "/coop/reglages/arrivees"

KEYS = ("questions", "canned_answers", "closed_words")

QUESTION_LIMIT, CLOSED_LIMIT = 200, 500

OF_EACH_KIND = MOST // len(KINDS)

SAID = {"saved": N_("C’est enregistré : la prochaine personne qui demande à entrer le verra.")}


async def show_arrivals(request: web.Request) -> web.Response:
    """GET /coop/reglages/arrivees."""
    require_right(request, "settings")
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
    filled = [_fill(chosen, key) for key in KEYS]
    return await _show(request, blank_form(request, {name: typed for one in filled for name, typed in one.items()}))


def _fill(chosen: Preferences, key: str) -> dict[str, str]:
    """What the fields of a setting say, those that are empty too."""
    if key == "questions":
        return _fill_questions(chosen)
    return _fill_answers(chosen) if key == "canned_answers" else {key: chosen.closed_words}


def _fill_questions(chosen: Preferences) -> dict[str, str]:
    values = {f"{field}_{number}": "" for number in _count(MOST_QUESTIONS) for field in ("question", "required")}
    for number, one in enumerate(chosen.questions, start=1):
        values |= {f"question_{number}": one.text, f"required_{number}": "1" if one.required else ""}
    return values


def _fill_answers(chosen: Preferences) -> dict[str, str]:
    values = {
        f"{field}_{kind}_{number}": ""
        for kind in KINDS
        for number in _count(OF_EACH_KIND)
        for field in ("title", "answer")
    }
    for kind in KINDS:
        for number, one in enumerate([one for one in chosen.canned_answers if one.kind == kind], start=1):
            values |= {f"title_{kind}_{number}": one.title, f"answer_{kind}_{number}": one.words}
    return values


async def post_arrivals(request: web.Request) -> web.Response:
    """POST /coop/reglages/arrivees: questions left empty are asked no more, answers left empty are not kept.

    Where somebody else changed the same meanwhile, she decides.
    """
    me = require_right(request, "settings")
    form = await read_form(request)
    collisions = await _receive(request, me, form)
    if collisions or not form.ok:
        return await _show(request, form, collisions=collisions, status=409 if form.ok else 422)
    raise redirect_with_message(PAGE, "saved")


async def _receive(request: web.Request, me: Account, form: Form) -> list[Collision]:
    """Save what was sent, unless something is wrong with it or both changed a setting: which ones, then."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        current = await preferences.load_for_change(conn)
        hers = _read(form, current)
        since = await list_since(conn, KEYS, form)
        meeting = merge(KEYS, current, hers, since)
        if form.ok and not meeting.both:
            kept = {key: getattr(meeting.merged, key) for key in KEYS}
            if await preferences.write(conn, kept, by=me.actor_id):
                await journal.record(conn, "settings_changed", by=me, right="settings", page="arrivals")
            return []
        if not form.ok:  # what cannot be read tells nothing of what she changed: it stays, and is compared next time
            return []
        for key in meeting.untouched:
            for name, typed in _fill(current, key).items():
                form.put(name, typed)
        return [await describe_collision(conn, partial(say, request), key, since, hers) for key in meeting.both]


def _read(form: Form, chosen: Preferences) -> Preferences:
    questions = [one for one in (_read_question(form, number) for number in _count(MOST_QUESTIONS)) if one]
    answers = [one for kind in KINDS for number in _count(OF_EACH_KIND) if (one := _read_answer(form, kind, number))]
    return replace(
        chosen,
        questions=tuple(questions),
        canned_answers=tuple(answers),
        closed_words=form.lines("closed_words", limit=CLOSED_LIMIT),
    )


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


async def _show(
    request: web.Request, form: Form, *, collisions: Sequence[Collision] = (), status: int = 200
) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        registration = (await preferences.load(conn)).registration
        begun = form.typed("version") if status == 422 else ""
        version = begun or await setting_changes.find_version(conn, KEYS)
    return await render(
        request,
        "arrivals/settings.html",
        status=status,
        form=form,
        registration=registration,
        version=version,
        collisions=collisions,
        path=PAGE,
        questions=_count(MOST_QUESTIONS),
        kinds=KINDS,
        answers=_count(OF_EACH_KIND),
        limits={"question": QUESTION_LIMIT, "closed": CLOSED_LIMIT, "title": TITLE_LIMIT, "words": WORDS_LIMIT},
        name=NAME,
        said=find_flash_message(request, SAID),
    )
