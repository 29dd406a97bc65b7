"""All settings, in one file. What an operator may set comes from the environment.

Each setting that is read from the environment has a description above it, marked `#:`, from which
`tools/settings_table.py` makes docs/settings.md. `#: Default:` names a default that is not a plain
value in the code.
"""

from __future__ import annotations

import math
import os
import re
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured

from mediahub import data_folder, text_streams

BASE_DIR = Path(__file__).resolve().parent.parent


class _NamingEnv(environ.FileAwareEnv):  # type: ignore[misc]  # the library is untyped
    """Environment variables; an invalid value's error names the variable."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var}: {error}.") from error


env = _NamingEnv()


# --- Data, addresses and keys -----------------------------------------------------------------

#: Folder for everything that MediaHub writes: the SQLite database, videos, pictures, caches and the
#: secret key.
#: Default: `var/`
MEDIAHUB_DATA = Path(env.str("MEDIAHUB_DATA", "") or BASE_DIR / "var").resolve()
try:
    MEDIAHUB_DATA.mkdir(data_folder.PRIVATE, parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"MEDIAHUB_DATA: {MEDIAHUB_DATA} cannot be made a folder ({error.strerror})."
    ) from error
#: Public URL of the site, with which links in responses start. `manage.py up` sets it to the
#: address it listens on.
MEDIAHUB_BASE_URL = env.str("MEDIAHUB_BASE_URL", "http://127.0.0.1:8000").rstrip("/")

#: Key that signs sessions and encrypts access keys; it must be the same on all hosts.
#: Default: generated once and stored in `MEDIAHUB_DATA`
SECRET_KEY = env.str("MEDIAHUB_SECRET_KEY", "") or data_folder.own_secret_key(
    MEDIAHUB_DATA / "secret_key"
)

#: Host names, separated by commas, that VOD clients may use and sign for this site.
MEDIAHUB_VOD_HOSTS = env.list(
    "MEDIAHUB_VOD_HOSTS",
    default=["vod.tencentcloudapi.com", "vod.intl.tencentcloudapi.com", "vod.api.qcloud.com"],
)

#: Shows Django's debug pages. Never turn it on in production.
DEBUG = env.bool("MEDIAHUB_DEBUG", False)
ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    urlsplit(MEDIAHUB_BASE_URL).hostname or "127.0.0.1",
    #: Further host names that the site answers to, separated by commas.
    *env.list("MEDIAHUB_ALLOWED_HOSTS", default=[]),
    *MEDIAHUB_VOD_HOSTS,
]
_https = MEDIAHUB_BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [MEDIAHUB_BASE_URL]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # probed without TLS, from nearby
#: How long browsers insist on HTTPS (HSTS), in seconds; 30 days by default. Used only when
#: `MEDIAHUB_BASE_URL` is an `https` URL.
SECURE_HSTS_SECONDS = env.int("MEDIAHUB_HSTS_S", 30 * 24 * 3600) if _https else 0
# Only the owner of a domain can know whether its subdomains are all on HTTPS, and for good
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
    "snapshots.vod.middleware.RefusedCalls",  # before middleware that checks host or protocol
    "django.middleware.security.SecurityMiddleware",
    "snapshots.web.csp.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "snapshots.web.locale.ReadersLanguage",
    "django.middleware.common.CommonMiddleware",
    "snapshots.web.form_errors.FormErrors",  # just before the check that parses forms
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

# --- Database and storage ---------------------------------------------------------------------

#: Database URL, for example `postgres://user:password@host/name`. PostgreSQL needs the package
#: `psycopg[binary]`; see [postgresql-redis.md](postgresql-redis.md).
#: Default: SQLite in `MEDIAHUB_DATA`
_database_url = env.str("DATABASE_URL", "")
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config(_database_url)
    if _database_url
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(MEDIAHUB_DATA / data_folder.DATABASE),
    },
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # services own their transactions
DATABASES["default"]["CONN_MAX_AGE"] = 60  # opening a connection costs more than an average call
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "factory": data_folder.PrivateConnection,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    if find_spec("psycopg") is None:
        raise ImproperlyConfigured("DATABASE_URL: PostgreSQL needs the package psycopg[binary].")
    # A session that stalls in a transaction (host gone, process frozen) releases its locks.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "options": "-c idle_in_transaction_session_timeout=20s",
        **DATABASES["default"].get("OPTIONS", {}),
    }
else:
    raise ImproperlyConfigured("DATABASE_URL: only SQLite and PostgreSQL (postgres://) are known.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: `s3://bucket/prefix` stores videos and pictures in a bucket. It needs the package
#: `django-storages[s3]`; see [object-storage.md](object-storage.md).
#: Default: folders in `MEDIAHUB_DATA`
MEDIAHUB_STORE_URL = env.str("MEDIAHUB_STORE_URL", "")
#: Endpoint URL of an S3-compatible object store.
#: Default: AWS
MEDIAHUB_S3_ENDPOINT = env.str("MEDIAHUB_S3_ENDPOINT", "")
#: Size limit, in MiB, of each host's cache of the videos in a bucket. Decoding reads these cached
#: copies.
MEDIAHUB_COPIES_MB = env.int("MEDIAHUB_COPIES_MB", 20_000)


def _store(kind: str, base_url: str) -> dict[str, Any]:
    if not MEDIAHUB_STORE_URL:
        options = {"location": MEDIAHUB_DATA / kind, "base_url": base_url}
        return {"BACKEND": "snapshots.storage.folder.Folder", "OPTIONS": options}
    url = urlsplit(MEDIAHUB_STORE_URL)
    options = {
        "bucket_name": url.netloc,
        "location": f"{url.path.strip('/')}/{kind}".strip("/"),
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
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # unused
    "sources": _store("sources", ""),
    "pictures": _store("pictures", f"{MEDIAHUB_BASE_URL}/pictures/"),
    "staticfiles": {"BACKEND": "snapshots.web.staticfiles.HashedStatics"},
}
STATIC_URL = "/static/"
STATIC_ROOT = MEDIAHUB_DATA / "static"

# Uploads are streamed to the disk they will stay on, so that storing one is a rename.
FILE_UPLOAD_HANDLERS = ["snapshots.web.upload_handler.DiskUploadHandler"]
FILE_UPLOAD_TEMP_DIR = MEDIAHUB_DATA / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(data_folder.PRIVATE, exist_ok=True)
# Of static files; sources and pictures have modes of their own, for nginx
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = data_folder.PRIVATE

#: Path such as `/protected/` under which nginx serves the data folder, so that nginx sends the
#: files instead of MediaHub; see [uploads.md](uploads.md).
MEDIAHUB_ACCEL_PREFIX = env.str("MEDIAHUB_ACCEL_PREFIX", "")
if MEDIAHUB_ACCEL_PREFIX and not re.fullmatch(r"/[\w.-]+(/[\w.-]+)*/", MEDIAHUB_ACCEL_PREFIX):
    raise ImproperlyConfigured("MEDIAHUB_ACCEL_PREFIX: a path from / to /, as in /protected/.")
if MEDIAHUB_ACCEL_PREFIX and MEDIAHUB_STORE_URL:
    raise ImproperlyConfigured("MEDIAHUB_ACCEL_PREFIX: nginx cannot send what lies in a bucket.")
data_folder.tighten(MEDIAHUB_DATA, is_served=bool(MEDIAHUB_ACCEL_PREFIX))
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": MEDIAHUB_DATA / "cache",
    },
}

# --- Sign-in ----------------------------------------------------------------------------------

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

# --- Tasks and workers ------------------------------------------------------------------------

#: First part of task ids.
MEDIAHUB_APP_ID = env.int("MEDIAHUB_APP_ID", 1500000001)
#: Gives each video a cover as soon as it is ready, unless it has one.
MEDIAHUB_AUTO_COVER = env.bool("MEDIAHUB_AUTO_COVER", True)
#: Number of worker processes, and so of jobs that run at once.
#: Default: number of CPU cores
MEDIAHUB_WORKERS = env.int("MEDIAHUB_WORKERS", os.cpu_count() or 1)
#: Largest video accepted, in MiB.
MEDIAHUB_MAX_UPLOAD_MB = env.int("MEDIAHUB_MAX_UPLOAD_MB", 20_000)
#: Idle timeout of an upload, in seconds.
MEDIAHUB_UPLOAD_STALL_S = env.float("MEDIAHUB_UPLOAD_STALL_S", 30.0)
#: Length of a worker's lease on a task, in seconds. When it expires, another worker takes over
#: the task.
MEDIAHUB_LEASE_S = env.float("MEDIAHUB_LEASE_S", 15.0)
#: Time limit of a task, in seconds, to which twice the duration of the video is added.
MEDIAHUB_DEADLINE_S = env.float("MEDIAHUB_DEADLINE_S", 30.0)
#: Upper bound of a task's time limit, in seconds, however long the video is.
MEDIAHUB_DEADLINE_MAX_S = env.float("MEDIAHUB_DEADLINE_MAX_S", 1800.0)
#: Resident memory that a decoding child process may use, in MiB.
MEDIAHUB_CHILD_MEMORY_MB = env.int("MEDIAHUB_CHILD_MEMORY_MB", 512)
#: Number of preview frames (`media/…/frame/`) that are decoded at once.
#: Default: half the CPU cores, at least 2
MEDIAHUB_PREVIEWS = env.int("MEDIAHUB_PREVIEWS", max(2, (os.cpu_count() or 1) // 2))
#: Time limit of one preview frame, in seconds.
MEDIAHUB_PREVIEW_S = env.float("MEDIAHUB_PREVIEW_S", 10.0)
#: Interval of the sweeper, which looks for lost work, in seconds.
MEDIAHUB_SWEEP_S = env.float("MEDIAHUB_SWEEP_S", 5.0)
#: Interval, in seconds, of the canary jobs that check that the queue is being worked through.
MEDIAHUB_CANARY_S = env.float("MEDIAHUB_CANARY_S", 30.0)
#: Time that running jobs get to finish when the workers are stopped, in seconds.
MEDIAHUB_GRACE_S = env.float("MEDIAHUB_GRACE_S", 20.0)
#: Maximum number of custom templates.
MEDIAHUB_MAX_TEMPLATES = env.int("MEDIAHUB_MAX_TEMPLATES", 100)

# --- Rate limits ------------------------------------------------------------------------------


def _rate_limit(text: str) -> tuple[int, float]:
    """Parse `10/900`: ten times within any 900 seconds, which may be up to a day."""
    hits, _, seconds = text.partition("/")
    if int(hits) < 1 or not 0 < float(seconds) <= 86400:
        raise ValueError(f"{text} is no limit such as 10/900")
    return int(hits), float(seconds)


# For operations that are expensive, and against guessing of passwords
MEDIAHUB_LIMITS = {
    kind: env.get_value(f"MEDIAHUB_LIMIT_{name}", cast=_rate_limit, default=_rate_limit(default))
    for kind, name, default in (
        #: Failed sign-ins for one user name from one IP address.
        ("login", "LOGIN", "10/900"),
        #: Failed sign-ins for one user name from all addresses together.
        ("login-name", "LOGIN_NAME", "50/900"),
        #: Videos that one user may add by upload.
        ("upload", "UPLOAD", "5000/3600"),
        #: Videos that one user may add by URL.
        ("pull", "PULL", "1000/3600"),
        #: Preview frames (`media/…/frame/`) and cover suggestions that one user may request.
        ("preview", "PREVIEW", "600/60"),
    )
}

#: Unfinished uploads, resumable and by form, that one user may have.
MEDIAHUB_LIMIT_UPLOAD_OPEN = env.int("MEDIAHUB_LIMIT_UPLOAD_OPEN", 20)

# --- Health and metrics -----------------------------------------------------------------------

#: `/readyz` reports 503 when a task has waited longer than this, in seconds.
MEDIAHUB_WAITING_MAX_S = env.float("MEDIAHUB_WAITING_MAX_S", 900.0)
#: `/readyz` reports 503 when less disk space than this is free, in MiB.
MEDIAHUB_DISK_FLOOR_MB = env.int("MEDIAHUB_DISK_FLOOR_MB", 1024)
#: Bearer token that gives access to `/metrics`.
MEDIAHUB_METRICS_TOKEN = env.str("MEDIAHUB_METRICS_TOKEN", "")

# --- Queue ------------------------------------------------------------------------------------

# The queue carries only wake-ups (see snapshots/queue): one may be lost, doubled or late without a
# task being lost. `retry` counts from the moment a wake-up is fetched into memory, so it must
# outlast all those before it; hence the factor below.
#: URL of a Redis server, for example `redis://host:6379/0`, as a faster queue. It needs the package
#: `redis`; see [postgresql-redis.md](postgresql-redis.md).
#: Default: a table of the database
MEDIAHUB_BROKER_URL = env.str("MEDIAHUB_BROKER_URL", "")
_job_timeout_s = math.ceil(MEDIAHUB_DEADLINE_MAX_S) + 120
Q_CLUSTER = {
    "name": "mediahub",
    "orm": "default",
    "workers": MEDIAHUB_WORKERS,
    "queue_limit": MEDIAHUB_WORKERS,
    "bulk": 1,
    "poll": 0.05,
    "timeout": _job_timeout_s,
    "retry": _job_timeout_s * (1 + math.ceil((MEDIAHUB_WORKERS + 1) / MEDIAHUB_WORKERS)) + 60,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
    "guard_cycle": 0.5,
    "daemonize_workers": False,  # a worker has a child process of its own, which decodes
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

# --- Outbound HTTP ----------------------------------------------------------------------------


def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text.strip())


def _ports(text: str) -> range:
    """Parse `8080`, or `8000-8100`."""
    first, dash, last = text.strip().partition("-")
    ports = range(int(first), int(last if dash else first) + 1)
    if not ports or ports[0] < 1 or ports[-1] > 65535:
        raise ValueError(f"{text} is no port such as 443 and no range such as 8000-8100")
    return ports


def _wait_s(text: str) -> float:
    if not 0 <= (seconds := float(text)) < math.inf:
        raise ValueError(f"{text} is not a number of seconds")
    return seconds


#: Private networks, and addresses of this server, separated by commas, that webhooks and downloads
#: may connect to.
MEDIAHUB_ALLOW_PRIVATE = env.get_value("MEDIAHUB_ALLOW_PRIVATE", cast=[_network], default=[])
#: Ports, or ranges such as `8000-8100`, separated by commas, that webhooks and downloads may
#: connect to.
#: Default: `80,443`
MEDIAHUB_OUTBOUND_PORTS = env.get_value(
    "MEDIAHUB_OUTBOUND_PORTS", cast=[_ports], default=[range(80, 81), range(443, 444)]
)
#: Total time limit of one webhook delivery attempt, in seconds.
MEDIAHUB_CALLBACK_S = env.float("MEDIAHUB_CALLBACK_S", 10.0)
#: Waits before each webhook delivery attempt, in seconds, separated by commas. The default adds up
#: to about three days.
MEDIAHUB_CALLBACK_WAITS = env.get_value(
    "MEDIAHUB_CALLBACK_WAITS",
    cast=[_wait_s],
    default=[0.0, 5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0],
)
#: Number of videos that are downloaded by URL at once.
MEDIAHUB_PULLS = env.int("MEDIAHUB_PULLS", 2)
#: Total time limit of one download attempt, in seconds; 6 hours by default.
MEDIAHUB_PULL_S = env.float("MEDIAHUB_PULL_S", 6 * 3600.0)
#: Waits before each further download attempt, in seconds, separated by commas. An attempt resumes
#: where the last one stopped.
MEDIAHUB_PULL_WAITS = env.get_value(
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

# --- Logging ----------------------------------------------------------------------------------

text_streams.accept_any_text()
_log_context: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_log_rendering: list[Any] = [
    # Plain tracebacks: the fancy ones print local variables, among them secrets
    structlog.processors.format_exc_info,
    #: Log format: `true` writes lines for people, `false` writes JSON.
    structlog.dev.ConsoleRenderer(colors=False)
    if env.bool("MEDIAHUB_LOG_PLAIN", True)
    else structlog.processors.JSONRenderer(),
]
structlog.configure(
    processors=[*_log_context, *_log_rendering],
    logger_factory=structlog.PrintLoggerFactory(),
    cache_logger_on_first_use=False,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "same": {  # library messages get our own format and ids
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _log_context,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_log_rendering,
            ],
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "same"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django-q": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
