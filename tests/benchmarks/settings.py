"""The real settings, a folder of its own, and Django's admin as the baseline: here only, never in production."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="liaison-bench-"))
os.environ["SECRET_KEY"] = "only-for-the-benchmarks-" + "x" * 50
os.environ["BASE_URL"] = "http://testserver"
for _name, _default in {
    "DATABASE_URL": f"sqlite:///{os.environ['DATA_DIR']}/liaison.sqlite3",
    "REDIS_URL": "",
    "EMAIL_URL": "",
    "DEBUG": "false",
    "LOG_LEVEL": "WARNING",
}.items():
    os.environ.setdefault(_name, _default)

from liaison.settings import *  # noqa: E402, F403
from liaison.settings import INSTALLED_APPS, MIDDLEWARE  # noqa: E402

INSTALLED_APPS = ["django.contrib.admin", *INSTALLED_APPS]
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
ROOT_URLCONF = "tests.benchmarks.urls"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LANGUAGE_CODE = "en"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SILENCED_SYSTEM_CHECKS = ["admin.E404", "security.W005", "security.W021"]
