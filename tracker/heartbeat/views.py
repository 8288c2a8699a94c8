"""The heartbeat, for people and for monitors."""

from __future__ import annotations

from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from agreements.jobs import outages, queues
from partners.requests import Request
from tracker import health as servers
from tracker.heartbeat import hearing


@require_GET
def heartbeat(request: Request) -> HttpResponse:
    health = hearing.listen(at=timezone.now())
    context = {"health": health, "states": hearing.states(), "set_aside": hearing.set_aside()}
    return render(request, "tracker/heartbeat/heartbeat.html", context)


@require_POST
def try_again(request: Request, pk: int) -> HttpResponse:
    """Have an item that was set aside tried at the next ring of the bell."""
    if not queues.try_again(pk):
        raise Http404
    messages.success(request, _("It is tried again within a minute."))
    return redirect("pulse")


@require_POST
def try_servers(request: Request) -> HttpResponse:
    """Have the servers that are away tried at the next ring of the bell."""
    outages.try_now()
    messages.success(request, _("It is tried again within a minute."))
    return redirect("pulse")


@require_safe
def heartbeat_check(request: HttpRequest) -> JsonResponse:
    """200 while all is well, else 503 naming what is silent, late, failing, set aside or away. Never a page."""
    try:
        health = hearing.listen(at=timezone.now())
    except DatabaseError:
        facts = {"database": False, "broker": servers.broker_answers(), "problems": ["database away"]}
        return JsonResponse(facts, status=503)
    problems, has_broker = health.problems(), servers.broker_answers()
    if not has_broker:
        problems.insert(0, "broker away")
    return JsonResponse(
        {queue.queue: not queue.is_silent for queue in health.queues}
        | {"reminders": not health.is_late, "database": True, "broker": has_broker}
        | {"jobs": {job.run.name: job.is_well for job in health.jobs}, "set_aside": health.set_aside}
        | {"away": {one.server: one.since for one in health.outages}, "problems": problems},
        status=503 if problems else 200,
    )
