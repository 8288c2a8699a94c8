"""Pages for what went wrong, each saying what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tracker.door import API, REASONS, problem, refuse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The session changed since the form was opened; the typed text is given back to copy."""
    hidden = {"csrfmiddlewaretoken", "password", "login"}
    kept = {name: value for name, value in request.POST.items() if name not in hidden and str(value).strip()}
    return render(request, "403_csrf.html", {"kept": kept}, status=403)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What the door let through and a page cannot read."""
    return refuse(request, str(exception) if str(exception) in REASONS else "")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same page for what is hidden and for what does not exist."""
    if request.path.startswith(API):
        return problem(404, _("There is nothing here."))
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Drawn without the request, whose session may be what is broken."""
    return HttpResponse(render_to_string("500.html"), status=500)
