"""The same for what moderation apps ask for: Admin::Account and Admin::Report of Mastodon 4.5, whole."""

from tests.web.api.json_shapes import digits, empty, filled, flag, id, many, maybe, moment, null, one_of, shaped, text
from tests.web.api.strict import _ACCOUNT, status

role = shaped({"id": filled, "name": text, "color": text, "permissions": digits, "highlighted": flag})

admin_account = shaped(
    {
        "id": id,
        "username": filled,
        "domain": maybe(filled),
        "created_at": moment,
        "email": text,
        "ip": null,
        "ips": empty,
        "role": maybe(role),
        "confirmed": flag,
        "approved": flag,
        "suspended": flag,
        "silenced": flag,
        "sensitized": flag,
        "disabled": flag,
        "locale": maybe(filled),
        "invite_request": null,
        "account": shaped(_ACCOUNT, {"suspended": flag}),
    }
)

rule = shaped({"id": filled, "text": filled, "hint": text, "translations": shaped({})})

admin_report = shaped(
    {
        "id": id,
        "action_taken": flag,
        "action_taken_at": maybe(moment),
        "category": one_of("spam", "legal", "violation", "other"),
        "comment": text,
        "forwarded": flag,
        "created_at": moment,
        "updated_at": moment,
        "account": admin_account,
        "target_account": admin_account,
        "assigned_account": maybe(admin_account),
        "action_taken_by_account": maybe(admin_account),
        "statuses": many(status),
        "rules": many(rule),
    }
)
