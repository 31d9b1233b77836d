"""The complexity of each function of the source, with `and`, `or`, conditional expressions and comprehensions in it.

The figure is radon's: one, and one more for each

- `if`, `elif`, conditional expression, `assert` (what it asserts is not looked into),
- `for` and `while`, and their `else`; each `for` and each `if` of a comprehension,
- `except`, and the `else` of a `try`,
- operand of `and` and `or` but the first,
- `case` of a `match`, but one that takes whatever is left.

A function in a function counts by itself and not in the one around it; so do the methods of a class in a function.
Decorators, defaults and annotations are not counted. ruff counts neither expressions nor comprehensions (`mccabe`).
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from tests.test_shape import SHIPPED, name_of, parse

LIMIT = 10

NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

BUILT = "builds one value whole: each condition is a field of it that may be missing"

READ = "reads one value of others or of a form: each condition is a field that may be missing or wrong"

GATHERED = "reads what a list of rows needs in a fixed number of reads, each with the rows that it is for"

RULES = "is a list of rules in their order, each with its own answer: a part of it would hide what comes first"

STEPS = "is one act from its first step to its last, in which each step may end it"

EXCEPTIONS: dict[str, dict[str, int]] = {
    BUILT: {
        "federation/vocabulary/actors.py write_actor": 18,
        "federation/vocabulary/objects.py write_note": 15,
        "outbox/builders/objects/agreement.py build_agreement": 12,
        "outbox/builders/objects/attachments.py build_place": 12,
        "outbox/builders/texts/terms.py write_act": 13,
        "outbox/builders/texts/wording.py _write_window": 11,
        "outbox/listings/listing_details.py describe": 11,
        "outbox/posts/notes.py _compose": 11,
        "web/api/declic/serializers.py build_listing": 12,
        "web/api/entities/accounts.py build_account": 12,
        "web/api/entities/media.py _build_meta": 11,
        "web/api/mastodon/people/own_profile.py _load": 12,
        "web/mail/news_mail_text.py _list_parts": 13,
        "web/mail/news_mail_text.py write_news_mail": 13,
        "web/mail/repair_call_mails.py send_repair_mail": 11,
        "web/pages/exchanges/agenda/month_table.py _draw": 11,
        "web/pages/exchanges/thread/thread_page.py load_thread_view_for": 14,
        "web/pages/listings/listing_page.py load_listing_view": 17,
        "web/pages/listings/own_listings.py _make_row": 11,
        "web/pages/listings/repair_calls.py show_breakdown": 11,
        "web/pages/listings/search.py SearchQuery.feed": 11,
        "web/pages/moderation/reports.py _make_line": 14,
        "web/pages/people/profiles/profile_page.py make_profile": 14,
        "web/pages/posts/note_page.py show_note": 12,
        "web/pages/servers/directory.py _show": 15,
        "web/personal_export/activitystreams.py _build_items": 14,
        "web/rendering/feeds/calendar_events.py list_calendar_events": 11,
    },
    READ: {
        "federation/discovery/webfinger.py read_resource": 15,
        "federation/http_client/causes.py read_exception": 12,
        "federation/texts/inline_pictures.py find_pictures": 12,
        "federation/vocabulary/marketplace.py _read_flohmarkt": 11,
        "inbox/posts/translation.py _read_proposal": 17,
        "inbox/posts/translation.py read_new_post": 12,
        "models/news/notification_groups.py read_key": 12,
        "models/people/opening_hours.py make_hours": 11,
        "models/settings.py _read_environment": 12,
        "models/settings.py _read_origin": 11,
        "web/api/declic/listings/draft.py _fit_terms": 11,
        "web/api/declic/listings/reading.py read_filter": 15,
        "web/api/mastodon/posts/editing.py read_words": 11,
        "web/api/parameters.py _flatten": 11,
        "web/mail/smtp.py read_smtp_url": 13,
        "web/pages/components/photo_upload.py _read_kept": 11,
        "web/rendering/feeds/listing_bundles.py ListingBundle.place": 11,
    },
    GATHERED: {
        "federation/directory/domain_list.py plan": 12,
        "models/servers/circuit_breakers.py save_failures": 14,
        "outbox/moderation/report_extracts.py take_extracts": 11,
        "web/api/declic/exchanges/reading.py load_entries": 12,
        "web/api/entities/quotes.py load_quotes": 13,
        "web/api/entities/statuses.py _gather": 16,
        "web/api/mastodon/posts/editing.py show_history": 11,
        "web/api/mastodon/timelines/search.py _search_accounts": 11,
        "web/commands/servers/peers.py _list_all": 14,
        "web/commands/servers/peers.py _show": 12,
        "web/news/staff_items.py list_staff_items": 14,
        "web/news/subjects.py load_subjects": 11,
        "web/pages/components/quotes.py list_quoted": 16,
        "web/pages/components/timeline_entries.py list_timeline_entries": 14,
        "web/pages/exchanges/terms/day_picker.py find_availability": 14,
        "web/pages/people/profiles/endorsements.py list_endorsed": 12,
        "web/pages/people/profiles/thanks.py list_thanks": 14,
        "web/pages/posts/message_requests.py _gather": 12,
        "web/pages/relations/follows.py list_follows": 14,
        "web/pages/traffic/delivery_status.py classify_deliveries": 11,
        "web/personal_export/records.py load_thread_records": 14,
        "web/rendering/feeds/listing_bundles.py find_coops": 16,
        "web/server/sources.py list_files": 12,
    },
    RULES: {
        "federation/http_client/address_guard.py Guard.require_url": 11,
        "federation/json/json_limits.py _survey_level": 14,
        "federation/json/json_limits.py needs_compaction": 13,
        "federation/jsonld/ld_normal_form.py _require_plain_form": 11,
        "inbox/exchanges/assent.py require_assent": 12,
        "inbox/handlers/offer.py _require_sides": 13,
        "inbox/handlers/update.py handle_update": 13,
        "inbox/posts/message_requests.py judge": 13,
        "inbox/posts/quote_checks.py verify_quote": 11,
        "inbox/posts/waiting_posts.py narrow": 11,
        "inbox/relations/follow_questions.py find_asked": 11,
        "inbox/relations/follow_questions.py find_our_follow": 12,
        "inbox/traffic/diagnosis.py _judge_listeners": 13,
        "inbox/traffic/diagnosis.py _show": 11,
        "models/listings/availability.py is_free": 13,
        "models/servers/directory/rules.py judge": 11,
        "models/servers/directory/trust.py _find_reason": 13,
        "outbox/exchanges/agreements/fulfilment.py settle": 11,
        "outbox/exchanges/agreements/terms.py _require_amounts": 11,
        "outbox/exchanges/explanations.py may_ask_again": 12,
        "outbox/exchanges/plain_language/replies.py process_reply": 15,
        "outbox/listings/listing_limits.py _check_terms": 14,
        "outbox/posts/polls.py find_refusal": 11,
        "outbox/traffic/outcomes.py judge": 11,
        "web/api/mastodon/access/applications.py require_redirect": 11,
        "web/mail/smtp.py _judge": 11,
        "web/middlewares/errors.py answer_problem": 11,
        "web/pages/components/opening_hours.py find_opening_hours": 13,
        "web/pages/exchanges/listing_actions.py find_listing_actions": 11,
        "web/pages/exchanges/thread/entries.py _word": 12,
        "web/pages/servers/diagnosis_steps.py describe_finding": 12,
        "web/server/backups/restoring.py check_target": 11,
    },
    STEPS: {
        "federation/directory/proposals.py fetch_proposals": 13,
        "federation/directory/territories.py _fetch_vouches": 11,
        "federation/directory/territories.py visit_territory": 12,
        "federation/discovery/fetches.py get_actor": 11,
        "federation/sandbox/film_copy.py copy_streams": 12,
        "inbox/exchanges/agreements.py apply_owner_state": 18,
        "inbox/handlers/move.py handle_move": 11,
        "inbox/handlers/quote_request.py handle_quote_request": 13,
        "inbox/handlers/undo.py handle_undo": 13,
        "inbox/processing/resolve.py _resolve_announce": 13,
        "inbox/traffic/backfill.py fill_back": 12,
        "models/posts/saving.py create": 11,
        "outbox/exchanges/agreements/thanks.py thank": 11,
        "outbox/posts/notes.py edit": 12,
        "outbox/relations/follows.py follow": 12,
        "outbox/threads/notices.py notify": 12,
        "outbox/traffic/forwarding.py find_answered": 11,
        "outbox/traffic/results.py _resume_hosts": 11,
        "web/actions/follow_by_address.py find_streams": 14,
        "web/activitypub/collections/actor_collections.py _show_relations": 12,
        "web/activitypub/objects/activities.py show_activity": 11,
        "web/api/mastodon/access/oauth.py revoke_token": 12,
        "web/cli.py run_command": 11,
        "web/mail/news_mail_schedule.py send_news_mail": 11,
        "web/middlewares/rate_limits.py _answer_app": 11,
        "web/pages/access/login.py _check": 11,
        "web/pages/relations/remote_interaction.py post_elsewhere": 12,
        "web/pages/relations/remote_interaction.py show_interaction": 12,
    },
}
"""Functions above the limit with their figure, by the reason why: each of them…"""

MOST_EXCEPTIONS = 127


def count(node: ast.AST) -> int:
    """What this node alone adds to the figure."""
    match node:
        case ast.If() | ast.IfExp() | ast.Assert():
            return 1
        case ast.BoolOp(values=values):
            return len(values) - 1
        case ast.comprehension(ifs=conditions):
            return 1 + len(conditions)
        case ast.For(orelse=rest) | ast.AsyncFor(orelse=rest) | ast.While(orelse=rest):
            return 1 + bool(rest)
        case ast.Try(handlers=handlers, orelse=rest) | ast.TryStar(handlers=handlers, orelse=rest):
            return len(handlers) + bool(rest)
        case ast.Match(cases=cases):
            return len(cases) - any(takes_the_rest(case.pattern) for case in cases)
    return 0


def takes_the_rest(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


COUNTED = frozenset(
    {ast.If, ast.IfExp, ast.Assert, ast.BoolOp, ast.comprehension, ast.For, ast.AsyncFor, ast.While, ast.Try}
    | {ast.TryStar, ast.Match}
)

LEAVES = frozenset({ast.Name, ast.Constant, ast.Pass, ast.Break, ast.Continue, ast.alias, str, int, bool, type(None)})

PLAIN = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "name", "names", "annotation", "returns", "type_comment"})
"""Parts of nodes in which nothing stands that counts."""


TABLES = frozenset({ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr})
"""What stands at the top of a module beside its functions."""


PARTS = {
    kind: tuple(field for field in kind._fields if field not in PLAIN)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
} | {ast.Assert: ()}
"""What of each kind of node is looked into."""


def add_children(node: ast.AST, todo: list[ast.AST]) -> None:
    """Put what stands in a node, and may count, to what is still to be looked at."""
    for part in PARTS[type(node)]:
        value = getattr(node, part)
        kind = type(value)
        if kind is list:
            todo += value
        elif kind not in LEAVES:
            todo.append(value)


def measure(nodes: Iterable[ast.AST], around: str, found: dict[str, int]) -> int:
    """What these statements add to the figure of the function around them; functions in them go to `found`."""
    figure = 0
    todo = list(nodes)
    while todo:
        node = todo.pop()
        kind = type(node)
        if kind in LEAVES:
            continue
        if kind in COUNTED:
            figure += count(node)
        if isinstance(node, NESTED):
            measure_nested(node, around, found)
        else:
            add_children(node, todo)
    return figure


def measure_nested(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, around: str, found: dict[str, int]
) -> None:
    name = f"{around}{node.name}"
    own = measure(node.body, f"{name}.", found)
    if not isinstance(node, ast.ClassDef):
        found[name] = max(1 + own, found.get(name, 0))  # of overloads, and of a property and its setter


def measure_module(tree: ast.Module) -> dict[str, int]:
    """The figure of each function, by its name in the module."""
    found: dict[str, int] = {}
    measure([node for node in tree.body if type(node) not in TABLES], "", found)
    return found


@cache
def measure_source() -> dict[str, int]:
    return {
        f"{name_of(path)} {function}": figure
        for path in SHIPPED
        for function, figure in measure_module(parse(path)).items()
    }


def list_exceptions() -> Iterator[tuple[str, int]]:
    for written in EXCEPTIONS.values():
        yield from written.items()


def test_no_function_is_more_complex_than_the_limit_but_those_written_down() -> None:
    allowed = dict(list_exceptions())

    too_complex = {name: figure for name, figure in measure_source().items() if figure > allowed.get(name, LIMIT)}

    assert too_complex == {}, "make smaller functions of it, each with a name that says what it does"


def test_an_exception_goes_when_its_function_becomes_simpler() -> None:
    figures = measure_source()

    other = {name: figures.get(name) for name, figure in list_exceptions() if figures.get(name, 0) < figure}

    assert other == {}, "write the smaller figure into EXCEPTIONS, or take the line out: it only becomes shorter"


def test_an_exception_is_written_once_and_above_the_limit() -> None:
    names = [name for name, _ in list_exceptions()]

    assert len(names) == len(set(names)) == MOST_EXCEPTIONS, "where one went, so does its place: no other comes for it"
    assert min(figure for _, figure in list_exceptions()) > LIMIT


@pytest.mark.parametrize(
    ("body", "figure"),
    [
        ("pass", 1),
        ("if a:\n  b\nelif c:\n  d\nelse:\n  e", 3),
        ("return a if b else c if d else e", 3),
        ("return a and b and c or d", 4),
        ("for a in b:\n  c\nelse:\n  d", 3),
        ("while a:\n  b", 2),
        ("async for a in b:\n  c", 2),
        ("return [a for b in c if d if e for f in g]", 5),
        ("return {a: b for a, b in c}, {a for a in b}, list(a for a in b)", 4),
        ("try:\n  a\nexcept B:\n  c\nexcept D:\n  e\nelse:\n  f\nfinally:\n  g", 4),
        ("try:\n  a\nexcept* B:\n  c", 2),
        ("match a:\n  case 1 | 2:\n    b\n  case 3 if c:\n    d\n  case _:\n    e", 3),
        ("match a:\n  case 1:\n    b\n  case [2, *c]:\n    d", 3),
        ("assert a and b, c or d", 2),
        ("with a as b:\n  c", 1),
        ("return lambda a: b if a else c", 2),
        ("f = [a or b]\nf[c if d else e](g and h)", 4),
        ("def inner():\n  return a or b\nreturn inner", 1),
        ("class Inner:\n  def method(self):\n    return a or b\nreturn Inner", 1),
    ],
)
def test_the_figure_of_a_function_is_what_radon_counts(body: str, figure: int) -> None:
    lines = "\n".join(f"  {line}" for line in body.split("\n"))

    found = measure_module(ast.parse(f"async def outer(a=b or c):\n{lines}"))

    assert found["outer"] == figure


def test_a_function_in_another_has_a_figure_of_its_own() -> None:
    found = measure_module(
        ast.parse("class A:\n  def b(self):\n    def c():\n      return d and e and f\n    return c if g else None")
    )

    assert found == {"A.b": 2, "A.b.c": 3}
