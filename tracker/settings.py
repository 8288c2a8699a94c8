"""Settings, all from the environment. A wrong or missing value stops the start with one clear line."""

from __future__ import annotations

import ipaddress
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tracker.database.address import read_address
from tracker.describing import DESCRIPTION
from tracker.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
django_stubs_ext.monkeypatch()  # lets Django's classes name their model as the types do: ModelForm[Person]


def is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


# --- Where it runs -------------------------------------------------------------------------------------------------
DEMO = env.bool("DEMO", default=False)  # a demonstration on one machine: known sign-ins, mails shown on a page
DEBUG = env.bool("DEBUG", default=False)
env.refuse_missing(demo=DEMO)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
# How many proxies of our own stand in front; each adds to X-Forwarded-For whom it saw. 0: nobody is believed.
PROXY_COUNT = env.int("PROXY_COUNT", default=int(env.bool("BEHIND_PROXY", default=False)))
HOME_COUNTRY = env.str("HOME_COUNTRY", default="VN")
REPORTING_CURRENCY = env.str("REPORTING_CURRENCY", default="USD")  # in which sums of several currencies are added up
PLACES_LABEL = {"vi": env.str("PLACES_LABEL_VI", default=""), "en": env.str("PLACES_LABEL_EN", default="")}
LOCAL = is_loopback(urlsplit(BASE_URL).hostname)
# The container's own health check asks by this name; links in pages and mails never do.
ALLOWED_HOSTS += [] if "127.0.0.1" in ALLOWED_HOSTS else ["127.0.0.1"]

if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 32 characters.")
if PROXY_COUNT < 0:
    raise ImproperlyConfigured("PROXY_COUNT is the number of proxies in front: 0 or more.")
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
    "tracker.tracing.Traced",
    "tracker.middleware.KeptByNobody",
    "tracker.middleware.ForMonitors",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "tracker.door.Door",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tracker.middleware.WhoActs",
    "tracker.middleware.Attempted",
    "tracker.middleware.ForgetDrafts",
    "tracker.middleware.StaffSecondFactor",
    "tracker.sent_once.SentOnce",
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
# Who serves the pages owns no table; who owns them only brings the database to a version. See decision 21.
APPLICATION = read_address(env, "DATABASE_URL", "DATABASE_PASSWORD")
DATABASE_OWNER = read_address(env, "DATABASE_OWNER_URL", "DATABASE_OWNER_PASSWORD")
assert APPLICATION  # it is needed
if DATABASE_OWNER and DATABASE_OWNER["NAME"] != APPLICATION["NAME"]:
    raise ImproperlyConfigured("DATABASE_URL and DATABASE_OWNER_URL name two databases.")
if DATABASE_OWNER and DATABASE_OWNER["USER"] == APPLICATION["USER"]:
    raise ImproperlyConfigured("DATABASE_URL and DATABASE_OWNER_URL name one role: the application must own nothing.")
DATABASES = {"default": APPLICATION}
DATABASES["default"] |= {"CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60), "CONN_HEALTH_CHECKS": True}
# A cursor that outlives its transaction is lost behind PgBouncer; see `partners.statements.streamed`.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# How long PostgreSQL works for one request, waits for a lock, and keeps a transaction in which nothing happens. Only
# processes that answer pages have these limits (`tracker.wsgi` names them so); 0 is none, as PgBouncer needs it.
PROCESS = env.str("PROCESS", default="")
LIMITS = {
    "statement_timeout": env.int("WEB_STATEMENT_SECONDS", default=20),
    "lock_timeout": env.int("WEB_LOCK_SECONDS", default=10),
    "idle_in_transaction_session_timeout": env.int("WEB_IDLE_SECONDS", default=60),
}  # seconds
if any(seconds < 0 for seconds in LIMITS.values()):
    raise ImproperlyConfigured("WEB_STATEMENT_SECONDS, WEB_LOCK_SECONDS and WEB_IDLE_SECONDS are 0 or more.")
if PROCESS == "web" and any(LIMITS.values()):
    given = DATABASES["default"]["OPTIONS"].get("options", "")
    limits = " ".join(f"-c {name}={seconds}s" for name, seconds in LIMITS.items() if seconds)
    DATABASES["default"]["OPTIONS"]["options"] = f"{given} {limits}".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_APPEND_ONLY = True
# The history is sealed with the first of these keys; older ones still prove older seals.
HISTORY_KEYS = env.list("HISTORY_KEYS", default=[]) or [f"history {SECRET_KEY}"]
if len(set(HISTORY_KEYS)) < len(HISTORY_KEYS):
    raise ImproperlyConfigured("HISTORY_KEYS holds a key twice.")
if any(len(key) < 32 for key in HISTORY_KEYS):
    raise ImproperlyConfigured("HISTORY_KEYS holds a key shorter than 32 characters.")
SEAL_SECONDS = env.int("SEAL_SECONDS", default=60)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = env.address("CELERY_BROKER_URL", "CELERY_BROKER_PASSWORD")
if CELERY_BROKER_URL.startswith("redis"):
    # What is kept for a minute is then kept for all processes.
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CELERY_BROKER_URL,
    }  # fmt: skip
if env.str("CACHE_URL", default=""):
    CACHES["default"] = env.cache_url("CACHE_URL")

# --- Work in the background ----------------------------------------------------------------------------------------
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
EMAIL_CONFIG = env.email_url_config(env.address("EMAIL_URL", "EMAIL_PASSWORD", default="smtp://127.0.0.1:25"))
if EMAIL_CONFIG["EMAIL_HOST_PASSWORD"] and not (
    EMAIL_CONFIG.get("EMAIL_USE_TLS") or EMAIL_CONFIG.get("EMAIL_USE_SSL") or is_loopback(EMAIL_CONFIG["EMAIL_HOST"])
):
    raise ImproperlyConfigured("EMAIL_URL would send its password in clear: begin it with smtp+tls:// or smtp+ssl://")
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
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{urlsplit(BASE_URL).netloc}] "
# The library's limits count in a cache, lock accounts, and let bursts through: `partners.attempts` counts instead.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_FORMS = {
    "change_password": "tracker.account_forms.ChangePasswordForm",
    "reset_password": "tracker.account_forms.ResetPasswordForm",
}
MFA_ADAPTER = "tracker.accounts.FactorAdapter"
MFA_FORMS = {
    "authenticate": "tracker.account_forms.AuthenticateForm",
    "reauthenticate": "tracker.account_forms.ReauthenticateForm",
}
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
FILE_ROLES = env.list("FILE_ROLES", default=["officer", "manager", "partner"])
if unknown := set(FILE_ROLES) - {"officer", "manager", "auditor", "partner", "operator"}:
    raise ImproperlyConfigured(f"FILE_ROLES names roles that there are not: {', '.join(sorted(unknown))}")
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
# The last seals, noted outside the database; a file elsewhere than on its machine serves better.
ANCHOR_FILE = env.str("ANCHOR_FILE", default=str(Path(MEDIA_ROOT) / "history.anchor"))
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
CLAMD = env.str("CLAMD", default="")  # tcp://host:3310 or unix:///path; without it nothing is scanned
if CLAMD and not CLAMD.startswith(("tcp://", "unix://")):
    raise ImproperlyConfigured(f"CLAMD must begin with tcp:// or unix://, and is {CLAMD}")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # 60 participants and 60 commitments on one form are some 1,500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
JSON_MAX_BYTES = env.int("JSON_MAX_BYTES", default=1024 * 1024)

# --- Browser -------------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
# A cookie of this name is taken from this host alone and over TLS alone; browsers refuse it on plain HTTP.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, DEVICE_COOKIE_NAME = (
    f"{'__Host-' if SESSION_COOKIE_SECURE else ''}{name}" for name in ("sessionid", "csrftoken", "device")
)
SESSION_ENGINE = "partners.models.credentials"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=10) * 3600  # at most, however busy
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
if SESSION_COOKIE_AGE <= 0 or SESSION_IDLE_MINUTES <= 0:
    raise ImproperlyConfigured("SESSION_HOURS and SESSION_IDLE_MINUTES must be more than 0.")
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "tracker.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
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
    "DEFAULT_PARSER_CLASSES": ["partners.parsing.BoundedJSON"],
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "partners.schema.Described",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "partners.problems.explain",
    "DEFAULT_THROTTLE_CLASSES": ["partners.throttling.PerKey"],
}
API_PER_MINUTE = env.int("API_PER_MINUTE", default=600)  # requests of one key
if API_PER_MINUTE <= 0:
    raise ImproperlyConfigured("API_PER_MINUTE must be more than 0.")
API_SCHEMA_IS_PUBLIC = env.bool("API_SCHEMA_IS_PUBLIC", default=DEMO)  # whether /api/schema/ needs no sign-in
CHECK_STATEMENTS = 0  # tests: of each kept text the first so many answers, then each so-manieth, are compared; 0: none
# The description tells of no record; a ministry may still show it to its own people alone.
SCHEMA_READERS = "rest_framework.permissions.AllowAny" if API_SCHEMA_IS_PUBLIC else "partners.permissions.KnownViewer"
SPECTACULAR_SETTINGS = DESCRIPTION | {"SERVE_PERMISSIONS": [SCHEMA_READERS]}

# --- Logs ----------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "tracker.logs.formatter", "readable": DEMO}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Django's own handlers write lines of another kind, past what masks secrets.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True, "level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
