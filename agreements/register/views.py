"""The register's list, and the acts on one agreement."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from agreements.dateinput import words_of
from agreements.dates import UnreadableDate, read
from agreements.register import chart, discussing, facets, following, keeping, lifecycle, undoing
from agreements.register.columns import AGREEMENT_COLUMNS, with_columns
from agreements.register.filters import AgreementFilter, choices_for, organisation_named
from agreements.register.forms import ActForm, CommentForm, NoteForm, ReasonForm
from agreements.register.models import Agreement, Comment, SavedView, Step
from agreements.register.similar import similar
from agreements.register.timeline import span_of
from partners.columns import chosen as columns_chosen
from partners.columns import open_to
from partners.paging import PAGE, Order, address_of_view, page_of
from partners.picking import called
from partners.refusals import Refused
from partners.viewers import DESK_STAFF

NEWEST_FIRST = Order("signed_on", descending=True, is_date=True)
SORTS = {
    "": NEWEST_FIRST, "oldest": Order("signed_on", is_date=True), "expires": Order("expires_on", is_date=True),
    "ref": Order("ref"),
}  # fmt: skip
NO_FILTERS = ("after", "sort", "columns", "view")
VIEWS = {"list": gettext_lazy("List"), "timeline": gettext_lazy("Timeline")}


def say_problems(request: HttpRequest, *forms: object) -> None:
    """Turn a small form's errors into messages, for acts that return to their page."""
    for form in forms:
        for name, problems in form.errors.items():  # type: ignore[attr-defined]
            label = form.fields[name].label if name in form.fields else ""  # type: ignore[attr-defined]
            messages.error(request, f"{label}: {' '.join(problems)}" if label else " ".join(problems))


@require_GET
def agreement_list(request: HttpRequest) -> HttpResponse:
    viewer = request.viewer
    chosen = AgreementFilter(request.GET, Agreement.objects.visible_to(viewer), viewer=viewer)
    # A partner may not sort by what a share may hold back.
    sort = request.GET.get("sort", "") if viewer.is_staff else ""
    offered = open_to(viewer, Agreement, AGREEMENT_COLUMNS)
    view = request.GET.get("view", "list")
    size = chart.MOST_BARS if view == "timeline" else PAGE
    page = page_of(with_columns(chosen.qs), SORTS.get(sort, NEWEST_FIRST), request.GET.get("after", ""), size=size)
    facts = {
        "filter": chosen,
        "page": page,
        "view": view if view in VIEWS else "list",
        "views": [(name, label, address_of_view(request.GET, name)) for name, label in VIEWS.items()],
        "counts": None if page.count_is_capped else facets.counts(request.GET, viewer),
        "sort": sort,
        "offered": offered,
        "columns": columns_chosen(request.GET.getlist("columns"), offered),
        "choices": choices_for(viewer),
        "organisation": organisation_named(request.GET.get("organisation", ""), viewer),
        "query": request.GET.urlencode(),
        "may_take_back": request.session.get("given", {}).get("until", 0) > timezone.now().timestamp(),
        "keepers": keeping.colleagues(viewer) if viewer.role in DESK_STAFF and not viewer.read_only else (),
        "is_filtered": any(value for name, value in request.GET.items() if name not in NO_FILTERS),
        **following.kept_lists(viewer, SavedView.Page.AGREEMENTS, request.GET.urlencode()),
    }
    if view == "timeline":
        facts["chart"] = chart.timeline((span_of(row, viewer.on) for row in page.rows), viewer.on)
        facts["chart_says"] = _("Bars run to the end of the term; one without an end runs on. The red line is today.")
    part = "_agreement_list.html" if request.htmx else "agreement_list.html"
    return render(request, f"agreements/register/{part}", facts)


def act(request: HttpRequest, ref: str, name: str) -> HttpResponse:
    """Do one transition; a refusal returns to the page with its reason and what was typed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    transition = lifecycle.TRANSITIONS.get(name)
    if transition is None:
        messages.error(request, _("There is no act called “%(name)s”.") % {"name": name})
        return redirect(agreement)
    papers = agreement.documents.visible_to(viewer)
    form = ActForm(request.POST, transition=transition, papers=papers, viewer=viewer)
    if form.is_valid():
        try:
            step = lifecycle.perform(name, agreement, by=viewer, facts=form.facts(viewer))
        except Refused as no:
            form.add_error(None, no.reason)
        else:
            messages.success(request, _("%(ref)s: %(act)s.") % {"ref": ref, "act": transition.past})
            offer_undo(request, step)
            visible = Agreement.objects.visible_to(viewer).filter(pk=step.agreement_id).exists()
            return redirect(agreement) if visible else redirect("agreements")
    say_problems(request, form)
    typed = {field: value for field, value in request.POST.items() if field in form.fields and value}
    request.session["kept_act"] = {"ref": ref, "name": name, "typed": typed}
    return redirect(agreement)


def offer_undo(request: HttpRequest, step: Step) -> None:
    """Keep an Undo button on the next pages, for as long as the act can be taken back."""
    if undoing.may_undo(step, request.viewer, at=timezone.now()) is None:
        until = step.at + timedelta(minutes=undoing.UNDO_MINUTES)
        ref = step.agreement.ref
        request.session["undoable"] = {"step": step.pk, "ref": ref, "name": step.name, "until": until.timestamp()}


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own act back."""
    step = Step.objects.select_related("agreement").get_visible(request.viewer, pk=pk)
    request.session.pop("undoable", None)
    try:
        undoing.undo(step, by=request.viewer, at=timezone.now())
        messages.success(request, _("%(ref)s is as it was before.") % {"ref": step.agreement.ref})
    except Refused as no:
        messages.error(request, no.reason)
    visible = Agreement.objects.visible_to(request.viewer).filter(pk=step.agreement_id).exists()
    return redirect(step.agreement) if visible else redirect("agreements")


@require_POST
def rectify(request: HttpRequest, ref: str) -> HttpResponse:
    """Correct the last legal act by a new entry."""
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            undoing.rectify(agreement, by=request.viewer, reason=form.cleaned_data["reason"])
            messages.success(request, _("%(ref)s is corrected; both entries stay in the timeline.") % {"ref": ref})
        except Refused as no:
            messages.error(request, no.reason)
    say_problems(request, form)
    return redirect(agreement)


@require_POST
def archive(request: HttpRequest, ref: str) -> HttpResponse:
    """Take an agreement out of sight, with a reason."""
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            step = undoing.archive(agreement, by=request.viewer, reason=form.cleaned_data["reason"])
        except Refused as no:
            messages.error(request, no.reason)
        else:
            messages.success(request, _("%(ref)s is archived.") % {"ref": ref})
            offer_undo(request, step)
            return redirect("agreements")
    say_problems(request, form)
    return redirect(agreement)


@require_POST
def comment(request: HttpRequest, ref: str) -> HttpResponse:
    """Say something, or answer; `answers` names the comment that is answered."""
    viewer = request.viewer
    agreement = Agreement.objects.get_visible(viewer, ref=ref)
    answers = request.POST.get("answers", "")
    first = Comment.objects.get_visible(viewer, agreement=agreement, pk=answers) if answers.isdigit() else None
    form = CommentForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            said = discussing.say(agreement, text, by=viewer, answers=first)
        except Refused as no:
            messages.error(request, no.reason)
        else:
            if strangers := discussing.unknown_mentions(text, list(said.mentions.all())):
                names = ", ".join(strangers)
                messages.warning(request, _("Not told, as nobody of that name sees this: %(names)s") % {"names": names})
    say_problems(request, form)
    return redirect(f"{agreement.get_absolute_url()}#comments")


@require_POST
def resolve_comment(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Close a thread, or open it again."""
    said = Comment.objects.select_related("agreement").get_visible(request.viewer, agreement__ref=ref, pk=pk)
    try:
        discussing.resolve(said, by=request.viewer, is_resolved=request.POST.get("resolved") != "no")
    except Refused as no:
        messages.error(request, no.reason)
    return redirect(f"{said.agreement.get_absolute_url()}#comments")


@require_POST
def add_note(request: HttpRequest, ref: str) -> HttpResponse:
    agreement = Agreement.objects.get_visible(request.viewer, ref=ref)
    form = NoteForm(request.POST)
    form.instance.agreement = agreement
    if form.is_valid():
        form.instance.stamp(request.viewer)
        form.save()
    say_problems(request, form)
    return redirect(agreement)


@require_GET
def similar_agreements(request: HttpRequest) -> HttpResponse:
    """What resembles the agreement that is being typed; the form's own fields are the question."""
    asked = request.GET
    names = [value for name, value in asked.items() if name.endswith("-organisation") and value.strip()][:6]
    known = [found for name in names if (found := called(name, request.viewer))]
    try:
        signed = read(asked.get("signed", "")) if asked.get("signed", "").strip() else None
    except UnreadableDate:
        signed = None
    home = settings.HOME_COUNTRY
    partners = [one for one in known if not one.country or one.country.code != home]
    titles = [asked.get("title_vi", ""), asked.get("title_en", "")]
    rows = similar(request.viewer, titles, partners=partners, signed=signed, exclude=asked.get("ref", ""))
    return render(request, "agreements/register/_similar.html", {"agreements": rows})


@require_GET
def date_in_words(request: HttpRequest) -> HttpResponse:
    """The echo below a date box; the box sends its own name, so the first value is the text."""
    text = next((value for value in request.GET.values() if value), "")
    return HttpResponse(words_of(text), content_type="text/plain; charset=utf-8")
