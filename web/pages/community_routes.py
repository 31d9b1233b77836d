"""The addresses of communities."""

from aiohttp import web

from models.lazy import when_called
from web.pages.access.preserve_form import preserve_form
from web.pages.patterns import COMMUNITY, LINK

with when_called(globals()):
    from web.pages.communities import (
        answer_link,
        charter_pages,
        community_page,
        decisions,
        doors,
        founding,
        index,
        people,
        standing,
    )
    from web.pages.communities.entering import entry, links
    from web.pages.communities.inside import agenda, messages, reports
    from web.pages.communities.together import holding

COMMUNITIES: list[web.RouteDef] = [
    web.get("/communautes", index.show_communities),
    web.get("/communautes/nouvelle-communaute", founding.show_founding),
    web.post("/communautes/nouvelle-communaute", preserve_form(founding.post_founding)),
    web.get(f"/communautes/reponse/{{token:{LINK}}}", answer_link.show_question),
    web.post(f"/communautes/reponse/{{token:{LINK}}}", answer_link.post_answer),
    web.get(f"/communautes/entrer/{{token:{LINK}}}", entry.show_entry),
    web.post(f"/communautes/entrer/{{token:{LINK}}}", preserve_form(entry.post_entry)),
    web.get(f"/communautes/{{community:{COMMUNITY}}}", community_page.show_community),
    web.post(f"/communautes/{{community:{COMMUNITY}}}/moi", preserve_form(standing.post_standing)),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/annonces", community_page.show_listings),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/rencontres", agenda.show_agenda),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/flux.{{format:atom|json|ics}}", agenda.show_feed),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/signalements", reports.show_reports),
    web.post(f"/communautes/{{community:{COMMUNITY}}}/signalements", preserve_form(reports.post_report)),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/messages", messages.show_messages),
    web.post(f"/communautes/{{community:{COMMUNITY}}}/messages", preserve_form(messages.post_message)),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/ensemble", holding.show_holding),
    web.post(f"/communautes/{{community:{COMMUNITY}}}/ensemble", preserve_form(holding.post_holding)),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/liens", links.show_links),
    web.post(f"/communautes/{{community:{COMMUNITY}}}/liens", preserve_form(links.post_link)),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/affiche", community_page.show_poster),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/reglages", founding.show_settings),
    web.post(f"/communautes/{{community:{COMMUNITY}}}/reglages", preserve_form(founding.post_settings)),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/charte", charter_pages.show_charter),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/charte/nouvelle", charter_pages.show_new),
    web.post(f"/communautes/{{community:{COMMUNITY}}}/charte/nouvelle", preserve_form(charter_pages.post_new)),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/entrees", doors.show_doors),
    web.post(f"/communautes/{{community:{COMMUNITY}}}/entrees", preserve_form(doors.post_decision)),
    web.post(f"/communautes/{{community:{COMMUNITY}}}/inviter", preserve_form(doors.post_invitation)),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/membres", people.show_members),
    web.post(f"/communautes/{{community:{COMMUNITY}}}/membres", preserve_form(people.post_member)),
    web.get(f"/communautes/{{community:{COMMUNITY}}}/decisions", decisions.show_decisions),
]
