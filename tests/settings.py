"""The settings of the suite: the real ones, with what a test machine can not have.

DATABASE_URL and REDIS_URL from the environment choose the servers; what a checkout's `.env` says does not count.
Every xdist worker has a folder, a database and a queue of its own.
"""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="liaison-tests-")
os.mkdir(f"{_folder}/static")  # whitenoise misses it aloud
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

os.environ["DATA_DIR"] = _folder
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the tests
os.environ["SECRET_KEY"] = "only-for-the-suite-" + "x" * 50
os.environ["BASE_URL"] = "http://testserver"
for _name, _default in {
    "DATABASE_URL": f"sqlite:///{_folder}/liaison.sqlite3",
    "REDIS_URL": "",
    "DEBUG": "false",
    "LOG_LEVEL": "WARNING",
    "TIME_ZONE": "Asia/Shanghai",
}.items():
    os.environ.setdefault(_name, _default)

from liaison.settings import *  # noqa: E402, F403
from liaison.settings import CACHES, DATABASES, HUEY  # noqa: E402

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in real life: threads and child processes open connections of their own to it.
    DATABASES["default"]["TEST"] = {"NAME": f"{_folder}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # a live server's threads must leave no connection behind
HUEY["name"] = CACHES["default"]["KEY_PREFIX"] = f"liaison-tests-{_worker}"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "liaison.storage.WholeFiles"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = (
    True  # nothing is collected; found when asked for, not by each client
)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_ENABLED = True
LANGUAGE_CODE = "en"  # whoever does not ask for a language is answered in the msgids
