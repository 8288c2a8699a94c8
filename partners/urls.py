"""Addresses of partners and of one's own account, and who may use them."""

from django.urls import path

from partners import views
from partners.access import desk_only, everyone

urlpatterns = [
    path("partners/", everyone(views.partner_list), name="partners"),
    path("organisations/new/", desk_only(views.organisation_new), name="organisation_new"),
    path("organisations/suggest/", everyone(views.organisation_suggestions), name="organisation_suggestions"),
    path("profile/", everyone(views.profile), name="profile"),
    path("profile/language/", everyone(views.set_language), name="profile_language"),
    path("profile/keys/<int:pk>/withdraw/", everyone(views.token_withdraw), name="token_withdraw"),
]
