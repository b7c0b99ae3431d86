"""The settings of the suite: the real ones, with what a test machine can not have."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-the-suite-" + "x" * 50)
os.environ.setdefault("BASE_URL", "http://testserver")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="liaison-tests-"))

from liaison.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_ENABLED = True
