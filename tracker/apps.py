import importlib

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class TrackerConfig(AppConfig):
    name = "tracker"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        importlib.import_module("tracker.surfaces")  # which registers its check


class AdminConfig(DjangoAdminConfig):
    """The operator's admin, behind the site's own sign-in and second factor."""

    default_site = "tracker.admin_site.OperatorSite"
