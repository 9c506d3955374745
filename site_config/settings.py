"""Every setting of Parley, read from the environment; the README lists them.

Nothing here decides what Parley does, only with what: two commands on a laptop use the
defaults (SQLite, memory, one process), a company names PostgreSQL and Redis.
"""

import resource
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from site_config.object_storage import files_storage
from site_config.providers import providers

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
# Written once by bin/setup: a generated secret key and the names of this machine.
# The real environment always wins over it.
env.read_env(DATA_DIR / "environment")
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(f"DATA_DIR is {DATA_DIR}, and that folder cannot be made: {error}.") from None

# -- Who may talk to us ----------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="parley-debug-only" if DEBUG else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Type bin/setup to have one generated, or set it to a long random text."
    )
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is not set. Type bin/setup, or set it to the names people reach this server by,"
        " separated by commas."
    )

# HTTPS=off is for plain HTTP on a machine or network of one's own; bin/setup writes it.
HTTPS = env.bool("HTTPS", default=not DEBUG)
# Where the site is reached, for the links in mails that no request asks for; no slash at the end.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
if not SITE_URL:
    _host = next(iter(ALLOWED_HOSTS), "localhost").lstrip(".").replace("*", "localhost")
    SITE_URL = f"https://{_host}" if HTTPS else f"http://{_host}:{env.str('PORT', default='8000')}"
# The number of proxies in front of us that set X-Forwarded-For and X-Forwarded-Proto.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
# Whether pages are compressed here: a proxy does it for all of its processes at once, if it does it.
COMPRESSION = env.bool("COMPRESSION", default=not TRUSTED_PROXIES)

# live/client_address.py reads them, once for everybody.
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SILENCED_SYSTEM_CHECKS = []
if not HTTPS:
    # What `check --deploy` says of plain HTTP is the choice that HTTPS=off made.
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hypermedia.views.csrf_failure"
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The policy of the browser patterns: htmx with a nonce, and no other script whatsoever.
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "media-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["htmx"],
}

# -- How much of us one client may hold ------------------------------------------------

# Connections of one address over which requests come; 0 is as many as it likes. Never more than half of
# the files that this process may have open, or there would be none left for others.
CONNECTIONS_PER_ADDRESS = env.int("CONNECTIONS_PER_ADDRESS", default=5000)
_files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
if CONNECTIONS_PER_ADDRESS and _files != resource.RLIM_INFINITY:
    CONNECTIONS_PER_ADDRESS = min(CONNECTIONS_PER_ADDRESS, _files // 2)
PRACTICE_SOCKETS_PER_ADDRESS = env.int("PRACTICE_SOCKETS_PER_ADDRESS", default=500)
# Seconds for the head of a request, and for its body: that gets one more for each 500 bytes that came.
REQUEST_PATIENCE = env.float("REQUEST_PATIENCE", default=20.0)

# -- The parts -------------------------------------------------------------------------

INSTALLED_APPS = [
    # Its own runserver is all that it is for here, and it brings Twisted into every process.
    *(["daphne"] if "runserver" in sys.argv else []),
    "site_config",
    "administration",
    "notifications",
    "integrations",
    "rooms",
    "demo",
    "accounts",
    "hypermedia",
    "live",
    "site_config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "site_config.apps.PagesFilesConfig",
    "django.contrib.humanize",
    "channels",
    "django_htmx",
    "huey.contrib.djhuey",
    "lucide",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "site_config.apps.UserSessionsConfig",
]

MIDDLEWARE = [
    *(["site_config.compression.CompressionMiddleware"] if COMPRESSION else []),
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    # Before anything that has something to say.
    "accounts.middleware.LanguageMiddleware",
    # Before anything reads a form.
    "rooms.middleware.FileNamesMiddleware",
    "rooms.middleware.GoneMeanwhileMiddleware",
    # Programs show a token, and nothing behind is about them.
    "site_config.api.ApiMiddleware",
    "site_config.middleware.ReadableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hypermedia.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.FirstRunMiddleware",
    "accounts.middleware.PersonMiddleware",
    # Their pages are in the language of the person.
    "site_config.middleware.TooLargeMiddleware",
    "site_config.middleware.NotAllowedMiddleware",
]

ROOT_URLCONF = "site_config.urls"
ASGI_APPLICATION = "site_config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "hypermedia.loaders.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.page_surroundings",
                "rooms.context_processors.sidebar",
                "administration.context_processors.way_there",
            ],
        },
    },
    # What is drawn for every message (hypermedia/templates.py). Django's engine is asked first.
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "OPTIONS": {"environment": "hypermedia.templates.environment"},
    },
]

# -- What is stored --------------------------------------------------------------------

# Quoted: the path may hold what means something in an address, such as a plus.
DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{quote(str(DATA_DIR / 'parley.sqlite3'))}")
}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["ENGINE"] = "database.sqlite"
    # The request threads last (site_config/handler.py), so their connections may.
    _database["CONN_MAX_AGE"] = None
    _database["OPTIONS"] = {
        # A transaction that will write takes its lock at once, so that it waits instead of failing.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;"
            "PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728;"
        ),
    }
else:
    _database["CONN_MAX_AGE"] = 0
    # Behind a pooler that hands a connection on with each transaction a cursor of the server's would be lost
    # (docs/deploying.md); nothing here reads so much at once that it needs one.
    _database["DISABLE_SERVER_SIDE_CURSORS"] = True
    # Connections that stay open, shared by the threads of a process; 0 opens one for each request.
    if _pool := env.int("DATABASE_POOL", default=8):
        _database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": _pool, "timeout": 10}
# A copy of it, a moment behind, that searches and history are read from (database/replica.py).
if env.str("DATABASE_REPLICA_URL", default=""):
    if _database["ENGINE"] == "database.sqlite":
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL is a replica of a PostgreSQL: DATABASE_URL names none."
        )
    _replica = env.db("DATABASE_REPLICA_URL")
    # Seconds, and milliseconds, after which it is away.
    _replica["OPTIONS"] = {"connect_timeout": 2, "tcp_user_timeout": 5000} | _replica.get("OPTIONS", {})
    _replica["DISABLE_SERVER_SIDE_CURSORS"] = True
    # Of the threads that answer requests, which last.
    _replica["CONN_MAX_AGE"], _replica["CONN_HEALTH_CHECKS"] = 60, True
    DATABASES["replica"] = _replica
    DATABASE_ROUTERS = ["database.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
# Whether what happens in a room is told only to the processes that serve somebody in it (docs/scaling.md).
EVENTS_BY_ROOM = env.bool("EVENTS_BY_ROOM", default=False)
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "live.redis_layer.RedisLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "parley"},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "site_config.cache.FaultTolerantRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "parley",
            # Seconds; a Redis that is there answers in a thousandth of it.
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
        }
    }
else:
    FOR_EVER = 100 * 365 * 24 * 3600
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            # It drops what is beyond its capacity, forgets a group's members in time, and takes out of all
            # groups whoever was not given something in time, by a clock that may be moved: with one channel
            # a process, none of it may ever happen.
            "CONFIG": {"capacity": 1_000_000, "expiry": FOR_EVER, "group_expiry": FOR_EVER},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # What is counted of people (sign-ins that failed, connections) must not push each other out.
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }

TASKS = {"default": {"BACKEND": "huey.contrib.djhuey.tasks_backend.HueyBackend"}}
HUEY = {
    "name": "parley",
    "immediate": False,
    "huey_class": "huey.RedisHuey" if REDIS_URL else "huey.SqliteHuey",
    "connection": {"url": REDIS_URL} if REDIS_URL else {"filename": str(DATA_DIR / "tasks.sqlite3")},
    "consumer": {"workers": 2, "worker_type": "thread", "initial_delay": 0.2, "max_delay": 1.0},
}

# -- Words, time, files ----------------------------------------------------------------

# What people choose from, each in its own words; the site's is for who says nothing.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("ar", "العربية")]
LANGUAGE_CODE = env.str("SITE_LANGUAGE", default="en")
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
# What people write as www.example.org is meant to be private, too.
URLIZE_ASSUME_HTTPS = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_DIR", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("htmx", BASE_DIR / "node_modules" / "htmx"),
    ("fonts", BASE_DIR / "node_modules" / "fonts"),
]
STORAGES = {
    # The folder below, or a bucket (site_config/s3.py).
    "default": files_storage(env.str("FILES_URL", default="")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "site_config.static_files.StaticFiles",
        # Everybody is sent them: they may be collected by one user, and served by another.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}

# -- What people attach ----------------------------------------------------------------

MEDIA_ROOT = Path(env.str("UPLOADS_DIR", default=str(DATA_DIR / "uploads")))
# As all that is stored: site_config/private_files.py.
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
# Of one file, bytes.
FILE_LIMIT = env.int("FILE_LIMIT_MB", default=25) * 1024 * 1024
# Of all that one person keeps here, bytes, and earlier texts of one message; 0 is as much as one likes.
UPLOAD_QUOTA = env.int("UPLOAD_QUOTA_MB", default=2000) * 1024 * 1024
EDITS_PER_MESSAGE = env.int("EDITS_PER_MESSAGE", default=100)
FILES_PER_MESSAGE = env.int("FILES_PER_MESSAGE", default=10)
# Kinds such as image, or types such as application/pdf; none of them: all.
FILE_TYPES = [name.strip().lower() for name in env.list("FILE_TYPES", default=[]) if name.strip()]
# More than a message full of files is not read, and that only where files are taken, of people who are
# signed in; otherwise no more than the longest of forms has.
REQUEST_LIMIT = FILE_LIMIT * FILES_PER_MESSAGE + 1024 * 1024
FORM_LIMIT = 1024 * 1024
# Of an archive that administrators move in, bytes.
IMPORT_LIMIT = env.int("IMPORT_LIMIT_MB", default=2000) * 1024 * 1024
# Somebody may choose a whole folder: they are told what is too much, not that something went wrong.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000

# Whether the worker looks behind the links in messages, and in which networks it may besides the public
# internet, such as that of an office.
LINK_PREVIEWS = env.bool("LINK_PREVIEWS", default=True)
LINK_PREVIEW_NETWORKS = env.list("LINK_PREVIEW_NETWORKS", default=[])
# In which networks, besides, the servers may be by which people want to be told: it posts to them.
NOTIFICATION_NETWORKS = env.list("NOTIFICATION_NETWORKS", default=[])

# -- People ----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
# Django's own backend is its parent class: permissions work, and a password is hashed once.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"accounts.passwords.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "request_login_code": "accounts.forms.RequestCodeForm",
    "confirm_login_code": "accounts.forms.ConfirmCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
# An address that is taken is one like any other to whoever asks; its owner gets a mail.
ACCOUNT_PREVENT_ENUMERATION = "strict"
# A mail tells of a new password, another address, and the second step switched on or off.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A whole office may be behind one address: tries that fail are what is counted closely.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "signup": "60/m/ip",
    # allauth's own count has the Host in it, and a key for each spelling; accounts/limits.py counts instead.
    "login_failed": "",
    "wrong_in_browser": "5/5m/key",
    "wrong_at_address": "20/m/key",
    "wrong_for_account_at_address": "5/5m/key",
    "wrong_for_account": "50/h/key",
    # Codes by mail that are asked for: accounts/codes.py.
    "code_asked_from_address": "20/m/key",
    "code_asked_for": "3/m/key,10/h/key",
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Mail may not be set up at all.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Parley"
USERSESSIONS_TRACK_ACTIVITY = False

# -- Providers that say who somebody is (accounts/oidc) ----------------------------------

_providers = providers(env, env.list("OIDC_PROVIDERS", default=[]), https=HTTPS)
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "accounts.oidc.provider.Provider", "APPS": _providers}
}
# No password, no mailed code and no form for a new account; docs/deploying.md has the way back for an owner.
SIGN_IN_ONLY_BY_PROVIDER = env.bool("SIGN_IN_ONLY_BY_PROVIDER", default=False)
if SIGN_IN_ONLY_BY_PROVIDER and not _providers:
    raise ImproperlyConfigured("SIGN_IN_ONLY_BY_PROVIDER is on, and OIDC_PROVIDERS names none.")
SOCIALACCOUNT_ADAPTER = "accounts.oidc.adapter.ProviderAdapter"
# A person is known by the provider's number of theirs; an address leads to an account once, if both sides
# have confirmed it (accounts/oidc/adapter.py).
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
# Seconds; a page waits for it.
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

# -- Mail ------------------------------------------------------------------------------

try:
    _mail = env.email("EMAIL_URL", default="consolemail://")
except (ValueError, KeyError, ImproperlyConfigured):
    # What it holds is a secret, and would stand in the error.
    raise ImproperlyConfigured(
        "EMAIL_URL is no address of a mail server, such as smtp+tls://user:password@mail.example.org:587."
    ) from None
# Without a mail server, mail stands in the log: the README says so.
if _mail["EMAIL_BACKEND"].endswith("console.EmailBackend"):
    _mail["EMAIL_BACKEND"] = "site_config.mail.LogBackend"
MAILERS = {"default": {"BACKEND": _mail["EMAIL_BACKEND"], "OPTIONS": {}}}
if _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
    MAILERS["default"]["OPTIONS"] = {
        "host": _mail["EMAIL_HOST"],
        "port": _mail["EMAIL_PORT"],
        "username": _mail["EMAIL_HOST_USER"],
        "password": _mail["EMAIL_HOST_PASSWORD"],
        "use_tls": _mail.get("EMAIL_USE_TLS", False),
        "use_ssl": _mail.get("EMAIL_USE_SSL", False),
        "timeout": 20,
    }
# Signing in by a code that is mailed: where mail leaves at all, unless somebody says otherwise.
ACCOUNT_LOGIN_BY_CODE_ENABLED = env.bool(
    "SIGN_IN_BY_CODE", default=_mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
)
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"length": 6, "dashed": True}
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Seconds; a mail may take a minute or two.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default="parley@localhost")

# Where answers to mails come in: the domain of their addresses, without which there are none; and where
# `manage.py mail_in` listens for the mail server that has them.
MAIL_IN_DOMAIN = env.str("MAIL_IN_DOMAIN", default="").strip().lower()
MAIL_IN_LISTEN = env.str("MAIL_IN_LISTEN", default="127.0.0.1:8026")
# Whether mails leave from addresses of that domain, so that what cannot be delivered comes back there.
MAIL_BOUNCES = env.bool("MAIL_BOUNCES", default=bool(MAIL_IN_DOMAIN))

# -- What is written to the log --------------------------------------------------------

# `line` to be read by people, `json` to be collected: an object a line.
LOG_FORMAT = env.str("LOG_FORMAT", default="line")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT}; it can be line or json.")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname:7} {name}: {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{levelname}{name}{message}{process}",
            "style": "{",
            "timestamp": "time",
            "rename_fields": {"levelname": "level", "name": "logger", "exc_info": "traceback"},
        },
    },
    "filters": {
        "outages": {"()": "site_config.logs.OutagesInASentence"},
        "refusals": {"()": "site_config.storage.RefusalsInASentence"},
        "bad requests": {"()": "site_config.logs.BadRequestsInASentence"},
        "secrets": {"()": "site_config.logs.SecretsOutOfAddresses"},
        "queue": {"()": "site_config.logs.QueueOutagesInASentence"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["bad requests", "secrets"],
        },
        "worker": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["queue"]},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"filters": ["refusals"]},
        # What was to be told after a commit, and asks the database that has gone since.
        "django.db.backends.base": {"filters": ["refusals"]},
        # What the server says is written as everything else is, as much of it as --log-level asks for.
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.error": {"handlers": [], "propagate": True, "filters": ["refusals"]},
        # Requests are in the log of the proxy.
        "uvicorn.access": {"handlers": [], "propagate": False},
        "daphne": {"level": "WARNING"},
        # With handlers of its own: run_huey would add one, and say everything twice.
        "huey": {"handlers": ["worker"], "level": "WARNING", "propagate": False},
        "httpx": {"level": "WARNING"},
        # It says of each kind of bounce that it looks for it.
        "flufl.bounce": {"level": "WARNING"},
        # What asks a bucket says it with signatures.
        "boto3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "s3transfer": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        # aiosmtpd writes down the address of each mail, which is a secret.
        "mail.log": {"level": "WARNING"},
        "mail.debug": {"level": "WARNING"},
        # Without a mail server a mail is nowhere else, however little is logged.
        "site_config.mail": {"level": "INFO"},
        "channels_redis.pubsub": {"filters": ["outages"]},
    },
}

# What a program that collects /metrics shows; without it there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
