"""Settings fail loudly: a value that is missing or can not be read stops the start with a sentence that names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "s" * 60


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **environment)


def manage(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in an environment that says just this; empty values hide what .env says."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/liaison.sqlite3",
            "REDIS_URL": "",
            "EMAIL_URL": "",
            "DEBUG": "false",
            "SECRET_KEY": SECRET,
            "BASE_URL": "https://liaison.example",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


RANDOM = "J9w2Qm4xLr7TzVb5Nc8Ky3Hd6Gf1Ps0AeUiOhBnMlKjRtYqXwZ"


def test_it_is_fit_for_production_with_two_secrets_and_an_address(tmp_path):
    done = start(tmp_path, SECRET_KEY=RANDOM, CONDUCT_KEY=RANDOM[::-1])
    assert done.returncode == 0, done.stderr


def test_sealed_reports_want_a_key_of_their_own(tmp_path):
    done = start(tmp_path, SECRET_KEY=RANDOM, CONDUCT_KEY="")
    assert "Set CONDUCT_KEY" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "too-short"),
        ("BASE_URL", "liaison.example"),
        ("BASE_URL", "ftp://liaison.example"),
        ("DEBUG", "perhaps"),
        ("TIME_ZONE", "Asia/Wuxi"),
        ("DATABASE_URL", "nonsense"),
        ("EMAIL_URL", "nonsense"),
        ("GATEWAY_URL", "json://sms.example/nobody"),
        ("PLANNING_HORIZON_DAYS", "half a year"),
        ("CALL_BACKS_PER_UNIT", "-1"),
        ("PATTERN_BURST_CONTACTS", "0"),
    ],
)
def test_it_names_the_setting_that_stops_the_start(tmp_path, name, value):
    done = start(tmp_path, **{name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1], done.stderr


@pytest.mark.parametrize(
    ("hosts", "words"), [("", "GATEWAY_HOSTS"), ("other.example", "GATEWAY_URL leads to")]
)
def test_a_gateway_outside_the_allowed_hosts_stops_the_start(tmp_path, hosts, words):
    done = start(tmp_path, GATEWAY_URL="json://sms.example/?:to={mobile}", GATEWAY_HOSTS=hosts)
    assert done.returncode != 0
    assert words in done.stderr


@pytest.mark.parametrize(
    ("said", "also", "options"),
    [
        ("", "", "-c jit=off"),
        ("", "-c work_mem=64MB", "-c jit=off -c work_mem=64MB"),
        ("?options=-c%20jit%3Don", "", "-c jit=on"),
    ],
)
def test_postgresql_compiles_nothing_unless_told_to(tmp_path, said, also, options):
    """A question about the whole bureau took 1.5 s instead of 0.13."""
    print_them = (
        "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS']['options'])"
    )
    url = f"postgres://liaison@database.example/liaison{said}"
    done = manage(
        tmp_path, "shell", "--no-imports", "--command", print_them, DATABASE_URL=url, PGOPTIONS=also
    )
    assert done.stdout.strip() == options, done.stderr
