"""Addresses of the register, and who may use them."""

from django.urls import path

from agreements.commitments import views as commitments
from agreements.dossier import views as dossier
from agreements.register import views as register
from agreements.sources import views as sources
from partners.access import allow, desk_only, everyone
from partners.viewers import Role

reporting = allow(Role.OFFICER, Role.MANAGER, Role.PARTNER)

agreement_urls = [
    path("agreements/", everyone(register.agreement_list), name="agreements"),
    path("agreements/new/", desk_only(dossier.agreement_new), name="agreement_new"),
    path("agreements/<slug:ref>/", everyone(dossier.agreement_page), name="agreement"),
    path("agreements/<slug:ref>/edit/", desk_only(dossier.agreement_edit), name="agreement_edit"),
    path("agreements/<slug:ref>/share/", desk_only(register.share), name="agreement_share"),
    path("agreements/<slug:ref>/shares/<int:pk>/revoke/", desk_only(register.unshare), name="agreement_unshare"),
    path("agreements/<slug:ref>/notes/", desk_only(register.add_note), name="agreement_note"),
    path("agreements/<slug:ref>/papers/", desk_only(sources.add_paper), name="agreement_paper"),
    path("agreements/<slug:ref>/commitments/new/", desk_only(commitments.commitment_new), name="commitment_new"),
    path("agreements/<slug:ref>/act/<slug:name>/", desk_only(register.act), name="agreement_act"),
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
    path("countries/<slug:code>/", everyone(dossier.country_page), name="country"),
    path("organisations/<slug:code>/", everyone(dossier.organisation_page), name="organisation"),
]
urlpatterns = [
    *agreement_urls,
    *commitment_urls,
    *document_urls,
    *partner_pages,
    path("dates/in-words/", everyone(register.date_in_words), name="date_in_words"),
]
