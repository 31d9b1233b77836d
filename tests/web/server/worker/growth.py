"""What of the database is forgotten otherwise than by its age alone, and what stays, each with the reason."""

OTHERWISE = {
    "deliveries": "tests/models/traffic/outbound: by what became of the post",
    "activities": "tests/models/traffic/outbound: by what may still be asked of it",
    "passed_on": "tests/models/traffic/outbound: by whether it is still under way",
    "applications": "tests/models/access: by whether a token of it lives",
    "unconfirmed": "tests/models/people/arrivals: the whole account goes",
    "passers_by": "tests/models/repairs: the whole passer-by goes",
    "meeting_registrations": "tests/models/meetings: by the day of the meeting",
    "sign_ups": "tests/models/people/arrivals: by whether somebody talks with them",
    "waiting_posts": "tests/models/servers: by whether somebody here likes it",
    "withdrawn_words": "empties, and keeps the rows",
    "alert_territories": "counts anew",
    "kept_repair_files": "there are two of them",
    "duties": "tests/models/people/team: a week begins on Monday",
    "dues": "tests/models/people/dues: by when the cooperative ceased to ask",
    "walk_ins": "tests/models/repairs: by the end of the visit",
    "visit_addresses": "tests/models/repairs: by the end of the agreement",
    "reporting_visitors": "empties, and keeps the rows",
    "known_words": "counts anew",
    "everyday_words": "marks, and keeps the rows",
}
"""Sweeps that look at more than one row, and where they are tried."""

_AS_MANY = "as many as people, listings or settings of the cooperative"
_FEW = "one row, or one for each thing that is there now"
_SUMS = "sums: a row for each month and kind, of nobody"
_CHORE = "another chore empties it, or forgets a year after"
_HISTORY = "what the team did, for ever: a line for each decision"
_SHIPPED = "comes with the version"
_ELSEWHERE = "one for each server elsewhere that somebody here chose to know"
_SAID = "what our people said, while they are here: by it a post is served, taken back, hidden again, told anew"

LASTING = {
    "migration": _SHIPPED, "commune": _SHIPPED, "shipped_data": _SHIPPED, "everyday_word": _SHIPPED,
    "everyday_relation": _SHIPPED,
    "instance_key": _FEW, "instance_secret": _FEW, "last_alive": _FEW, "mail_cursor": _FEW, "unattended": _FEW,
    "disk_space": _FEW, "pgqueuer_schedules": _FEW, "health_trouble": _FEW, "health_look": _FEW, "known_word": _FEW,
    "machine_trouble": _FEW, "release_notice": _FEW, "known_word_count": _FEW, "application": _FEW, "heartbeat": _FEW,
    "sweep_position": _FEW, "sweep_round": _FEW,
    "kept_open_repairs": _FEW,
    "figure_cell": _SUMS, "figure_difference": _SUMS, "figure_event": _AS_MANY, "figure_gone": _SUMS,
    "figure_month": _SUMS, "figure_neighbour": _SUMS, "figure_sum": _SUMS, "walk_in_month": _SUMS,
    "backup_run": _CHORE, "unused_file": _CHORE, "waiting_host": _CHORE, "territory_vouch": _CHORE,
    "activity": _SAID, "points_line": _HISTORY, "repair_result": _AS_MANY,
    "known_host": _ELSEWHERE, "territory": _ELSEWHERE,
    "used_username": _AS_MANY, "preference": _AS_MANY, "canned_answer": _AS_MANY, "document_version": _AS_MANY,
    "subcategory": _AS_MANY, "instance_shutdown": _FEW, "restoration": _HISTORY, "peer_restoration": _ELSEWHERE,
    "own_page": _AS_MANY, "diagnostic_version": _AS_MANY, "opening_step": _AS_MANY, "moderation_filter": _AS_MANY,
    "preference_change": _HISTORY, "journal_entry": _HISTORY, "moderation_case": _HISTORY, "report": _HISTORY,
    "removed_picture": _HISTORY, "points_movement": _HISTORY, "repair_import": _HISTORY,
}  # fmt: skip
"""Tables that no chore clears and whose rows go with no other row."""

ONCE = "one row at most for each account or actor"
_CHOSEN = "as many as somebody chose, each once, until she takes it back"
_KINDS = "one for each account and kind"
_KEYS = "those in use: new ones take the place of the old"
_MOST = "so many at most for each account"
_SWEPT = "a sweep that is named in OTHERWISE"
_RENEWED = "the next one forgets those before"

WITH_PEOPLE = {
    "account": ONCE, "backfill": ONCE, "calendar_feed": ONCE, "community": ONCE, "departure": ONCE,
    "diagnostic_draft": ONCE, "first_session": ONCE, "friendship": ONCE, "match_choice": ONCE,
    "message_request_news": ONCE, "next_slot": ONCE, "notification_policy": ONCE, "repair_shop": ONCE,
    "repair_shop_source": ONCE, "repair_watch": ONCE, "totp": ONCE,
    "account_note": _CHOSEN, "bike": _CHOSEN, "block": _CHOSEN, "correspondent": _CHOSEN, "domain_block": _CHOSEN,
    "featured_tag": _CHOSEN, "filter": _CHOSEN, "follow": _CHOSEN, "followed_tag": _CHOSEN, "list": _CHOSEN,
    "notification_permission": _CHOSEN, "passkey": _CHOSEN, "place_keeper": _CHOSEN, "suggestion_dismissal": _CHOSEN,
    "thread_mute": _CHOSEN,
    "document_acceptance": _KINDS, "mail_choice": _KINDS, "mail_round": _KINDS, "marker": _KINDS,
    "staff_choice": _KINDS,
    "private_key": _KEYS, "public_key": _KEYS, "recovery_code": _KEYS,
    "scheduled_status": _MOST, "search_alert": _MOST,
    "dues": _SWEPT, "duty": _SWEPT, "sign_up": _SWEPT, "repair_passer_by": _SWEPT,
    "staff_mailing": _RENEWED, "territory_proposal": _RENEWED,
}  # fmt: skip
"""Tables whose rows go with an account or actor alone, which stay for years, and what bounds them meanwhile."""
