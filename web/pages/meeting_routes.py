"""The addresses of meetings, and those below which they are organised: by the team, and by who leads a community."""

from aiohttp import web

from models.lazy import when_called
from web.pages.access.preserve_form import preserve_form
from web.pages.patterns import ID, SIGNED, UUID

with when_called(globals()):
    from web.pages.meetings import agenda_page, exports, guest_place, meeting_page, own_meetings, taking_part
    from web.pages.meetings.organising import list_page, people_page, publish_page, time_page


def list_organising_routes(below: str) -> list[web.RouteDef]:
    """Announce, change, call off, see who comes."""
    return [
        web.get(below, list_page.list_organised),
        web.get(f"{below}/nouvelle", publish_page.show_new),
        web.post(f"{below}/nouvelle", preserve_form(publish_page.post_new)),
        web.get(f"{below}/d/{{id:{ID}}}", people_page.show_people),
        web.post(f"{below}/d/{{id:{ID}}}", preserve_form(people_page.post_people)),
        web.get(f"{below}/d/{{id:{ID}}}/liste.csv", people_page.show_spreadsheet),
        web.get(f"{below}/d/{{id:{ID}}}/modifier", publish_page.show_edit),
        web.post(f"{below}/d/{{id:{ID}}}/modifier", preserve_form(publish_page.post_edit)),
        web.get(f"{below}/d/{{id:{ID}}}/date", time_page.show_time),
        web.post(f"{below}/d/{{id:{ID}}}/date", preserve_form(time_page.post_time)),
    ]


MEETINGS: list[web.RouteDef] = [
    web.get("/rencontres", agenda_page.show_agenda),
    web.get("/rencontres/miennes", own_meetings.show_mine),
    *list_organising_routes("/rencontres/organiser"),
    web.get("/rencontres/flux.{format:atom|json|ics}", exports.show_feed),
    web.get(f"/rencontres/place/{{token:{SIGNED}}}", guest_place.show_place),
    web.post(f"/rencontres/place/{{token:{SIGNED}}}", guest_place.post_place),
    web.get(f"/rencontres/{{uuid:{UUID}}}", meeting_page.show_local),
    web.get(f"/rencontres/{{uuid:{UUID}}}.ics", exports.show_local_calendar),
    web.get(f"/rencontres/d/{{id:{ID}}}", meeting_page.show_by_id),
    web.get(f"/rencontres/d/{{id:{ID}}}.ics", exports.show_calendar),
    web.post(f"/rencontres/d/{{id:{ID}}}/inscription", preserve_form(taking_part.post_registration)),
    web.post(f"/rencontres/d/{{id:{ID}}}/courriel", taking_part.post_guest),
]
