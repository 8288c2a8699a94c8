from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = _("Agreements")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agreements.register.models import authorship  # noqa: PLC0415  (there are no models before)

        authorship.note_everywhere()
        import_module("agreements.commitments.rules.fates")  # it gives itself to the lifecycle
