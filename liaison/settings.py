"""Settings, all of them from the environment or a `.env` file beside `manage.py`.

Nothing secret has a default, and a value that can not be read stops the start with a sentence that names it.
The embedded set-up (SQLite, SqliteHuey) needs SECRET_KEY alone; DATABASE_URL and REDIS_URL grow it up.
See docs/operations.md for every variable.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def read(kind: Callable[..., Any], name: str, default: Any) -> Any:
    """The variable as one of env's readers reads it."""
    try:
        return kind(name, default=default)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} can not be read: {error}") from error


def count(name: str, default: int, *, least: int = 1) -> int:
    """How many; fewer than `least` make no sense."""
    value = read(env.int, name, default)
    if value < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {value}.")
    return value


def flag(name: str) -> bool:
    """True or false; env.bool would take any other word for false."""
    value = env.str(name, default="false").strip().lower()
    if value not in {*env.BOOLEAN_TRUE_STRINGS, "false", "off", "no", "n", "0", ""}:
        raise ImproperlyConfigured(f"{name} is either true or false, not {value!r}.")
    return value in env.BOOLEAN_TRUE_STRINGS


def database(default: str) -> dict[str, Any]:
    config = read(env.db, "DATABASE_URL", default)
    if not config.get("ENGINE"):
        raise ImproperlyConfigured(
            "DATABASE_URL must read like postgres://user:password@host/name or sqlite:////a/file."
        )
    return config


def time_zone() -> str:
    name = env.str("TIME_ZONE", default="Asia/Shanghai")
    try:
        ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise ImproperlyConfigured(
            f"TIME_ZONE {name!r} is no time zone; one reads like Asia/Shanghai."
        ) from error
    return name


def secret(name: str) -> str:
    """A secret of at least 50 characters; there is none to fall back on."""
    value = env.str(name, default="")
    if len(value) < 50:
        raise ImproperlyConfigured(
            f"Set {name} to at least 50 random characters, in the environment or in .env (`make setup` writes one)."
        )
    return value


def base_url() -> str:
    """Where officers find the site; decides links, cookie security and the domain of calendar event ids."""
    value = env.str("BASE_URL", default="http://localhost:8000" if DEBUG else "https://localhost").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ImproperlyConfigured(f"BASE_URL must read like https://liaison.example, not {value!r}.")
    return value


def gateway_url() -> str:
    """An apprise URL with one place for the officer's own address; empty: there is no gateway. Whether it can be read
    and where it leads is a check (schedules/checks.py), because the library takes a while to load."""
    value = env.str("GATEWAY_URL", default="")
    if value and value.count("{mobile}") + value.count("{account}") != 1:
        raise ImproperlyConfigured(
            "GATEWAY_URL must hold either {mobile} or {account} once, where the officer's number or account stands."
        )
    return value


# --- the installation ----------------------------------------------------------------------------------------

DEBUG = flag("DEBUG")
SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
BASE_URL = base_url()
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(BASE_URL).hostname, "localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

ROOT_URLCONF = "liaison.urls"
WSGI_APPLICATION = "liaison.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "liaison",
    "contacts",
    "schedules",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "liaison.assets.AssetsConfig",  # django.contrib.staticfiles
    "django_tables2",
    "django_filters",
    "django_htmx",
    "bootstrap",
    "axes",
    "csp",
    "huey.contrib.djhuey",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "liaison.middleware.own_password_first",
    "liaison.middleware.no_store",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "contacts.drafts.forget_what_is_sent",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# --- data: the database is the ledger, the queue only rings --------------------------------------------------

DATABASES = {"default": database(f"sqlite:///{DATA_DIR / 'liaison.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Immediate transactions queue writers up; deferred ones fail "locked" when a reader turns writer.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = read(env.int, "CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Its compiler spends a second on a long question that is answered in a tenth of one.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", f"-c jit=off {env.str('PGOPTIONS', default='')}".rstrip()
    )

REDIS_URL = env.str("REDIS_URL", default="")
HUEY = {
    "name": "liaison",
    "results": False,
    "immediate": False,  # said aloud: left out, it would follow DEBUG
    "consumer": {  # threads: orphans of a killed process pool would go on consuming
        "worker_type": "thread",
        "workers": 4 if REDIS_URL else 2,
        "max_delay": 1,
        "graceful_signal": "TERM",
        "shutdown_timeout": 55 if REDIS_URL else 25,
    },
    **(
        {"huey_class": "huey.RedisHuey", "url": REDIS_URL}
        if REDIS_URL
        else {"huey_class": "huey.SqliteHuey", "filename": str(DATA_DIR / "queue.sqlite3")}
    ),
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# --- who may come in -----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "contacts.Officer"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "contacts.backends.OfficerBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ["police_number", "name", "pinyin", "email"]}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

AXES_FAILURE_LIMIT = read(env.int, "SIGN_IN_FAILURES", 5)
AXES_COOLOFF_TIME = 0.25  # hours
# Its default is the model's field, and then no attempt would have a name.
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has it
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health\.json$"]  # a monitor on this machine asks the server itself
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
# A bureau's other hosts are not ours to bind to HTTPS, so neither subdomains nor the browsers' preload list.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's select arrows and check marks are data: images
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Sealed reports are encrypted with a key made of both this and SECRET_KEY (R13). Of several the first seals and all open:
# `manage.py reseal` brings what is there under the first.
SALT_KEY = env.list("CONDUCT_KEY", default=[]) or [SECRET_KEY]
CONDUCT_CONSENT_DAYS = read(env.int, "CONDUCT_CONSENT_DAYS", 14)  # for so long a source may be opened

# --- language and time ---------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "liaison" / "locale"]
TIME_ZONE = time_zone()
USE_TZ = True
FORMAT_MODULE_PATH = ["liaison.formats"]

# --- pages ---------------------------------------------------------------------------------------------------

DJANGO_TABLES2_TEMPLATE = "includes/table.html"

# --- files ---------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "liaison.storage.WholeFiles"},
    "staticfiles": {"BACKEND": "liaison.assets.AssetStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = Path(
    env.str("UPLOADS_DIR", default=str(DATA_DIR / "uploads"))
).resolve()  # never served; views that check access stream from it
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
ATTACHMENT_MAX_BYTES = read(env.int, "ATTACHMENT_MAX_MB", 10) * 1024 * 1024  # of a file with feedback
IMPORT_KEPT_DAYS = read(
    env.int, "IMPORT_KEPT_DAYS", 90
)  # an imported workbook, with what was to be mended in it

DRAFT_KEPT_DAYS = read(env.int, "DRAFT_KEPT_DAYS", 14)  # what somebody began to type and never sent

# --- mail ----------------------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="")
EMAIL_ENABLED = bool(EMAIL_URL)  # without an address to send through, the inbox is the only channel
if EMAIL_ENABLED:
    vars().update(read(env.email_url, "EMAIL_URL", ""))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"liaison@{urlsplit(BASE_URL).hostname}")

# --- one chat or SMS gateway ---------------------------------------------------------------------------------

GATEWAY_URL = gateway_url()
GATEWAY_NAME = env.str("GATEWAY_NAME", default="")  # what people call it; empty: chat or SMS
GATEWAY_HOSTS = env.list("GATEWAY_HOSTS", default=[])
if GATEWAY_URL and not GATEWAY_HOSTS:
    raise ImproperlyConfigured(
        "GATEWAY_HOSTS must name the hosts that GATEWAY_URL may reach, with commas between."
    )

# --- the engine's settings -----------------------------------------------------------------------------------

PLANNING_HORIZON_DAYS = read(env.int, "PLANNING_HORIZON_DAYS", 183)  # R4a
DIGEST_FREEZE_WORKING_DAYS = read(env.int, "DIGEST_FREEZE_WORKING_DAYS", 3)
DIGEST_AHEAD_WORKING_DAYS = read(env.int, "DIGEST_AHEAD_WORKING_DAYS", 5)
NOTICE_HOURS = (8, 20)  # R10, local time, half-open
# So that contacts needs no word of schedules.
FEEDBACK_CLOCK = "schedules.clocks.reckon"
LAST_WORKDAY = "schedules.clocks.last_workday"
PEOPLE_FOLLOWER = "schedules.following"
# How long feedback's clocks run, and what that rests on (R12): working days for an oral opinion and for the return of a
# wrong assignment, months for a formal suggestion or proposal.
CLOCK_LENGTHS = {
    "oral": read(env.int, "ORAL_OPINION_WORKING_DAYS", 15),
    "formal": read(env.int, "FORMAL_SUGGESTION_MONTHS", 3),
    "extended": read(env.int, "EXTENDED_SUGGESTION_MONTHS", 6),
    "return": read(env.int, "RETURN_WORKING_DAYS", 5),
    "rating": read(env.int, "RATING_WORKING_DAYS", 10),
}
_FORMAL_BASIS = env.str("FORMAL_SUGGESTION_BASIS", default="") or _(
    "Law on Deputies to the People's Congresses: answered within three months of being assigned, within six where the "
    "matter is wide or difficult."
)
CLOCK_BASES = {
    "oral": env.str("ORAL_OPINION_BASIS", default="")
    or _("The bureau's own rule for opinions given orally."),
    "formal": _FORMAL_BASIS,
    "extended": _FORMAL_BASIS,
    "return": env.str("RETURN_BASIS", default="") or _("The bureau's own rule for assignments."),
    "rating": env.str("RATING_BASIS", default="")
    or _("The bureau's own rule for asking how satisfied people are."),
}

# --- asking whether contacts took place ----------------------------------------------------------------------

CALL_BACKS_PER_UNIT = count("CALL_BACKS_PER_UNIT", 2, least=0)  # drawn for each unit and month
# From how many contacts of one officer on a pattern needs a question (contacts.patterns.Limits).
PATTERNS = {
    "burst": count("PATTERN_BURST_CONTACTS", 10),
    "burst_minutes": count("PATTERN_BURST_MINUTES", 10),
    "repeat": count("PATTERN_REPEATED_SENTENCES", 15),
    "evening": count("PATTERN_LAST_EVENING_CONTACTS", 10),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_secrets": {"()": "liaison.logs.WithoutSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # The worker would add a handler of its own, and two lines a minute say nothing that its heartbeat does not.
    "loggers": {
        "huey": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "axes": {"level": "WARNING"},  # three lines a sign-in; the audit trail has it
        "apprise": {"level": "ERROR"},  # what came of a message is written down with it
        "weasyprint": {"level": "WARNING"},  # a line for every step of a PDF
        "fontTools": {"level": "WARNING"},
    },
}
