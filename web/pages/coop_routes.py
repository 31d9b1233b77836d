"""The addresses of the administration: all of them below /coop, for those who have a role."""

from aiohttp import web

from models.lazy import when_called
from web.pages.access.preserve_form import preserve_form
from web.pages.meeting_routes import list_organising_routes
from web.pages.patterns import HOST, ID, NAME, UUID, WORD

with when_called(globals()):
    from web.pages.communities import team as community_team
    from web.pages.communities.together import team as holding_team
    from web.pages.coop import health
    from web.pages.coop import home as coop_home
    from web.pages.exchanges.points import ledger
    from web.pages.instance import exchange_statistics, opening_page
    from web.pages.instance.documents import editing, own_page_editor, own_page_versions, own_pages
    from web.pages.instance.figures import team as figures_settings
    from web.pages.instance.settings import arrivals as arrival_settings
    from web.pages.instance.settings import categories as category_settings
    from web.pages.instance.settings import history as settings_history
    from web.pages.instance.settings import index as settings_index
    from web.pages.instance.settings import page_view as settings_page
    from web.pages.instance.settings import subcategories, subcategory_deletion
    from web.pages.listings import status_changes
    from web.pages.listings.publish import background_saves, copies, edit_page, publish_page
    from web.pages.listings.publish.several import several_page
    from web.pages.moderation import journal_pages, message_request_review
    from web.pages.moderation.cases import case_list, case_page, conversation, decision_form, second_looks
    from web.pages.moderation.screening import filter_form, filters
    from web.pages.moderation.screening import held_posts as held_list
    from web.pages.news import failed_mails
    from web.pages.people import (
        members,
        sign_ups,
    )
    from web.pages.people.dues import dues_list
    from web.pages.people.dues import team_pages as dues_pages
    from web.pages.people.invitations import mailing, member_list, team
    from web.pages.people.team import duty, places
    from web.pages.personal_data import account_deletion
    from web.pages.repairs.diagnostic import editor as diagnostic_editor
    from web.pages.repairs.diagnostic import trial as diagnostic_trial
    from web.pages.repairs.diagnostic import version_page as diagnostic_version
    from web.pages.repairs.figures import figures_page, open_data
    from web.pages.repairs.frame_numbers import log as frame_number_log
    from web.pages.repairs.importing import import_page
    from web.pages.repairs.shops import team as shop_team
    from web.pages.servers import directory, domain_blocks, friendships, peers, unknown_hosts

ADMINISTRATION: list[web.RouteDef] = [
    web.get("/coop", coop_home.show_home),
    web.get("/coop/ouverture", opening_page.show_opening),
    web.post("/coop/ouverture", opening_page.post_opening),
    web.post("/coop/ouverture/courriel", opening_page.post_mail),
    web.post("/coop/ouverture/affiche", opening_page.post_poster),
    web.get("/coop/ouverture/{what:mentions|horaires}", opening_page.show_form),
    web.post("/coop/ouverture/{what:mentions|horaires}", preserve_form(opening_page.post_form)),
    web.get("/coop/sante", health.show_health),
    web.post("/coop/sante/regard", preserve_form(health.post_look)),
    web.get("/coop/territoires", directory.show_territories),
    web.post("/coop/territoires", directory.post_territories),
    web.get("/coop/reglages", settings_index.show_settings),
    web.get("/coop/reglages/historique", settings_history.show_history),
    web.post("/coop/reglages/historique", settings_history.post_undo),
    web.get("/coop/reglages/arrivees", arrival_settings.show_arrivals),
    web.post("/coop/reglages/arrivees", preserve_form(arrival_settings.post_arrivals)),
    web.get(f"/coop/reglages/{{page:{WORD}}}", settings_page.show_page),
    web.post(f"/coop/reglages/{{page:{WORD}}}", preserve_form(settings_page.post_page)),
    web.get("/coop/serveurs/liste", domain_blocks.show_list),
    web.post("/coop/serveurs/liste", domain_blocks.post_act),
    web.post("/coop/serveurs/liste/apercu", domain_blocks.post_preview),
    web.post("/coop/serveurs/liste/appliquer", domain_blocks.post_import),
    web.get("/coop/serveurs/liste.csv", domain_blocks.show_export),
    web.get("/coop/inconnus", message_request_review.list_message_requests),
    web.post("/coop/inconnus", message_request_review.post_decision),
    web.get("/coop/serveurs", peers.list_peers),
    web.post("/coop/serveurs", unknown_hosts.post_decision),
    web.get(f"/coop/serveurs/{{host:{HOST}}}", peers.show_peer),
    web.post(f"/coop/serveurs/{{host:{HOST}}}", peers.post_act),
    web.post(f"/coop/serveurs/{{host:{HOST}}}/essai", peers.post_trial),
    web.post(f"/coop/serveurs/{{host:{HOST}}}/amitie", friendships.post_act),
    web.get("/coop/communautes", community_team.list_communities),
    web.post("/coop/communautes", preserve_form(community_team.post_manager)),
    web.post("/coop/communautes/porter", preserve_form(holding_team.post_holding)),
    web.get("/coop/ateliers", shop_team.show_shops),
    web.post("/coop/ateliers", preserve_form(shop_team.post_settings)),
    web.post("/coop/ateliers/ouvrir", preserve_form(shop_team.post_opening)),
    web.post(f"/coop/ateliers/{{id:{ID}}}", preserve_form(shop_team.post_decision)),
    web.get("/coop/reparations", figures_page.show_figures),
    web.get("/coop/reparations.csv", figures_page.show_spreadsheet),
    web.get("/coop/reparations/donnees", figures_page.show_open_data),
    web.post("/coop/reparations/donnees", figures_page.post_publishing),
    web.get("/coop/reparations/ord.csv", open_data.show_file),
    web.get("/coop/reparations/velos.csv", open_data.show_file),
    web.get("/coop/reparations/importer", import_page.show_form),
    web.post("/coop/reparations/importer", import_page.post_files),
    web.get(f"/coop/reparations/importer/{{id:{ID}}}", import_page.show_import),
    web.post(f"/coop/reparations/importer/{{id:{ID}}}", import_page.post_undo),
    web.get("/coop/permanence", duty.show_duty),
    web.post("/coop/permanence", duty.post_duty),
    web.get("/coop/lieux", places.list_places),
    web.get(f"/coop/lieux/{{place:{NAME}}}", places.show_place),
    web.post(f"/coop/lieux/{{place:{NAME}}}", preserve_form(places.post_hours)),
    web.post(f"/coop/lieux/{{place:{NAME}}}/responsables", places.post_keeper),
    web.get(f"/coop/lieux/{{place:{NAME}}}/publier", publish_page.show_publish),
    web.get(f"/coop/lieux/{{place:{NAME}}}/publier/plusieurs", several_page.show_several),
    web.post(f"/coop/lieux/{{place:{NAME}}}/publier/plusieurs", preserve_form(several_page.post_several)),
    web.get(f"/coop/lieux/{{place:{NAME}}}/publier/plusieurs/modele.csv", several_page.show_model),
    web.post(f"/coop/lieux/{{place:{NAME}}}/publier", preserve_form(publish_page.post_publish)),
    web.post(f"/coop/lieux/{{place:{NAME}}}/publier/photos", background_saves.post_photo),
    web.get(f"/coop/lieux/{{place:{NAME}}}/annonces/{{uuid:{UUID}}}/modifier", edit_page.show_edit),
    web.post(f"/coop/lieux/{{place:{NAME}}}/annonces/{{uuid:{UUID}}}/modifier", preserve_form(edit_page.post_edit)),
    web.post(f"/coop/lieux/{{place:{NAME}}}/annonces/d/{{id:{ID}}}/etat", status_changes.post_state),
    web.post(f"/coop/lieux/{{place:{NAME}}}/annonces/d/{{id:{ID}}}/copier", copies.post_copy),
    *list_organising_routes("/coop/rencontres"),
    web.get("/coop/courriels", failed_mails.list_troubles),
    web.post("/coop/courriels", failed_mails.post_again),
    web.get("/coop/demandes", sign_ups.list_requests),
    web.post("/coop/demandes", preserve_form(sign_ups.post_refusals)),
    web.get(f"/coop/demandes/{{id:{ID}}}", sign_ups.show_request),
    web.post(f"/coop/demandes/{{id:{ID}}}", preserve_form(sign_ups.post_answer)),
    web.get("/coop/filtres", filters.list_filters),
    web.post("/coop/filtres", preserve_form(filters.post_act)),
    web.get("/coop/filtres/nouveau", filter_form.show_new),
    web.post("/coop/filtres/nouveau", preserve_form(filter_form.post_filter)),
    web.get(f"/coop/filtres/{{id:{ID}}}", filter_form.show_filter),
    web.post(f"/coop/filtres/{{id:{ID}}}", preserve_form(filter_form.post_filter)),
    web.get("/coop/retenues", held_list.list_held),
    web.post("/coop/retenues", preserve_form(held_list.post_decision)),
    web.get("/coop/signalements", case_list.redirect_old),
    web.get(f"/coop/signalements/{{id:{ID}}}", case_list.redirect_old),
    web.get("/coop/journal", journal_pages.show_journal),
    web.get("/coop/velo-vole", frame_number_log.show_log),
    web.get("/coop/dossiers", case_list.list_cases),
    web.post("/coop/dossiers", preserve_form(case_list.close_many)),
    web.get(f"/coop/dossiers/{{id:{ID}}}", case_page.show_page),
    web.post(f"/coop/dossiers/{{id:{ID}}}", preserve_form(case_page.post_act)),
    web.get(f"/coop/dossiers/{{id:{ID}}}/conversations/{{post:{ID}}}", conversation.show_conversation),
    web.post(f"/coop/dossiers/{{id:{ID}}}/conversations/{{post:{ID}}}", preserve_form(conversation.post_opening)),
    web.post(f"/coop/dossiers/{{id:{ID}}}/decision", preserve_form(decision_form.post_decision)),
    web.post(f"/coop/dossiers/{{id:{ID}}}/suite", preserve_form(second_looks.post_second_look)),
    web.get("/coop/points", ledger.show_ledger),
    web.get("/coop/points.csv", ledger.show_spreadsheet),
    web.get("/coop/points/{username:[a-z0-9_]+}", ledger.show_member),
    web.post("/coop/points/{username:[a-z0-9_]+}", ledger.post_correction),
    web.get("/coop/membres", members.list_members),
    web.get("/coop/echanges.csv", exchange_statistics.show_register),
    web.get("/coop/chiffres", figures_settings.show_settings),
    web.post("/coop/chiffres", preserve_form(figures_settings.post_settings)),
    web.post("/coop/chiffres/vu", figures_settings.post_seen),
    web.get("/coop/departs", account_deletion.list_departed),
    web.get("/coop/invitations", team.list_invitations),
    web.post("/coop/invitations", preserve_form(team.post_invitation)),
    web.post("/coop/invitations/courriels", preserve_form(mailing.post_mailing)),
    web.get(f"/coop/invitations/{{id:{ID}}}", team.show_one),
    web.post(f"/coop/invitations/{{id:{ID}}}/arreter", team.post_revoked),
    web.post(f"/coop/invitations/{{id:{ID}}}/renvoyer", mailing.post_again),
    web.get("/coop/membres/liste", member_list.show_list_form),
    web.post("/coop/membres/liste", preserve_form(member_list.post_list)),
    web.get(f"/coop/membres/liste/{{id:{ID}}}", member_list.show_progress),
    web.post(f"/coop/membres/liste/{{id:{ID}}}", member_list.post_confirmation),
    web.post(f"/coop/membres/liste/{{id:{ID}}}/liens", member_list.post_links),
    web.get("/coop/membres/adhesions", dues_pages.show_list),
    web.get("/coop/membres/adhesions/liste", dues_list.show_table),
    web.post("/coop/membres/adhesions/liste", preserve_form(dues_list.post_table)),
    web.get("/coop/membres/{username:[a-z0-9_]+}/adhesion", dues_pages.show_member),
    web.post("/coop/membres/{username:[a-z0-9_]+}/adhesion", preserve_form(dues_pages.post_member)),
    web.get("/coop/membres/nouveau", members.show_new_member),
    web.post("/coop/membres/nouveau", members.post_new_member),
    web.get("/coop/membres/{username:[a-z0-9_]+}", members.show_member),
    web.post("/coop/membres/{username:[a-z0-9_]+}/lien", members.post_link),
    web.post("/coop/membres/{username:[a-z0-9_]+}/role", members.post_role),
    web.post("/coop/membres/{username:[a-z0-9_]+}/collectivite", members.post_authority),
    web.post("/coop/membres/{username:[a-z0-9_]+}/verification", members.post_factor_reset),
    web.get("/coop/diagnostic", diagnostic_editor.show_editor),
    web.post("/coop/diagnostic", preserve_form(diagnostic_editor.post_editor)),
    web.get("/coop/diagnostic/essai", diagnostic_trial.show_trial),
    web.get("/coop/diagnostic/essai/entier", diagnostic_trial.show_trial_whole),
    web.get("/coop/diagnostic/versions/{version:[0-9]{1,6}}", diagnostic_version.show_version),
    web.post("/coop/diagnostic/versions/{version:[0-9]{1,6}}", diagnostic_version.post_version),
    web.get("/coop/reglages/categories", category_settings.show_categories),
    web.post("/coop/reglages/categories", preserve_form(category_settings.post_categories)),
    web.get("/coop/reglages/categories/{category:[a-z0-9-]+}", subcategories.show_subcategories),
    web.post("/coop/reglages/categories/{category:[a-z0-9-]+}", preserve_form(subcategories.post_subcategories)),
    web.get(
        "/coop/reglages/categories/{category:[a-z0-9-]+}/{own:[a-z0-9-]+}/supprimer",
        subcategory_deletion.show_deletion,
    ),
    web.post(
        "/coop/reglages/categories/{category:[a-z0-9-]+}/{own:[a-z0-9-]+}/supprimer",
        subcategory_deletion.post_deletion,
    ),
    web.get("/coop/documents", editing.list_documents),
    web.get("/coop/documents/{document:charte|conditions}", editing.show_editor),
    web.post("/coop/documents/{document:charte|conditions}", preserve_form(editing.post_editor)),
    web.get("/coop/pages", own_pages.list_pages),
    web.post("/coop/pages", own_pages.post_act),
    web.get("/coop/pages/nouvelle", own_page_editor.show_editor),
    web.post("/coop/pages/nouvelle", preserve_form(own_page_editor.post_editor)),
    web.get(f"/coop/pages/{{id:{ID}}}", own_page_editor.show_editor),
    web.post(f"/coop/pages/{{id:{ID}}}", preserve_form(own_page_editor.post_editor)),
    web.get(f"/coop/pages/{{id:{ID}}}/versions/{{version:[0-9]{{1,6}}}}", own_page_versions.show_version),
    web.post(f"/coop/pages/{{id:{ID}}}/versions/{{version:[0-9]{{1,6}}}}", own_page_versions.post_version),
    web.get(f"/coop/pages/{{id:{ID}}}/supprimer", own_page_versions.show_deletion),
    web.post(f"/coop/pages/{{id:{ID}}}/supprimer", own_page_versions.post_deletion),
]
