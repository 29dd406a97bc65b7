"""The shipped settings, on a data folder of their own that goes when the tests are over."""

import atexit
import os
import shutil
import tempfile

os.environ["MEDIAHUB_DATA"] = _data = tempfile.mkdtemp(prefix="mediahub-tests-")
os.environ.setdefault("MEDIAHUB_WORKERS", "2")
os.environ.setdefault("MEDIAHUB_OUTBOUND_PORTS", "1-65535")  # the tests' servers have any
_maker = os.getpid()


def _remove() -> None:
    if os.getpid() == _maker:  # not when a forked child ends
        shutil.rmtree(_data, ignore_errors=True)


atexit.register(_remove)

from mediahub.settings import *  # noqa: E402, F403

# On disk, as in life: an in-memory database knows no waiting for another connection's lock.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{_data}/test.sqlite3"  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
STATIC_ROOT.mkdir(0o700, exist_ok=True)  # noqa: F405  WhiteNoise warns when it is missing
