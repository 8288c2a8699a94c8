"""The whole address plan on one screen."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from agreements.commitments.api.action_items import ActionItemViewSet
from agreements.commitments.api.acts import ActingCommitmentViewSet, AnswerViewSet, DueRequestViewSet
from agreements.commitments.api.bulk import BulkChangeViewSet
from agreements.commitments.api.commitments import WholeAgreementViewSet
from agreements.commitments.api.parts import FundingViewSet, IndicatorViewSet, MeasurementViewSet, MilestoneViewSet
from agreements.exchange.export_views import pages_of
from agreements.importing.api import ImportViewSet
from agreements.overview.api import OverviewViewSet, PlaceViewSet, WaitingViewSet
from agreements.pages.api import ParticipantViewSet, ShareViewSet
from agreements.procedures.api import (
    ProcedureStepViewSet,
    ProcedureViewSet,
    ProceedingStepViewSet,
    ProceedingViewSet,
)
from agreements.register.api.amendments import AmendmentViewSet
from agreements.register.api.comments import CommentViewSet, InstrumentTypeViewSet, NoteViewSet
from agreements.reminders.api import (
    FollowViewSet,
    InboxViewSet,
    ReminderPlanViewSet,
    ReminderViewSet,
    SavedViewViewSet,
)
from agreements.reporting.api import ReportViewSet
from agreements.sources.api import CitationViewSet, DocumentViewSet
from partners.access import Eyes, allow, desk_only, everyone, manager_only, open_to_all, staff_only
from partners.api import CountryViewSet, DeskViewSet, OrganisationViewSet, SectorViewSet
from partners.known_api import (
    AbsenceViewSet,
    AssessmentViewSet,
    FigureViewSet,
    FocalPointViewSet,
    PersonViewSet,
    RelationViewSet,
)
from partners.viewers import Role
from tracker import accounts, design, health, home, mails, review
from tracker.admin_site import lead_on
from tracker.api_schema import SchemaView
from tracker.heartbeat import views as heartbeat
from tracker.helping import help_page
from tracker.history import views as history
from tracker.history.api import ChangeViewSet
from tracker.history.past_api import AsOfViewSet, TimelineViewSet
from tracker.search import views as search
from tracker.search.api import SearchViewSet
from tracker.tour import tour

api = DefaultRouter()
api.include_root_view = False
RESOURCES = {
    "absences": AbsenceViewSet,
    "action-items": ActionItemViewSet,
    "agreements": WholeAgreementViewSet,
    "amendments": AmendmentViewSet,
    "answers": AnswerViewSet,
    "as-of": AsOfViewSet,
    "assessments": AssessmentViewSet,
    "bulk-changes": BulkChangeViewSet,
    "changes": ChangeViewSet,
    "citations": CitationViewSet,
    "comments": CommentViewSet,
    "commitments": ActingCommitmentViewSet,
    "countries": CountryViewSet,
    "desks": DeskViewSet,
    "documents": DocumentViewSet,
    "due-requests": DueRequestViewSet,
    "figures": FigureViewSet,
    "focal-points": FocalPointViewSet,
    "follows": FollowViewSet,
    "imports": ImportViewSet,
    "inbox": InboxViewSet,
    "indicators": IndicatorViewSet,
    "instrument-types": InstrumentTypeViewSet,
    "measurements": MeasurementViewSet,
    "milestones": MilestoneViewSet,
    "money": FundingViewSet,
    "notes": NoteViewSet,
    "organisations": OrganisationViewSet,
    "overview": OverviewViewSet,
    "participants": ParticipantViewSet,
    "people": PersonViewSet,
    "places": PlaceViewSet,
    "procedure-steps": ProcedureStepViewSet,
    "procedures": ProcedureViewSet,
    "proceeding-steps": ProceedingStepViewSet,
    "proceedings": ProceedingViewSet,
    "relations": RelationViewSet,
    "reminder-plan": ReminderPlanViewSet,
    "reminders": ReminderViewSet,
    "reports": ReportViewSet,
    "saved-views": SavedViewViewSet,
    "search": SearchViewSet,
    "sectors": SectorViewSet,
    "shares": ShareViewSet,
    "timeline": TimelineViewSet,
    "waiting": WaitingViewSet,
}
for name, viewset in RESOURCES.items():
    api.register(name, viewset, f"api-{name}")

docs = SpectacularSwaggerSplitView.as_view(url_name="api_schema", template_name="tracker/api.html")
# Swagger's interface sets styles from its script; scripts themselves stay strict, here as everywhere.
allow_inline_styles = csp_update({"style-src": [SELF, UNSAFE_INLINE]})

urlpatterns = [
    path("", everyone(home.home), name="home"),
    path("tour/", everyone(tour), name="tour"),
    path("help/", everyone(help_page), name="help"),
    path("design/", staff_only(design.components), name="design"),
    path("changes/", staff_only(home.changes), name="changes"),
    *pages_of(home.CHANGES, staff_only),
    path("waiting/", everyone(review.waiting_page), name="waiting"),
    path("waiting/<slug:kind>/decide/", desk_only(review.decide), name="waiting_decide"),
    path("review/", manager_only(review.review), name="review"),
    path("search/", everyone(search.search), name="search"),
    path("search/palette/", everyone(search.palette), name="palette"),
    path("history/agreements/<slug:ref>/", staff_only(history.timeline), name="timeline"),
    path("history/agreements/<slug:ref>/as-of/", staff_only(history.as_of), name="as_of"),
    path("", include("partners.urls")),
    path("", include("agreements.urls")),
    path("api/v1/", include(api.urls)),
    path("api/schema/", SchemaView.as_view(), name="api_schema"),
    path("api/", everyone(allow_inline_styles(docs)), name="api_docs"),
    path("mails/", open_to_all(mails.mail_list, Eyes.OPERATOR), name="mails"),
    path("pulse/", allow(Role.OPERATOR, Role.AUDITOR)(heartbeat.heartbeat), name="pulse"),
    path("pulse/set-aside/<int:pk>/", allow(Role.OPERATOR)(heartbeat.try_again), name="pulse_try_again"),
    path("pulse/servers/", allow(Role.OPERATOR)(heartbeat.try_servers), name="pulse_try_servers"),
    path("pulsez", open_to_all(heartbeat.heartbeat_check, Eyes.NOBODY), name="pulsez"),
    path("healthz", open_to_all(health.alive, Eyes.NOBODY), name="healthz"),
    path("readyz", open_to_all(health.ready, Eyes.NOBODY), name="readyz"),
    path("favicon.ico", RedirectView.as_view(url="/static/tracker/icon.svg"), name="favicon"),
    path("i18n/", include("django.conf.urls.i18n")),
    re_path(
        r"^accounts/(?P<what>signup|email|confirm-email)/", open_to_all(accounts.closed, Eyes.NOBODY), name="closed"
    ),
    path("accounts/", include("allauth.urls")),
    re_path(
        r"^admin/agreements/(?P<old>action|position)/(?P<rest>.*)$", allow(Role.OPERATOR)(lead_on), name="admin_lead_on"
    ),
    path("admin/", admin.site.urls),
]
handler400 = "tracker.errors.unreadable"
handler404 = "tracker.errors.not_found"
handler500 = "tracker.errors.broken"
