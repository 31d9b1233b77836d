"""The addresses of moderation by an app; part of `routes`."""

from aiohttp import web
from aiohttp.typedefs import Handler

from models.lazy import when_called
from web.api.auth import for_staff

with when_called(globals()):
    from web.api.mastodon.admin import account_actions, accounts, reports

ID = "{id:[0-9]+}"

REPORT = f"/api/v1/admin/reports/{ID}"

ACCOUNT = f"/api/v1/admin/accounts/{ID}"


def _reads_reports(view: Handler) -> Handler:
    return for_staff(view, "admin:read:reports", "reports")


def _settles_reports(view: Handler) -> Handler:
    return for_staff(view, "admin:write:reports", "reports")


def _reads_accounts(view: Handler) -> Handler:
    return for_staff(view, "admin:read:accounts", "reports", "members")


def _decides(view: Handler) -> Handler:
    return for_staff(view, "admin:write:accounts", "reports")


def _lets_in(view: Handler) -> Handler:
    return for_staff(view, "admin:write:accounts", "sign_ups")


MODERATION = [
    web.get("/api/v1/admin/reports", _reads_reports(reports.list_reports)),
    web.get(REPORT, _reads_reports(reports.show_report)),
    web.put(REPORT, _settles_reports(reports.put_report)),
    web.post(f"{REPORT}/assign_to_self", _settles_reports(reports.post_assign)),
    web.post(f"{REPORT}/unassign", _settles_reports(reports.post_unassign)),
    web.post(f"{REPORT}/resolve", _settles_reports(reports.post_resolve)),
    web.post(f"{REPORT}/reopen", _settles_reports(reports.post_reopen)),
    web.get("/api/v1/admin/accounts", _reads_accounts(accounts.list_accounts_v1)),
    web.get("/api/v2/admin/accounts", _reads_accounts(accounts.list_accounts)),
    web.get(ACCOUNT, _reads_accounts(accounts.show_account)),
    web.post(f"{ACCOUNT}/action", _decides(account_actions.post_action)),
    web.post(f"{ACCOUNT}/enable", _decides(account_actions.show_unchanged)),
    web.post(f"{ACCOUNT}/unsensitive", _decides(account_actions.show_unchanged)),
    web.post(f"{ACCOUNT}/unsilence", _decides(account_actions.post_unsilence)),
    web.post(f"{ACCOUNT}/unsuspend", _decides(account_actions.post_unsuspend)),
    web.post(f"{ACCOUNT}/approve", _lets_in(account_actions.post_approve)),
    web.post(f"{ACCOUNT}/reject", _lets_in(account_actions.post_reject)),
]
"""Each with the right that it takes, whatever the token allows."""
