from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = _("Agreements")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # There are no models before.
        from agreements.commitments.rules import acts, amending, deadlines, fates  # noqa: PLC0415
        from agreements.register.models import Agreement, authorship  # noqa: PLC0415
        from agreements.register.rules import amendments, lifecycle, steps  # noqa: PLC0415

        authorship.note_everywhere()
        # What stands below is given what stands above it.
        for room, rooms in ((amending, amendments.ROWS), (fates, lifecycle.AT_THE_END)):
            if room not in rooms:
                rooms.append(room)
        post_save.connect(deadlines.recount, sender=Agreement, dispatch_uid="recount deadlines")
        steps.changed.connect(acts.follow)
