"""When each queue was last heard: proof that the scheduler, the broker and a worker are alive together."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """One row for each queue. The scheduler rings, the queue's worker writes the moment."""

    queue = models.CharField(_("queue"), max_length=20, primary_key=True)
    at = models.DateTimeField(_("last heard"))

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")

    def __str__(self) -> str:
        return f"{self.queue} {self.at:%H:%M:%S}"
