"""The addresses of notifications, of what waits before it becomes one, and of the policy; part of `routes`."""

from aiohttp import web

from models.lazy import when_called
from web.api.auth import for_people

with when_called(globals()):
    from web.api.mastodon.news import notification_groups as groups
    from web.api.mastodon.news import notification_policy, notifications
    from web.api.mastodon.news import notification_requests as waiting

READ, WRITE = "read:notifications", "write:notifications"

BASE = "/api/v1/notifications"

BASE_V2 = "/api/v2/notifications"

ONE = "{id:[0-9]+}"

GROUP = "{key:[a-z._]+(?:-[0-9]+)+}"
"""The key of a group (`models/news/notification_groups.write_key`)."""

NOTIFICATIONS = [
    web.get(BASE, for_people(notifications.list_notifications, READ)),
    web.get(f"{BASE}/unread_count", for_people(notifications.count_unread, READ)),
    web.get(f"{BASE}/{ONE}", for_people(notifications.show_notification, READ)),
    web.post(f"{BASE}/clear", for_people(notifications.post_clear, WRITE)),
    web.post(f"{BASE}/{ONE}/dismiss", for_people(notifications.post_dismiss, WRITE)),
    web.get(f"{BASE}/requests", for_people(waiting.list_requests, READ)),
    web.get(f"{BASE}/requests/merged", for_people(waiting.show_merged, READ)),
    web.get(f"{BASE}/requests/{ONE}", for_people(waiting.show_request, READ)),
    web.post(f"{BASE}/requests/accept", for_people(waiting.post_accept_many, WRITE)),
    web.post(f"{BASE}/requests/dismiss", for_people(waiting.post_dismiss_many, WRITE)),
    web.post(f"{BASE}/requests/{ONE}/accept", for_people(waiting.post_accept, WRITE)),
    web.post(f"{BASE}/requests/{ONE}/dismiss", for_people(waiting.post_dismiss, WRITE)),
    web.get(BASE_V2, for_people(groups.list_grouped, READ)),
    web.get(f"{BASE_V2}/unread_count", for_people(groups.count_unread_groups, READ)),
    web.post(f"{BASE_V2}/clear", for_people(notifications.post_clear, WRITE)),
    web.get(f"{BASE_V2}/{GROUP}", for_people(groups.show_group, READ)),
    web.get(f"{BASE_V2}/{GROUP}/accounts", for_people(groups.list_people, READ)),
    web.post(f"{BASE_V2}/{GROUP}/dismiss", for_people(groups.post_dismiss_group, WRITE)),
    web.get(f"{BASE}/policy", for_people(notification_policy.show_policy_v1, READ)),
    web.patch(f"{BASE}/policy", for_people(notification_policy.put_policy_v1, WRITE)),
    web.put(f"{BASE}/policy", for_people(notification_policy.put_policy_v1, WRITE)),
    web.get(f"{BASE_V2}/policy", for_people(notification_policy.show_policy, READ)),
    web.patch(f"{BASE_V2}/policy", for_people(notification_policy.patch_policy, WRITE)),
]
