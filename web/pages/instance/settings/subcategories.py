"""The cooperative's own sub-categories of one shared category: named, put in order, closed; one page for each."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from aiohttp import web

from models import preferences
from models.coop import setting_changes
from models.errors import NotFound
from models.listings import categories, subcategories
from models.listings.categories import Category
from models.moderation import journal
from models.people.accounts import Account
from models.places.places import fold_name
from models.preferences import Preferences, Subcategory
from models.store.database import Connection, connection, transaction
from outbox.people.cooperative_settings import change_settings
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.instance.settings.categories import LABEL_LIMIT, PAGE
from web.pages.instance.settings.value_words import name_author
from web.rendering.render import N_, render, say
from web.security.session import require_right

KEYS = ("subcategories",)

WORDS_LIMIT = 200

SAID = {
    "saved": N_("C’est enregistré, et visible dès maintenant."),
    "deleted": N_("La sous-catégorie est supprimée."),
}


def find_shared(request: web.Request) -> Category:
    """The shared category that the address names. Raises NotFound, also for repairs: nobody chooses among those."""
    found = categories.find_chosen(request.match_info["category"])
    if found is None or found.branch == "repairs":
        raise NotFound
    return found


def list_own(chosen: Preferences, category: Category) -> list[Subcategory]:
    """Those under this category, in their order."""
    return [one for one in chosen.subcategories if one.category == category.slug]


def replace_own(chosen: Preferences, category: Category, own: Sequence[Subcategory]) -> Preferences:
    """The settings with these under this category; under others nothing changes."""
    others = (one for one in chosen.subcategories if one.category != category.slug)
    return replace(chosen, subcategories=(*others, *own))


async def save_own(
    request: web.Request, conn: Connection, me: Account, category: Category, own: Sequence[Subcategory]
) -> None:
    """These are under it from now on; a line in the journal where that changes anything."""
    chosen = replace_own(await preferences.load_for_change(conn), category, own)
    if await change_settings(conn, request.app[INSTANCE].site, chosen, by=me.actor_id):
        await journal.record(conn, "settings_changed", by=me, right="settings", page="categories")


async def show_subcategories(request: web.Request) -> web.Response:
    """GET /coop/reglages/categories/{category}."""
    require_right(request, "settings")
    category = find_shared(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        own = list_own(await preferences.load(conn), category)
    return await _show(request, category, blank_form(request, _fill(own)))


def _fill(own: Sequence[Subcategory]) -> dict[str, str]:
    values: dict[str, str] = {}
    for place, one in enumerate(own, 1):
        name = _name(one)
        values |= {f"label_{name}": one.label, f"words_{name}": one.words, f"place_{name}": str(place)}
        values |= {f"closed_{name}": "1"} if one.closed else {}
    return values


def _name(one: Subcategory) -> str:
    """How its fields are called."""
    return one.slug.partition(categories.OWN)[2]


async def post_subcategories(request: web.Request) -> web.Response:
    """POST /coop/reglages/categories/{category}: where somebody changed the same list, she sees that first."""
    me, category = require_right(request, "settings"), find_shared(request)
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        current = await preferences.load_for_change(conn)
        own = list_own(current, category)
        typed = _read(form, category, own)
        since = await setting_changes.list_since(conn, KEYS, find_id(form.typed("version")) or 0)
        met = list_own(setting_changes.rewind(current, since), category) != own
        if form.ok and not met:
            await save_own(request, conn, me, category, typed)
    if met or not form.ok:
        return await _show(request, category, form, met=met, status=409 if met else 422)
    raise redirect_with_message(f"{PAGE}/{category.slug}", "saved")


def _read(form: Form, category: Category, own: Sequence[Subcategory]) -> list[Subcategory]:
    """What was typed, in the order that was wished; a new one stands last."""
    wished = [(_read_place(form, one, place), _read_one(form, one)) for place, one in enumerate(own, 1)]
    typed = [one for _, one in sorted(wished, key=lambda pair: pair[0])]
    label, words = form.text("label", limit=LABEL_LIMIT), form.text("words", limit=WORDS_LIMIT)
    if label:
        slug = subcategories.make_slug(category.slug, label, {one.slug for one in own})
        typed.append(Subcategory(slug=slug, label=label, words=words))
    elif words:
        form.fail("label", "Donnez-lui un nom.")
    if len(typed) > subcategories.MOST:
        form.fail("label", "Il y en a déjà %(most)s ici : supprimez-en d’abord une.", most=subcategories.MOST)
    _require_apart(form, category, typed, {one.slug: f"label_{_name(one)}" for one in own})
    return typed


def _read_one(form: Form, one: Subcategory) -> Subcategory:
    """One that there is; without fields, since somebody added it meanwhile, it is as it was."""
    name = _name(one)
    if f"label_{name}" not in form.values:
        return one
    return replace(
        one,
        label=form.text(f"label_{name}", limit=LABEL_LIMIT, missing=N_("Donnez-lui un nom, ou supprimez-la.")),
        words=form.text(f"words_{name}", limit=WORDS_LIMIT),
        closed=form.flag(f"closed_{name}"),
    )


def _read_place(form: Form, one: Subcategory, place: int) -> float:
    """Where it is to stand: before whatever stands there when it comes up, behind it when it goes down."""
    typed = form.typed(f"place_{_name(one)}")
    wished = int(typed) if typed.isdecimal() and len(typed) <= 2 else place
    return wished + (0.5 if wished > place else -0.5 if wished < place else 0)


def _require_apart(form: Form, category: Category, typed: Sequence[Subcategory], fields: dict[str, str]) -> None:
    """Names that nobody could tell apart, or that no hashtag could be made of, are said at their fields."""
    seen = {fold_name(category.french)}
    for one in typed:
        field, folded = fields.get(one.slug, "label"), fold_name(one.label)
        if one.label and not any(letter.isalpha() for letter in one.label):
            form.fail(field, "Écrivez un nom avec des lettres.")
        elif folded in seen:
            form.fail(field, "Ce nom est déjà pris ici : choisissez-en un autre.")
        seen.add(folded)


def _complete(form: Form, own: Sequence[Subcategory]) -> None:
    """With those that came meanwhile, of which nothing was typed."""
    known = {_name(one) for one in own if f"label_{_name(one)}" in form.values}
    for name, value in _fill(own).items():
        if name.partition("_")[2] not in known:
            form.put(name, value)


async def _show(
    request: web.Request, category: Category, form: Form, *, met: bool = False, status: int = 200
) -> web.Response:
    """With `met` somebody else changed the list meanwhile, which stands beside what was typed."""
    async with connection(request.app[INSTANCE].pool) as conn:
        own = list_own(await preferences.load(conn), category)
        begun = form.typed("version") if status == 422 else ""
        version = begun or await setting_changes.find_version(conn, KEYS)
        last = await setting_changes.list_changes(conn, KEYS, limit=1) if met else []
    _complete(form, own)
    return await render(
        request,
        "settings/subcategories.html",
        status=status,
        form=form,
        category=category,
        own=[(_name(one), one) for one in own],
        places=[(str(place), str(place)) for place in range(1, len(own) + 1)],
        met=met,
        who=name_author(partial(say, request), last[0].by) if last else "",
        version=version,
        label_limit=LABEL_LIMIT,
        words_limit=WORDS_LIMIT,
        full=len(own) >= subcategories.MOST,
        said=find_flash_message(request, SAID),
    )
