"""The addresses of notifications, of what waits before it becomes one, and of the policy; part of `routes`."""

from aiohttp import web

from web.api import notification_requests as waiting
from web.api import notifications, policy
from web.api.auth import for_people

READ, WRITE = "read:notifications", "write:notifications"

BASE = "/api/v1/notifications"

ONE = "{id:[0-9]+}"

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
    web.get("/api/v2/notifications/policy", for_people(policy.show_policy, READ)),
    web.patch("/api/v2/notifications/policy", for_people(policy.patch_policy, WRITE)),
]
