"""The heartbeat, for people and for monitors."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from agreements.vocabulary import SendState
from partners.requests import Request
from tracker.heartbeat import hearing


@require_GET
def heartbeat(request: Request) -> HttpResponse:
    health = hearing.listen(at=timezone.now())
    states = [(SendState(name), count) for name, count in health.states.items()]
    return render(request, "tracker/heartbeat/heartbeat.html", {"health": health, "states": states})


@require_safe
def heartbeat_check(request: HttpRequest) -> JsonResponse:
    """200 while every queue is heard and no reminder is late, else 503 naming what is silent."""
    health = hearing.listen(at=timezone.now())
    facts = {queue.queue: not queue.is_silent for queue in health.queues} | {"reminders": not health.is_late}
    return JsonResponse(facts, status=200 if health.is_well else 503)
