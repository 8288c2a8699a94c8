from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = _("Agreements")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agreements.commitments.rules import acts  # noqa: PLC0415  (there are no models before)
        from agreements.register.models import authorship  # noqa: PLC0415
        from agreements.register.rules import steps  # noqa: PLC0415

        authorship.note_everywhere()
        from agreements.commitments.rules import amending, deadlines  # noqa: PLC0415
        from agreements.register.models import Agreement  # noqa: PLC0415
        from agreements.register.rules import amendments  # noqa: PLC0415

        if amending not in amendments.ROWS:
            amendments.ROWS.append(amending)
        post_save.connect(deadlines.recount, sender=Agreement, dispatch_uid="recount deadlines")
        steps.changed.connect(acts.follow)
        import_module("agreements.commitments.rules.fates")  # it gives itself to the lifecycle
