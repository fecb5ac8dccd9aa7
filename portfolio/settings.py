"""Settings: one file, read from the environment.

SECRET_KEY                  signs sessions; required with a DATABASE_URL, else made at first start
DATABASE_URL                PostgreSQL as the role that runs the site; else an embedded PostgreSQL
DATABASE_OWNER_URL          the same database as the role that migrates; required with DATABASE_URL
ALLOWED_HOSTS               host names, with commas; required with a DATABASE_URL, else this machine
GROUNDWORK_DATA             folder of evidence files, the embedded database and the key; `.data`
                            beside manage.py
GROUNDWORK_HTTPS            1 where the site is served over HTTPS; 1 with a DATABASE_URL, else 0
GROUNDWORK_TRUSTED_PROXIES  how many proxies stand in front of the site; 0
EMAIL_URL                   where mail goes, smtp://user:password@host:port; required with a
                            DATABASE_URL, else the console
EMAIL_FROM                  the sender of mail; else groundwork@ the site's host
GROUNDWORK_URL              the address of the site that mails lead to; else made of the first of
                            ALLOWED_HOSTS
OC4IDS_PREFIX               the city's prefix of project identifiers, given out by the standard's
                            help desk, as oc4ids-a1b2c3; else oc4ids-000000
OPEN_DATA_LICENSE           license of the open data: CC0-1.0, PDDL-1.0 or CC-BY-4.0; CC0-1.0
DEBUG                       1 for tracebacks in the browser, never in production; 0
"""

import os
import re
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from portfolio import embedded_postgres

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("GROUNDWORK_DATA") or BASE_DIR / ".data").absolute()


def flag(name: str, *, default: bool) -> bool:
    """Return whether the variable `name` is switched on."""
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def required(name: str) -> str:
    """Return the variable `name`, or stop with a sentence that names it."""
    value = os.environ.get(name)
    if not value:
        raise ImproperlyConfigured(
            f"The environment variable {name} is missing. It is required where DATABASE_URL "
            "names a database; portfolio/settings.py says what it is for."
        )
    return value


def key_beside_data() -> str:
    """Return the secret key kept beside the embedded database, made at first start."""
    file = DATA_DIR / "secret_key"
    if not file.exists():
        DATA_DIR.mkdir(mode=0o711, parents=True, exist_ok=True)
        fresh = file.with_name(f"secret_key.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        if not file.exists():
            fresh.replace(file)
        fresh.unlink(missing_ok=True)
    return file.read_text()


def database(url: str) -> dict[str, Any]:
    """Return Django's form of a database URL, with what every connection here needs."""
    try:
        parsed: dict[str, Any] = dict(
            dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)
        )
    except (ValueError, dj_database_url.ParseError, dj_database_url.UnknownSchemeError) as wrong:
        raise ImproperlyConfigured(f"The database URL cannot be read: {wrong}") from None
    if parsed["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("The database URL must begin with postgresql://.")
    parsed["OPTIONS"] = {"connect_timeout": 10, **parsed.get("OPTIONS", {})}
    return parsed


def embedded_urls() -> tuple[str, str]:
    """Return the addresses of the embedded PostgreSQL for both roles, starting it if need be."""
    if WITHOUT_DATABASE:
        return "postgresql://app@nowhere/none", "postgresql://owner@nowhere/none"
    try:
        embedded = embedded_postgres.running(DATA_DIR / "postgres")
    except embedded_postgres.EmbeddedPostgresUnavailable as reason:
        raise ImproperlyConfigured(str(reason)) from None
    return embedded.app, embedded.owner


OWN_SERVER = bool(os.environ.get("DATABASE_URL"))
# Commands that read and write no row: they run where no PostgreSQL can, and start none.
WITHOUT_DATABASE = sys.argv[1:2] in (["collectstatic"], ["lint_statements"])
DEBUG = flag("DEBUG", default=False)

if OWN_SERVER:
    SECRET_KEY = required("SECRET_KEY")
    ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS").split(",")]
    app_url, owner_url = required("DATABASE_URL"), required("DATABASE_OWNER_URL")
else:
    SECRET_KEY = key_beside_data()
    ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
    app_url, owner_url = embedded_urls()

# `default` runs the site and cannot change tables, triggers or history; `owner` migrates.
DATABASES = {"default": database(app_url), "owner": database(owner_url)}
# The owner's connection is opened for one job at a time and must not outlive it.
DATABASES["owner"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["USER"] == DATABASES["owner"]["USER"]:
    raise ImproperlyConfigured(
        "DATABASE_URL and DATABASE_OWNER_URL name the same database role. Make two: the one that "
        "runs the site must not own the tables, or nothing keeps the gate from it."
    )

# Whoever changes what a gate stands on waits first at this advisory lock, so nobody deadlocks.
CHANGES_LOCK = 7401

INSTALLED_APPS = [
    "portfolio",
    "problems",
    "budgets",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "django_tables2",
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "portfolio.middleware.OneEncodingMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portfolio.middleware.DeclaredAccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portfolio.middleware.HtmxMiddleware",
    "portfolio.middleware.CityMiddleware",
    "portfolio.middleware.ConstraintMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "portfolio.urls"
WSGI_APPLICATION = "portfolio.wsgi.application"
FORM_RENDERER = "portfolio.forms.renderer.GroundworkRenderer"

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
                "portfolio.context.site",
            ],
            "builtins": ["portfolio.templatetags.groundwork"],
        },
    }
]
DJANGO_TABLES2_TEMPLATE = "tables/table.html"

# People
AUTH_USER_MODEL = "portfolio.User"
DEPARTMENT_MODEL = "portfolio.Department"
AUTHENTICATION_BACKENDS = ["portfolio.accounts.SignInBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portfolio.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portfolio.forms.accounts.SignInForm",
    "reauthenticate": "portfolio.forms.accounts.ConfirmForm",
    "change_password": "portfolio.forms.accounts.ChangePasswordForm",
    "set_password": "portfolio.forms.accounts.SetPasswordForm",
    "reset_password": "portfolio.forms.accounts.ForgottenForm",
    "reset_password_from_key": "portfolio.forms.accounts.NewPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("GROUNDWORK_TRUSTED_PROXIES", "0"))

# One cache for all web processes, or each would count sign-in attempts on its own.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portfolio_cache",
    }
}

# Words, numbers, time. The city's own zone is in its row (portfolio.models.City).
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# Files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Outside everything the web serves; read only through a page that checks who asks. Where
    # several web processes on several machines share a city, this names storage that they share.
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "evidence",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# Security
HTTPS = flag("GROUNDWORK_HTTPS", default=OWN_SERVER)
SECURE_CSP = {
    "default-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# What people type; files come on top of it, and are kept one by one up to the city's limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = ["problems.evidence_files.uploads.BoundedUploadHandler"]
# A few files that are each too large still come back as a page that says so.
LARGEST_REQUEST = 200_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000


def mailer(url: str) -> dict[str, Any]:
    """Return Django's form of a mail URL; without one, mail is printed on the console."""
    if not url:
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname or "localhost",
            "port": parts.port or 587,
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme != "smtp-plain",
            # Whoever waits for a mail server that does not answer, waits no longer than this.
            "timeout": 15,
        },
    }


MAILERS = {"default": mailer(required("EMAIL_URL") if OWN_SERVER else "")}
# Mails lead here; pages need no address of their own site.
SITE_URL = (
    os.environ.get("GROUNDWORK_URL")
    or f"http{'s' if HTTPS else ''}://{ALLOWED_HOSTS[0].lstrip('.')}{'' if OWN_SERVER else ':8000'}"
).rstrip("/")
DEFAULT_FROM_EMAIL = (
    os.environ.get("EMAIL_FROM") or f"groundwork@{urlsplit(SITE_URL).hostname or 'localhost'}"
)

# Open data: who the city is among all cities, and what others may do with it.
OC4IDS_PREFIX = os.environ.get("OC4IDS_PREFIX") or "oc4ids-000000"
if not re.fullmatch(r"oc4ids-[a-z0-9]{6}", OC4IDS_PREFIX):
    raise ImproperlyConfigured(
        "OC4IDS_PREFIX is the prefix that the help desk of OC4IDS gave the city: oc4ids- and six "
        "small letters or digits."
    )
OPEN_DATA_LICENSE = os.environ.get("OPEN_DATA_LICENSE") or "CC0-1.0"
if OPEN_DATA_LICENSE not in {"CC0-1.0", "PDDL-1.0", "CC-BY-4.0"}:
    raise ImproperlyConfigured("OPEN_DATA_LICENSE is CC0-1.0, PDDL-1.0 or CC-BY-4.0.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
