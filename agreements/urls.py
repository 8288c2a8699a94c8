"""Addresses of the register, and who may use them."""

from django.urls import path

from agreements.commitments import views as commitments
from agreements.dossier import edit_views as editing
from agreements.dossier import place_views as places
from agreements.dossier import sharing_views as sharing
from agreements.dossier import views as dossier
from agreements.procedures import views as procedures
from agreements.register import amendment_views as amendments
from agreements.register import views as register
from agreements.sources import views as sources
from partners.access import allow, desk_only, everyone, manager_only, staff_only
from partners.viewers import Role

reporting = allow(Role.OFFICER, Role.MANAGER, Role.PARTNER)
correcting = allow(Role.MANAGER, Role.OPERATOR)

agreement_urls = [
    path("agreements/", everyone(register.agreement_list), name="agreements"),
    path("agreements/new/", desk_only(editing.agreement_new), name="agreement_new"),
    path("agreements/similar/", staff_only(register.similar_agreements), name="similar_agreements"),
    path("agreements/<slug:ref>/", everyone(dossier.agreement_page), name="agreement"),
    path("agreements/<slug:ref>/edit/", desk_only(editing.agreement_edit), name="agreement_edit"),
    path("agreements/<slug:ref>/archive/", manager_only(register.archive), name="agreement_archive"),
    path("agreements/<slug:ref>/rectify/", correcting(register.rectify), name="agreement_rectify"),
    path("agreements/<slug:ref>/comments/", desk_only(register.comment), name="agreement_comment"),
    path("agreements/<slug:ref>/comments/<int:pk>/", desk_only(register.resolve_comment), name="comment_resolve"),
    path("agreements/<slug:ref>/notes/", desk_only(register.add_note), name="agreement_note"),
    path("agreements/<slug:ref>/papers/", desk_only(sources.add_paper), name="agreement_paper"),
    path("agreements/<slug:ref>/commitments/new/", desk_only(commitments.commitment_new), name="commitment_new"),
    path("agreements/<slug:ref>/act/<slug:name>/", desk_only(register.act), name="agreement_act"),
]
sharing_urls = [
    path("agreements/<slug:ref>/share/", desk_only(sharing.share), name="agreement_share"),
    path("agreements/<slug:ref>/sharing/", staff_only(sharing.sharing_log), name="agreement_sharing"),
    path("agreements/<slug:ref>/as-partner/", desk_only(sharing.as_partner), name="agreement_as_partner"),
    path("commitments/<slug:ref>/share/", desk_only(sharing.share_commitment), name="commitment_share"),
    path("countries/<slug:code>/share/", manager_only(sharing.share_country), name="country_share"),
    path("shares/<int:pk>/revoke/", desk_only(sharing.unshare), name="share_revoke"),
]
amendment_urls = [
    path("agreements/<slug:ref>/amendments/new/", desk_only(amendments.amendment_new), name="amendment_new"),
    path("agreements/<slug:ref>/amendments/<int:number>/", staff_only(amendments.amendment_page), name="amendment"),
    path(
        "agreements/<slug:ref>/amendments/<int:number>/edit/", desk_only(amendments.amendment_edit),
        name="amendment_edit",
    ),
    path(
        "agreements/<slug:ref>/amendments/<int:number>/act/<slug:name>/", desk_only(amendments.amendment_act),
        name="amendment_act",
    ),
]  # fmt: skip
procedure_urls = [
    path("agreements/<slug:ref>/procedure/", staff_only(procedures.procedure_page), name="procedure"),
    path("agreements/<slug:ref>/procedure/open/", desk_only(procedures.procedure_open), name="procedure_open"),
    path("agreements/<slug:ref>/procedure/close/", desk_only(procedures.procedure_close), name="procedure_close"),
    path("agreements/<slug:ref>/procedure/<int:pk>/", desk_only(procedures.step_edit), name="procedure_step"),
    path(
        "agreements/<slug:ref>/procedure/<int:pk>/return/", desk_only(procedures.dossier_return), name="dossier_return"
    ),
]
commitment_urls = [
    path("commitments/", everyone(commitments.commitment_list), name="commitments"),
    path("commitments/<slug:ref>/", everyone(commitments.commitment_page), name="commitment"),
    path("commitments/<slug:ref>/edit/", desk_only(commitments.commitment_edit), name="commitment_edit"),
    path("commitments/<slug:ref>/report/", reporting(commitments.report), name="commitment_report"),
    path("reports/<int:pk>/decide/", desk_only(commitments.decide), name="report_decide"),
]
document_urls = [
    path("documents/<int:pk>/", everyone(sources.document_page), name="document"),
    path("documents/<int:pk>/file/", everyone(sources.document_file), name="document_file"),
]
partner_pages = [
    path("countries/<slug:code>/", everyone(places.country_page), name="country"),
    path("organisations/<slug:code>/", everyone(places.organisation_page), name="organisation"),
]
urlpatterns = [
    *agreement_urls,
    *sharing_urls,
    *amendment_urls,
    *procedure_urls,
    *commitment_urls,
    *document_urls,
    *partner_pages,
    path("steps/<int:pk>/undo/", desk_only(register.undo), name="undo"),
    path("dates/in-words/", everyone(register.date_in_words), name="date_in_words"),
]
