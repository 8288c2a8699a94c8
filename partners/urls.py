"""Addresses of partners and of one's own account, and who may use them."""

from django.urls import path

from partners import credential_views, draft_views, merge_views, views
from partners.access import allow, desk_only, everyone
from partners.viewers import Role

merging = allow(Role.MANAGER, Role.OPERATOR)

urlpatterns = [
    path("partners/", everyone(views.partner_list), name="partners"),
    path("organisations/new/", desk_only(views.organisation_new), name="organisation_new"),
    path("organisations/suggest/", everyone(views.organisation_suggestions), name="organisation_suggestions"),
    path("organisations/<slug:code>/merge/", merging(merge_views.organisation_merge), name="organisation_merge"),
    path("people/<int:pk>/merge/", merging(merge_views.person_merge), name="person_merge"),
    path("drafts/", everyone(draft_views.drafts), name="drafts"),
    path("profile/absences/", desk_only(views.absence_new), name="absence_new"),
    path("profile/absences/<int:pk>/end/", desk_only(views.absence_end), name="absence_end"),
    path("profile/", everyone(views.profile), name="profile"),
    path("profile/account/", everyone(views.account_save), name="profile_account"),
    path("profile/keys/<int:pk>/withdraw/", everyone(credential_views.token_withdraw), name="token_withdraw"),
    path("profile/sessions/others/end/", everyone(credential_views.others_end), name="others_end"),
    path("profile/sessions/<slug:digest>/end/", everyone(credential_views.session_end), name="session_end"),
]
