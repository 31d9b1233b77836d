"""What the cooperative calls the shared categories, and which of them take nothing new: one table, saved as a whole."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web

from models import preferences
from models.coop import setting_changes
from models.listings import categories
from models.listings.categories import BRANCH_LABELS, CATEGORIES, Category
from models.moderation import journal
from models.people.accounts import Account
from models.preferences import Preferences
from models.store.database import Connection, connection, transaction
from outbox.people.cooperative_settings import change_settings
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.instance.settings.value_words import name_author
from web.rendering.branding import group_subcategories
from web.rendering.render import N_, render, say
from web.security.session import require_right

PAGE = "/coop/reglages/categories"

LABEL_LIMIT = 60

KEYS = ("category_labels", "categories_closed")

ALWAYS = ("autres", "autres-services")
"""Where goes what fits nowhere else: these stay."""

SAID = {"saved": N_("C’est enregistré, et visible dès maintenant.")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is decided of one category: its own name, "" for the shared one; whether it takes nothing new."""

    label: str
    closed: bool


def may_close(slug: str) -> bool:
    """Whether nothing new may be kept out of this category: not where goes what fits nowhere, nor bikes to repair."""
    known = categories.find(slug)
    return known is not None and known.branch != "repairs" and slug not in ALWAYS


async def show_categories(request: web.Request) -> web.Response:
    """GET /coop/reglages/categories."""
    require_right(request, "settings")
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
    values = {f"label_{slug}": label for slug, label in chosen.category_labels.items()}
    return await _show(
        request, blank_form(request, values | {f"closed_{slug}": "1" for slug in chosen.categories_closed})
    )


async def post_categories(request: web.Request) -> web.Response:
    """POST /coop/reglages/categories: what two changed apart is kept of both; where both did, the second decides."""
    me = require_right(request, "settings")
    form = await read_form(request)
    typed = {one.slug: _read(form, one.slug) for one in CATEGORIES}
    met: list[str] = []
    if form.ok:
        async with transaction(request.app[INSTANCE].pool) as conn:
            met = await _save(request, conn, me, form, typed)
    if met or not form.ok:
        return await _show(request, form, met=met, status=409 if met else 422)
    raise redirect_with_message(PAGE, "saved")


def _read(form: Form, slug: str) -> Choice:
    label = form.text(f"label_{slug}", limit=LABEL_LIMIT)
    known = categories.find(slug)
    return Choice(
        label="" if known is not None and label == known.french else label,
        closed=may_close(slug) and form.flag(f"closed_{slug}"),
    )


async def _save(
    request: web.Request, conn: Connection, me: Account, form: Form, typed: Mapping[str, Choice]
) -> list[str]:
    """Keep it; nothing where both decided otherwise about the same category: which ones, then."""
    current = await preferences.load_for_change(conn)
    since = await setting_changes.list_since(conn, KEYS, find_id(form.typed("version")) or 0)
    before, now = _list_choices(setting_changes.rewind(current, since)), _list_choices(current)
    met = _find_met(before, now, typed)
    if met:
        _take_over(form, {slug: now[slug] for slug, hers in typed.items() if hers == before[slug] != now[slug]})
        return met
    chosen = _choose(current, {slug: now[slug] if hers == before[slug] else hers for slug, hers in typed.items()})
    if await change_settings(conn, request.app[INSTANCE].site, chosen, by=me.actor_id):
        await journal.record(conn, "settings_changed", by=me, right="settings", page="categories")
    return []


def _take_over(form: Form, theirs: Mapping[str, Choice]) -> None:
    """What the other changed and she did not stands in her form as it is now."""
    for slug, one in theirs.items():
        form.put(f"label_{slug}", one.label)
        form.put(f"closed_{slug}", "1" if one.closed else "")


def _find_met(before: Mapping[str, Choice], now: Mapping[str, Choice], typed: Mapping[str, Choice]) -> list[str]:
    """The categories about which both decided, and not the same."""
    return [slug for slug, hers in typed.items() if hers != before[slug] and now[slug] not in (before[slug], hers)]


def _choose(current: Preferences, kept: Mapping[str, Choice]) -> Preferences:
    return replace(
        current,
        category_labels={slug: one.label for slug, one in kept.items() if one.label},
        categories_closed=tuple(slug for slug, one in kept.items() if one.closed),
    )


def _list_choices(chosen: Preferences) -> dict[str, Choice]:
    return {
        one.slug: Choice(label=chosen.category_labels.get(one.slug, ""), closed=one.slug in chosen.categories_closed)
        for one in CATEGORIES
    }


def _list_families() -> list[list[Category]]:
    """Each widest category with its narrower ones, which the page folds together."""
    return [[one, *categories.list_narrower(one.slug)] for one in CATEGORIES if one.parent is None]


def _list_opened(form: Form, chosen: Preferences, met: Collection[str]) -> set[str]:
    """The categories that make their family stand open: something is own, closed, typed, wrong or met there."""
    typed = {
        one.slug
        for one in CATEGORIES
        for name in (f"label_{one.slug}", f"closed_{one.slug}")
        if form.typed(name) or form.error(name)
    }
    return typed | set(met) | {one.category for one in chosen.subcategories}


async def _show(request: web.Request, form: Form, *, met: list[str] | None = None, status: int = 200) -> web.Response:
    """With `met` somebody else decided about the same categories meanwhile: what she did stands beside each.

    After a mistake she goes on from what she began with: what others changed since is still compared.
    """
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        now = _list_choices(chosen)
        begun = form.typed("version") if status == 422 else ""
        version = begun or await setting_changes.find_version(conn, KEYS)
        last = await setting_changes.list_changes(conn, KEYS, limit=1) if met else []
    own = group_subcategories(chosen)
    return await render(
        request,
        "settings/categories.html",
        status=status,
        form=form,
        branches=BRANCH_LABELS,
        tree=CATEGORIES,
        families=_list_families(),
        opened=_list_opened(form, chosen, met or ()),
        own=own,
        may_close=may_close,
        limit=LABEL_LIMIT,
        met={slug: now[slug] for slug in met or ()},
        who=name_author(partial(say, request), last[0].by) if last else "",
        version=version,
        said=find_flash_message(request, SAID),
    )
