"""Addresses of the register, and who may use them."""

from django.urls import path

from agreements.briefings import letter_views as letters
from agreements.briefings import listing
from agreements.briefings import meeting_views as meeting
from agreements.briefings import review_views as reviewing
from agreements.briefings import views as briefings
from agreements.calendars import views as calendars
from agreements.commitments.views import action_items, answers, blockers, bulk, due_requests, parts
from agreements.commitments.views import lists as commitment_lists
from agreements.commitments.views import page as commitments
from agreements.exchange import export_views as exporting
from agreements.exchange import takeable
from agreements.importing import views as importing
from agreements.overview import views as overview
from agreements.pages import amendment_views as amending
from agreements.pages import edit_views as editing
from agreements.pages import handover_views as handover_pages
from agreements.pages import place_views as places
from agreements.pages import share_views as shares
from agreements.pages import views as pages
from agreements.procedures import views as procedures
from agreements.register.rules import lifecycle
from agreements.register.views import acts, comments, handover
from agreements.register.views import lists as agreement_lists
from agreements.reminders import answer_views as reminder_answers
from agreements.reminders import following_views as following
from agreements.reminders import inbox_views as inbox
from agreements.reminders import views as reminders
from agreements.reporting import views as reporting
from agreements.sources import views as sources
from partners.access import Eyes, allow, desk_only, everyone, manager_only, open_to_all, staff_only
from partners.viewers import OVERSEERS, Role

both_sides = allow(Role.OFFICER, Role.MANAGER, Role.PARTNER)
partner_only = allow(Role.PARTNER)
correcting = allow(Role.MANAGER, Role.OPERATOR)
acting = allow(*lifecycle.ACTORS)

agreement_urls = [
    path("agreements/", everyone(agreement_lists.agreement_list), name="agreements"),
    path("agreements/new/", desk_only(editing.agreement_new), name="agreement_new"),
    path("agreements/give/", desk_only(handover.give), name="agreements_give"),
    path("agreements/give/<int:pk>/undo/", desk_only(handover.bulk_undo), name="agreements_bulk_undo"),
    path("agreements/similar/", staff_only(agreement_lists.similar_agreements), name="similar_agreements"),
    path("agreements/<slug:ref>/", everyone(pages.agreement_page), name="agreement"),
    path("agreements/<slug:ref>/edit/", desk_only(editing.agreement_edit), name="agreement_edit"),
    path("agreements/<slug:ref>/archive/", manager_only(acts.archive), name="agreement_archive"),
    path("agreements/<slug:ref>/rectify/", correcting(acts.rectify), name="agreement_rectify"),
    path("agreements/<slug:ref>/comments/", desk_only(comments.comment), name="agreement_comment"),
    path("agreements/<slug:ref>/comments/<int:pk>/", desk_only(comments.resolve_comment), name="comment_resolve"),
    path("agreements/<slug:ref>/notes/", desk_only(comments.add_note), name="agreement_note"),
    path("agreements/<slug:ref>/papers/", desk_only(sources.add_paper), name="agreement_paper"),
    path("agreements/<slug:ref>/commitments/new/", desk_only(commitments.commitment_new), name="commitment_new"),
    path("agreements/<slug:ref>/act/<slug:name>/", acting(acts.act), name="agreement_act"),
]
sharing_urls = [
    path("agreements/<slug:ref>/share/", desk_only(shares.share), name="agreement_share"),
    path("agreements/<slug:ref>/sharing/", staff_only(shares.sharing_log), name="agreement_sharing"),
    path("agreements/<slug:ref>/as-partner/", desk_only(shares.as_partner), name="agreement_as_partner"),
    path("commitments/<slug:ref>/share/", desk_only(shares.share_commitment), name="commitment_share"),
    path("countries/<slug:code>/share/", manager_only(shares.share_country), name="country_share"),
    path("shares/<int:pk>/revoke/", desk_only(shares.unshare), name="share_revoke"),
]
amendment_urls = [
    path("agreements/<slug:ref>/amendments/new/", desk_only(amending.amendment_new), name="amendment_new"),
    path("agreements/<slug:ref>/amendments/<int:number>/", staff_only(amending.amendment_page), name="amendment"),
    path(
        "agreements/<slug:ref>/amendments/<int:number>/edit/", desk_only(amending.amendment_edit),
        name="amendment_edit",
    ),
    path(
        "agreements/<slug:ref>/amendments/<int:number>/act/<slug:name>/", desk_only(amending.amendment_act),
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
    path("commitments/", everyone(commitment_lists.commitment_list), name="commitments"),
    path("commitments/bulk/", desk_only(bulk.bulk_change), name="commitments_bulk"),
    path("commitments/bulk/<int:pk>/undo/", desk_only(bulk.bulk_undo), name="commitments_bulk_undo"),
    path("commitments/<slug:ref>/", everyone(commitments.commitment_page), name="commitment"),
    path("commitments/<slug:ref>/edit/", desk_only(commitments.commitment_edit), name="commitment_edit"),
    path("commitments/<slug:ref>/similar/", staff_only(commitments.commitment_similar), name="commitment_similar"),
    path("commitments/<slug:ref>/quick/", desk_only(bulk.quick_edit), name="commitment_quick"),
    path("commitments/<slug:ref>/day/", both_sides(due_requests.ask_day), name="commitment_day"),
    path("commitments/<slug:ref>/drop/", both_sides(due_requests.ask_to_drop), name="commitment_drop"),
    path("days/<int:pk>/decide/", both_sides(due_requests.decide_day), name="day_decide"),
    path("commitments/<slug:ref>/block/", desk_only(blockers.block), name="commitment_block"),
    path("commitments/<slug:ref>/unblock/", desk_only(blockers.unblock), name="commitment_unblock"),
    path("commitments/<slug:ref>/nudge/", desk_only(blockers.nudge), name="commitment_nudge"),
    path("commitments/<slug:ref>/answer/", partner_only(answers.answer), name="commitment_answer"),
    path("commitments/<slug:ref>/on-behalf/", desk_only(answers.accept_on_behalf), name="commitment_on_behalf"),
    path("positions/<int:pk>/settle/", desk_only(answers.settle_answer), name="answer_settle"),
    path("commitments/<slug:ref>/<slug:part>/new/", desk_only(parts.part_edit), name="part_new"),
    path("commitments/<slug:ref>/<slug:part>/<int:pk>/", desk_only(parts.part_edit), name="part_edit"),
    path("indicators/<int:pk>/measure/", desk_only(parts.measure), name="indicator_measure"),
]
action_item_urls = [
    path("actions/", staff_only(action_items.action_item_list), name="actions"),
    path("actions/new/", desk_only(action_items.action_item_edit), name="action_new"),
    path("actions/<int:pk>/", staff_only(action_items.action_item_page), name="action"),
    path("actions/<int:pk>/edit/", desk_only(action_items.action_item_edit), name="action_edit"),
    path("actions/<int:pk>/act/", desk_only(action_items.action_item_act), name="action_act"),
]
reporting_urls = [
    path("commitments/<slug:ref>/report/", both_sides(reporting.report), name="commitment_report"),
    path("reports/<int:pk>/", both_sides(reporting.report_edit), name="report_edit"),
    path("reports/<int:pk>/decide/", desk_only(reporting.decide), name="report_decide"),
    path("commitments/<slug:ref>/link/", desk_only(reporting.link_new), name="commitment_link"),
    path("links/<int:pk>/revoke/", desk_only(reporting.link_revoke), name="link_revoke"),
    path("l/<str:secret>/", open_to_all(reporting.by_link, Eyes.OWNER), name="by_link"),
]
document_urls = [
    path("documents/<int:pk>/", everyone(sources.document_page), name="document"),
    path("documents/<int:pk>/file/", everyone(sources.document_file), name="document_file"),
    path("papers/<slug:key>/", desk_only(sources.held_file), name="held_file"),
]
partner_pages = [
    path("handover/", desk_only(handover_pages.handover_page), name="handover"),
    path("partners/map/", everyone(overview.partner_map), name="partner_map"),
    path("countries/<slug:code>/", everyone(places.country_page), name="country"),
    path("organisations/<slug:code>/", everyone(places.organisation_page), name="organisation"),
]
export_urls = [
    *exporting.pages_of(takeable.AGREEMENTS, everyone),
    *exporting.pages_of(takeable.COMMITMENTS, everyone),
    *exporting.pages_of(takeable.PARTNERS, everyone),
    *exporting.pages_of(takeable.ACTIONS, staff_only),
    *exporting.pages_of(listing.MEETINGS, staff_only),
    *exporting.pages_of(listing.PERIODS, staff_only),
    path("exports/", everyone(exporting.export_list), name="exports"),
    path("exports/taken/", everyone(exporting.taken_list), name="taken"),
    path("exports/<int:pk>/", everyone(exporting.export_file), name="export_file"),
]
import_urls = [
    path("imports/", desk_only(importing.import_list), name="imports"),
    path("imports/new/", desk_only(importing.import_new), name="import_new"),
    path("imports/<int:pk>/", desk_only(importing.import_page), name="import"),
    path("imports/<int:pk>/columns/", desk_only(importing.import_columns), name="import_columns"),
    path("imports/<int:pk>/read/", desk_only(importing.import_read), name="import_read"),
    path("imports/<int:pk>/partners/", desk_only(importing.import_partners), name="import_partners"),
    path("imports/<int:pk>/act/<slug:name>/", desk_only(importing.import_act), name="import_act"),
    path("imports/<int:pk>/faults.<str:form>", desk_only(importing.import_faults), name="import_faults"),
]
briefing_urls = [
    path("briefings/", everyone(briefings.briefing_list), name="briefings"),
    path("briefings/<slug:kind>/", everyone(briefings.briefing), name="briefing"),
    path("agreements/<slug:ref>/letters/", staff_only(letters.letter_list), name="agreement_letters"),
    path("agreements/<slug:ref>/letters/new/", desk_only(letters.agreement_letter), name="agreement_letter"),
    path("commitments/<slug:ref>/letters/new/", desk_only(letters.commitment_letter), name="commitment_letter"),
    path("letters/<int:pk>/", staff_only(letters.letter_page), name="letter"),
    path("letters/<int:pk>/letter.<str:form>", staff_only(letters.letter_file), name="letter_file"),
]
following_urls = [
    path("following/", everyone(following.following_page), name="following"),
    path("follow/", everyone(following.follow), name="follow"),
    path("views/keep/", everyone(following.view_keep), name="view_keep"),
    path("views/<int:pk>/remove/", everyone(following.view_remove), name="view_remove"),
    path("calendars/", everyone(calendars.feed_list), name="calendars"),
    path("calendars/<int:pk>/revoke/", everyone(calendars.feed_revoke), name="feed_revoke"),
    path("calendar/<str:secret>.ics", open_to_all(calendars.calendar, Eyes.OWNER), name="calendar"),
]
reminder_urls = [
    path("inbox/", everyone(inbox.inbox_page), name="inbox"),
    path("inbox/read/", everyone(inbox.inbox_read_all), name="inbox_read_all"),
    path("inbox/act/", everyone(inbox.inbox_act), name="inbox_act"),
    path("inbox/<int:pk>/", everyone(inbox.inbox_open), name="inbox_open"),
    path("r/<str:secret>/", open_to_all(reminder_answers.reminder_answer, Eyes.OWNER), name="reminder_answer"),
    path("reminders/", allow(*OVERSEERS)(reminders.reminder_plan), name="reminders"),
    path("agreements/<slug:ref>/reminders/", staff_only(reminders.agreement_reminders), name="agreement_reminders"),
]
period_urls = [
    path("periods/", staff_only(reviewing.period_list), name="frozen_periods"),
    path("periods/<int:pk>/", staff_only(reviewing.period_page), name="frozen_period"),
    path("periods/<int:pk>/against/<int:other>/", staff_only(reviewing.period_compared), name="frozen_compared"),
    path("quality/", staff_only(reviewing.quality_page), name="quality"),
]
meeting_urls = [
    path("meetings/", staff_only(meeting.meeting_list), name="meetings"),
    path("meetings/<int:pk>/", staff_only(meeting.meeting), name="meeting"),
    path("meetings/<int:pk>/act/", desk_only(meeting.meeting_act), name="meeting_act"),
    path("meetings/<int:pk>/items/<int:number>/", staff_only(meeting.meeting_item), name="meeting_item"),
]
urlpatterns = [
    *export_urls,
    *import_urls,
    *briefing_urls,
    *following_urls,
    *reminder_urls,
    *agreement_urls,
    *sharing_urls,
    *amendment_urls,
    *procedure_urls,
    *commitment_urls,
    *action_item_urls,
    *reporting_urls,
    *document_urls,
    *partner_pages,
    *period_urls,
    *meeting_urls,
    path("oversight/", allow(*OVERSEERS)(overview.overview), name="oversight"),
    path("steps/<int:pk>/undo/", desk_only(acts.undo), name="undo"),
    path("dates/in-words/", everyone(agreement_lists.date_in_words), name="date_in_words"),
]
