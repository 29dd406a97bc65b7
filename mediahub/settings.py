"""All settings, in one file. What an operator may set comes from the environment."""

from __future__ import annotations

import math
import os
import re
import secrets
import tempfile
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


class _LoudEnv(environ.FileAwareEnv):  # type: ignore[misc]  # the library is untyped
    """Names the variable whose value makes no sense."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var}: {error}.") from error


env = _LoudEnv()


# --- Where things lie -------------------------------------------------------------------------

MEDIAHUB_DATA = Path(env.str("MEDIAHUB_DATA", str(BASE_DIR / "var"))).resolve()
try:
    MEDIAHUB_DATA.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"MEDIAHUB_DATA: {MEDIAHUB_DATA} cannot be made a folder ({error.strerror})."
    ) from error
MEDIAHUB_BASE_URL = env.str("MEDIAHUB_BASE_URL", "http://127.0.0.1:8000").rstrip("/")


def _own_secret_key(path: Path) -> str:
    """The install's own key, made once and never shown; two first starts agree on one."""
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
            draft.write(secrets.token_urlsafe(64))
        try:
            os.link(draft.name, path)  # fails, unlike a rename, when somebody was first
        except FileExistsError:
            pass
        finally:
            os.unlink(draft.name)
    return path.read_text().strip()


SECRET_KEY = env.str("MEDIAHUB_SECRET_KEY", "") or _own_secret_key(MEDIAHUB_DATA / "secret_key")

# Names under which clients of the VOD dialect may know this site, and sign for it
MEDIAHUB_VOD_HOSTS = env.list(
    "MEDIAHUB_VOD_HOSTS",
    default=["vod.tencentcloudapi.com", "vod.intl.tencentcloudapi.com", "vod.api.qcloud.com"],
)

DEBUG = env.bool("MEDIAHUB_DEBUG", False)
ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    urlsplit(MEDIAHUB_BASE_URL).hostname or "127.0.0.1",
    *env.list("MEDIAHUB_ALLOWED_HOSTS", default=[]),
    *MEDIAHUB_VOD_HOSTS,
]
_https = MEDIAHUB_BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [MEDIAHUB_BASE_URL]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked from beside it, without TLS
SECURE_HSTS_SECONDS = env.int("MEDIAHUB_HSTS_S", 30 * 24 * 3600) if _https else 0
# Whether a domain's other names are on HTTPS too, and for good, is for its owner to say
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# --- The application --------------------------------------------------------------------------

INSTALLED_APPS = [
    "snapshots.apps.SnapshotsConfig",
    "snapshots.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_q",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
]

MIDDLEWARE = [
    "snapshots.web.request_log.RequestLog",
    "snapshots.vod.middleware.RefusedCalls",  # before whatever looks at the host or the protocol
    "django.middleware.security.SecurityMiddleware",
    "snapshots.web.csp.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "snapshots.web.locale.ReadersLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "mediahub.urls"
WSGI_APPLICATION = "mediahub.wsgi.application"

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
            ],
        },
    },
]

# --- Database, files, cache -------------------------------------------------------------------

DATABASES = {
    "default": env.db_url_config(
        env.str("DATABASE_URL", "") or f"sqlite:///{MEDIAHUB_DATA / 'mediahub.sqlite3'}"
    ),
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # services own their transactions
DATABASES["default"]["CONN_MAX_AGE"] = 60  # opening one costs more than most calls
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    if find_spec("psycopg") is None:
        raise ImproperlyConfigured("DATABASE_URL: PostgreSQL needs the package psycopg[binary].")
    # Who stops in mid-transaction (a host that is gone, a frozen process) gives its locks back.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "options": "-c idle_in_transaction_session_timeout=20s",
        **DATABASES["default"].get("OPTIONS", {}),
    }
else:
    raise ImproperlyConfigured("DATABASE_URL: only SQLite and PostgreSQL (postgres://) are known.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sources and pictures lie in folders below MEDIAHUB_DATA, or in the bucket of s3://bucket/prefix.
MEDIAHUB_STORE_URL = env.str("MEDIAHUB_STORE_URL", "")
MEDIAHUB_S3_ENDPOINT = env.str("MEDIAHUB_S3_ENDPOINT", "")  # of stores other than AWS's
MEDIAHUB_COPIES_MB = env.int("MEDIAHUB_COPIES_MB", 20_000)  # of videos in a bucket, for decoding


def _store(kind: str, base_url: str) -> dict[str, Any]:
    if not MEDIAHUB_STORE_URL:
        options = {"location": MEDIAHUB_DATA / kind, "base_url": base_url}
        return {"BACKEND": "snapshots.storage.folder.Folder", "OPTIONS": options}
    place = urlsplit(MEDIAHUB_STORE_URL)
    options = {
        "bucket_name": place.netloc,
        "location": f"{place.path.strip('/')}/{kind}".strip("/"),
        "endpoint_url": MEDIAHUB_S3_ENDPOINT or None,
        "base_url": base_url,
    }
    return {"BACKEND": "snapshots.storage.bucket.Bucket", "OPTIONS": options}


if MEDIAHUB_STORE_URL:
    if not re.fullmatch(r"s3://[^/@:]+(/[\w.-]+)*/?", MEDIAHUB_STORE_URL):
        raise ImproperlyConfigured("MEDIAHUB_STORE_URL: s3://bucket or s3://bucket/prefix.")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured("MEDIAHUB_STORE_URL: a bucket needs django-storages[s3].")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing may use it
    "sources": _store("sources", ""),
    "pictures": _store("pictures", f"{MEDIAHUB_BASE_URL}/pictures/"),
    "staticfiles": {"BACKEND": "snapshots.web.staticfiles.HashedStatics"},
}
STATIC_URL = "/static/"
STATIC_ROOT = MEDIAHUB_DATA / "static"

# Uploads stream to the disk they will stay on, so that storing one is a rename.
FILE_UPLOAD_HANDLERS = ["snapshots.web.upload_handler.DiskUploadHandler"]
FILE_UPLOAD_TEMP_DIR = MEDIAHUB_DATA / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o640

# Where the nginx in front knows the data folder, as in /protected/; empty: files are sent by us.
MEDIAHUB_ACCEL_PREFIX = env.str("MEDIAHUB_ACCEL_PREFIX", "")
if MEDIAHUB_ACCEL_PREFIX and not re.fullmatch(r"/[\w.-]+(/[\w.-]+)*/", MEDIAHUB_ACCEL_PREFIX):
    raise ImproperlyConfigured("MEDIAHUB_ACCEL_PREFIX: a path from / to /, as in /protected/.")
if MEDIAHUB_ACCEL_PREFIX and MEDIAHUB_STORE_URL:
    raise ImproperlyConfigured("MEDIAHUB_ACCEL_PREFIX: nginx cannot send what lies in a bucket.")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": MEDIAHUB_DATA / "cache",
    },
}

# --- Who may come in --------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"

# --- Language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- The job ----------------------------------------------------------------------------------

MEDIAHUB_APP_ID = env.int("MEDIAHUB_APP_ID", 1500000001)
MEDIAHUB_AUTO_COVER = env.bool("MEDIAHUB_AUTO_COVER", True)
MEDIAHUB_WORKERS = env.int("MEDIAHUB_WORKERS", os.cpu_count() or 1)
MEDIAHUB_MAX_UPLOAD_MB = env.int("MEDIAHUB_MAX_UPLOAD_MB", 20_000)
MEDIAHUB_UPLOAD_STALL_S = env.float("MEDIAHUB_UPLOAD_STALL_S", 30.0)
MEDIAHUB_LEASE_S = env.float("MEDIAHUB_LEASE_S", 15.0)
MEDIAHUB_DEADLINE_S = env.float("MEDIAHUB_DEADLINE_S", 30.0)
MEDIAHUB_DEADLINE_MAX_S = env.float("MEDIAHUB_DEADLINE_MAX_S", 1800.0)
MEDIAHUB_CHILD_MEMORY_MB = env.int("MEDIAHUB_CHILD_MEMORY_MB", 512)
MEDIAHUB_PREVIEWS = env.int("MEDIAHUB_PREVIEWS", max(2, (os.cpu_count() or 1) // 2))
MEDIAHUB_PREVIEW_S = env.float("MEDIAHUB_PREVIEW_S", 10.0)
MEDIAHUB_SWEEP_S = env.float("MEDIAHUB_SWEEP_S", 5.0)
MEDIAHUB_CANARY_S = env.float("MEDIAHUB_CANARY_S", 30.0)
MEDIAHUB_GRACE_S = env.float("MEDIAHUB_GRACE_S", 20.0)
MEDIAHUB_MAX_TEMPLATES = env.int("MEDIAHUB_MAX_TEMPLATES", 100)


def _limit(text: str) -> tuple[int, float]:
    """Of `10/900`: ten within any 900 seconds, a day at most."""
    most, _, seconds = text.partition("/")
    if int(most) < 1 or not 0 < float(seconds) <= 86400:
        raise ValueError(f"{text} is no limit such as 10/900")
    return int(most), float(seconds)


# How often one may do what costs the site, or guess
MEDIAHUB_LIMITS = {
    kind: env.get_value(f"MEDIAHUB_LIMIT_{name}", cast=_limit, default=_limit(default))
    for kind, name, default in (
        ("login", "LOGIN", "10/900"),  # one name from one address
        ("login-name", "LOGIN_NAME", "50/900"),  # one name from anywhere
        ("upload", "UPLOAD", "5000/3600"),
        ("pull", "PULL", "1000/3600"),
        ("preview", "PREVIEW", "600/60"),
    )
}

# --- Whether it is well -----------------------------------------------------------------------

MEDIAHUB_WAITING_MAX_S = env.float("MEDIAHUB_WAITING_MAX_S", 900.0)
MEDIAHUB_DISK_FLOOR_MB = env.int("MEDIAHUB_DISK_FLOOR_MB", 1024)
MEDIAHUB_METRICS_TOKEN = env.str("MEDIAHUB_METRICS_TOKEN", "")

# The queue is a doorbell (see snapshots/queue): a ring may be lost, doubled or late and no task
# is. `retry` counts from the moment a ring is fetched into memory, so it must outlast every ring
# before it; the factor below is that rule.
MEDIAHUB_BROKER_URL = env.str("MEDIAHUB_BROKER_URL", "")
_ring_timeout_s = math.ceil(MEDIAHUB_DEADLINE_MAX_S) + 120
Q_CLUSTER = {
    "name": "mediahub",
    "orm": "default",
    "workers": MEDIAHUB_WORKERS,
    "queue_limit": MEDIAHUB_WORKERS,
    "bulk": 1,
    "poll": 0.05,
    "timeout": _ring_timeout_s,
    "retry": _ring_timeout_s * (1 + math.ceil((MEDIAHUB_WORKERS + 1) / MEDIAHUB_WORKERS)) + 60,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
    "guard_cycle": 0.5,
    "daemonize_workers": False,  # a worker has a child of its own: the one that decodes
    "label": "Queue",
}
if MEDIAHUB_BROKER_URL:
    if urlsplit(MEDIAHUB_BROKER_URL).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured("MEDIAHUB_BROKER_URL: redis:// is known, or leave it empty.")
    if find_spec("redis") is None:
        raise ImproperlyConfigured("MEDIAHUB_BROKER_URL: Redis needs the package redis.")
    Q_CLUSTER |= {"redis": MEDIAHUB_BROKER_URL, "broker_class": "snapshots.queue.redis_list.Broker"}
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    Q_CLUSTER["broker_class"] = "snapshots.queue.postgresql.Broker"

# --- HTTP out -----------------------------------------------------------------------------------


def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text.strip())


def _wait_s(text: str) -> float:
    if not 0 <= (seconds := float(text)) < math.inf:
        raise ValueError(f"{text} is not a number of seconds")
    return seconds


# Networks that callbacks may reach although they are private
MEDIAHUB_ALLOW_PRIVATE = env.get_value("MEDIAHUB_ALLOW_PRIVATE", cast=[_network], default=[])
MEDIAHUB_CALLBACK_BODY = "snapshots.vod.callbacks.body"  # what makes one of an event
MEDIAHUB_CALLBACK_S = env.float("MEDIAHUB_CALLBACK_S", 10.0)  # for one try, all in all
MEDIAHUB_CALLBACK_WAITS = env.get_value(  # seconds before each try; about three days together
    "MEDIAHUB_CALLBACK_WAITS",
    cast=[_wait_s],
    default=[0.0, 5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0],
)
MEDIAHUB_PULLS = env.int("MEDIAHUB_PULLS", 2)  # videos that are fetched at once
MEDIAHUB_PULL_S = env.float("MEDIAHUB_PULL_S", 6 * 3600.0)  # for one try, all in all
MEDIAHUB_PULL_WAITS = env.get_value(  # seconds before each further try
    "MEDIAHUB_PULL_WAITS",
    cast=[_wait_s],
    default=[5.0, 5.0, 30.0, 30.0, 120.0, 120.0, 600.0, 600.0, 1800.0, 1800.0],
)
if not MEDIAHUB_CALLBACK_WAITS:
    raise ImproperlyConfigured("MEDIAHUB_CALLBACK_WAITS: name at least one wait.")

# --- REST -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "snapshots.api.auth.AccessKeyAuthentication",
        "snapshots.api.auth.ConsoleSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["snapshots.api.auth.ModelPermissions"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_HANDLER_CLASS": "snapshots.api.errors.ProblemHandler"}
SPECTACULAR_SETTINGS = {
    "TITLE": "MediaHub",
    "VERSION": "1",
    "DESCRIPTION": (
        "Exact snapshots and covers of your videos.\n\n"
        "Come in with an access key by HTTP Basic (`curl -u secret_id:secret_key`; keys are made "
        "in the console), or with the console's session. Time points carry their unit: `3.5s`, "
        "`3500ms`, `10%`, `00:01:02.500`, `01:02.5`, or `f120` for the 121st frame. Errors are "
        "`application/problem+json`: branch on `code`, show `detail`; with `invalid`, `errors` "
        "names each wrong field."
    ),
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "MediaStatus": "snapshots.models.library.media.Media.Status",
        "SourceType": "snapshots.models.library.media.Media.SourceType",
        "TaskStatus": "snapshots.models.tasks.task.Task.Status",
        "NotifyMode": "snapshots.models.tasks.task.Task.Notify",
        "OperationStatus": "snapshots.models.tasks.operation.Operation.Status",
        "SnapshotType": ["snapshot"],
        "CoverType": ["cover"],
        "PointStatus": ["waiting", "done", "failed"],
        "Mode": "snapshots.models.tasks.operation.Operation.Mode",
        "TemplateType": "snapshots.models.library.template.SnapshotTemplate.Type",
        "Format": "snapshots.models.library.template.SnapshotTemplate.Format",
        "Fill": "snapshots.models.library.template.SnapshotTemplate.Fill",
        "EventKind": "snapshots.models.events.event.Event.Kind",
        "EventMode": "snapshots.models.events.event.Event.Mode",
    },
}

# --- Logs -------------------------------------------------------------------------------------

_log_told: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_log_written: list[Any] = [
    # Plain tracebacks: the fancy ones print local variables, among them secrets
    structlog.processors.format_exc_info,
    structlog.dev.ConsoleRenderer(colors=False)
    if env.bool("MEDIAHUB_LOG_PLAIN", True)
    else structlog.processors.JSONRenderer(),
]
structlog.configure(
    processors=[*_log_told, *_log_written],
    logger_factory=structlog.PrintLoggerFactory(),
    cache_logger_on_first_use=False,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "same": {  # what libraries log looks as our own lines do, and has their ids
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _log_told,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_log_written,
            ],
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "same"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django-q": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
