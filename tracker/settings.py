"""Settings, all from the environment. A wrong or missing value stops the start with one clear line."""

from __future__ import annotations

import ipaddress
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
django_stubs_ext.monkeypatch()  # lets Django's classes name their model as the types do: ModelForm[Person]


def need(name: str, meaning: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {meaning}")
    return value


def is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


# --- Where it runs -------------------------------------------------------------------------------------------------
DEMO = env.bool("DEMO", default=False)  # a demonstration on one machine: known sign-ins, mails shown on a page
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = need("SECRET_KEY", "a long random text that signs sessions; keep it secret")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
HOME_COUNTRY = env.str("HOME_COUNTRY", default="VN")
REPORTING_CURRENCY = env.str("REPORTING_CURRENCY", default="USD")  # in which sums of several currencies are added up
PLACES_LABEL = {language: env.str(f"PLACES_LABEL_{language.upper()}", default="") for language in ("vi", "en")}
LOCAL = is_loopback(urlsplit(BASE_URL).hostname)
# The container's own health check asks by this name; links in pages and mails never do.
ALLOWED_HOSTS += [] if "127.0.0.1" in ALLOWED_HOSTS else ["127.0.0.1"]

if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 32 characters.")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts; '*' would let anyone choose the address in mails.")
if not BASE_URL.startswith("https://") and not LOCAL:
    raise ImproperlyConfigured(f"BASE_URL must begin with https:// outside this machine, and is {BASE_URL}")
if DEMO and not LOCAL:
    raise ImproperlyConfigured("DEMO has sign-ins with a known password: it works on localhost only.")
if DEBUG and not LOCAL:
    raise ImproperlyConfigured("DEBUG shows the program's insides to every visitor: it works on localhost only.")

# --- What it is made of --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "tracker.apps.TrackerConfig",
    "agreements.apps.AgreementsConfig",
    "partners.apps.PartnersConfig",
    "tracker.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.forms",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "tracker.middleware.KeptByNobody",
    "tracker.middleware.ForMonitors",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "tracker.middleware.RefuseNul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tracker.middleware.WhoActs",
    "tracker.middleware.ForgetDrafts",
    "tracker.middleware.StaffSecondFactor",
]
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "tracker" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tracker.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "partners.templatetags.words"],
        },
    }
]
FORM_RENDERER = "tracker.forms.Renderer"

# --- Data ----------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(need("DATABASE_URL", "postgres://user:password@host:5432/name"))}
DATABASES["default"] |= {"CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60), "CONN_HEALTH_CHECKS": True}
if not DATABASES["default"]["ENGINE"].endswith("postgresql"):
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: postgres://...")
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_APPEND_ONLY = True
# The history is sealed with the first of these keys; older ones still prove older seals.
HISTORY_KEYS = env.list("HISTORY_KEYS", default=[]) or [f"history {SECRET_KEY}"]
if any(len(key) < 32 for key in HISTORY_KEYS):
    raise ImproperlyConfigured("HISTORY_KEYS holds a key shorter than 32 characters.")
SEAL_SECONDS = env.int("SEAL_SECONDS", default=60)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if env.str("CELERY_BROKER_URL", default="").startswith("redis"):
    # Rate limits count across processes only in a shared cache.
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.str("CELERY_BROKER_URL"),
    }  # fmt: skip
if env.str("CACHE_URL", default=""):
    CACHES["default"] = env.cache_url("CACHE_URL")

# --- Work in the background ----------------------------------------------------------------------------------------
CELERY_BROKER_URL = need("CELERY_BROKER_URL", "redis://host:6379/0 or amqp://user:password@host:5672//")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270  # said to the item in hand, which is set aside; the rest goes on at the next ring
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 900, "unacked_restore_interval": 10, "unacked_restore_throttle": 1,
    }  # fmt: skip
DISPATCH_SECONDS = env.int("DISPATCH_SECONDS", default=10 if DEMO else 60)

# --- Mail ----------------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Agreements register <register@localhost.localdomain>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DOMAIN = parseaddr(DEFAULT_FROM_EMAIL)[1].partition("@")[2]
if not MAIL_DOMAIN:
    raise ImproperlyConfigured(f"MAIL_FROM holds no address: {DEFAULT_FROM_EMAIL}")
MAIL_LEASE_SECONDS = env.int("MAIL_LEASE_SECONDS", default=300)  # longer than any conversation with the server takes
MAIL_JOURNAL = env.str("MAIL_JOURNAL", default="")  # the mail server's log, or its folder of mails
MAIL_BOUNCES = env.str("MAIL_BOUNCES", default="")  # a Maildir into which mails that come back are delivered
MAIL_FOLDER = env.str("MAIL_FOLDER", default="")

# --- People --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_ADAPTER = "tracker.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # operators make accounts; nobody signs up
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
MFA_TOTP_ISSUER = env.str("MFA_ISSUER", default="Agreements register")
STAFF_NEED_SECOND_FACTOR = env.bool("STAFF_NEED_SECOND_FACTOR", default=not DEMO)
if not STAFF_NEED_SECOND_FACTOR and not LOCAL:
    raise ImproperlyConfigured("STAFF_NEED_SECOND_FACTOR may be off on localhost only.")
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "tracker.accounts.ResetTokens"  # noqa: S105  (a class)
API_KEY_ROLES = env.list("API_KEY_ROLES", default=["officer", "manager", "auditor", "partner"])
if unknown := set(API_KEY_ROLES) - {"officer", "manager", "auditor", "partner", "operator"}:
    raise ImproperlyConfigured(f"API_KEY_ROLES names roles that there are not: {', '.join(sorted(unknown))}")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

# --- Language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "tracker" / "locale", BASE_DIR / "tracker" / "locale_third_party"]
FORMAT_MODULE_PATH = ["tracker.formats"]
USE_I18N = USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Ho_Chi_Minh")

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = not env.bool("COLLECTED_STATIC", default=False)
STATIC_ROOT = None if WHITENOISE_USE_FINDERS else env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
CLAMD = env.str("CLAMD", default="")  # tcp://host:3310 or unix:///path; without it nothing is scanned
if CLAMD and not CLAMD.startswith(("tcp://", "unix://")):
    raise ImproperlyConfigured(f"CLAMD must begin with tcp:// or unix://, and is {CLAMD}")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Browser -------------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
# A cookie of this name is taken from this host alone and over TLS alone; browsers refuse it on plain HTTP.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    f"{'__Host-' if SESSION_COOKIE_SECURE else ''}{name}" for name in ("sessionid", "csrftoken")
)
SESSION_ENGINE = "partners.models.credentials"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=10) * 3600  # at most, however busy
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
if SESSION_COOKIE_AGE <= 0 or SESSION_IDLE_MINUTES <= 0:
    raise ImproperlyConfigured("SESSION_HOURS and SESSION_IDLE_MINUTES must be more than 0.")
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "tracker.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_SSL_REDIRECT = BASE_URL.startswith("https://")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^pulsez$"]
SECURE_HSTS_SECONDS = 31536000 if BASE_URL.startswith("https://") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- API -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "partners.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["partners.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "partners.viewsets.explain",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Agreements register API",
    "DESCRIPTION": "Agreements with partners, the commitments in them, countries and organisations. "
    "Every answer holds what the key's owner may see, and no more.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["partners.permissions.KnownViewer"],
    "SWAGGER_UI_DIST": "SIDECAR",
    # A link to each part would stand inside the button that opens it, out of the keyboard's reach.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "StageEnum": "agreements.vocabulary.Stage",
        "DeliveryEnum": "agreements.vocabulary.Delivery",
        "HealthEnum": "agreements.vocabulary.Health",
        "AgreementKindEnum": "agreements.vocabulary.Kind",
        "CommitmentKindEnum": "agreements.vocabulary.CommitmentKind",
        "OrganisationKindEnum": "partners.models.organisations.OrganisationKind",
    },
}

# --- Logs ----------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}
