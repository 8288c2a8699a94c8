"""What a careful project with DRF sets: a pool of connections, no more than it needs."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

import django_stubs_ext

django_stubs_ext.monkeypatch()
_at = urlsplit(os.environ["PEER_DATABASE"])
SECRET_KEY = "measured"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.measure.bench.peer.urls"
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django_filters", "rest_framework", "tests.measure.bench.peer",
]  # fmt: skip
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
]  # fmt: skip
_SHOWN = ("django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
          "django.contrib.messages.context_processors.messages")  # fmt: skip
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": list(_SHOWN)},
}]  # fmt: skip
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": _at.path.strip("/"), "HOST": _at.hostname or "",
        "PORT": str(_at.port or ""), "USER": unquote(_at.username or ""), "PASSWORD": unquote(_at.password or ""),
        "OPTIONS": {"pool": {"min_size": 2, "max_size": 8}, "options": "-c search_path=by_hand"},
    }
}  # fmt: skip
STATIC_URL = "static/"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
