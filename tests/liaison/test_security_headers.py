"""What a browser is told: no foreign or inline code, nothing kept in caches, cookies that stay where they belong."""

import os
import re
import subprocess
import sys

import pytest

from liaison.views import server_error
from tests.base import sign_in

PAGES = ["/settings/", "/more/", "/password/"]
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|<script(?![^>]*\ssrc=)", re.IGNORECASE)


def policy(response) -> dict[str, list[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {name: values for name, *values in parts}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/no-such-page/"])
def test_it_allows_no_foreign_and_no_inline_code(client, path):
    rules = policy(client.get(path))
    assert rules["default-src"] == ["'self'"]
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]
    assert not {"script-src", "style-src"} & set(rules)
    assert "unsafe" not in str(rules)


@pytest.mark.parametrize("path", PAGES)
def test_no_cache_keeps_a_page_of_someone_signed_in(bureau, path):
    response = sign_in(bureau.alice).get(path)
    assert response.status_code == 200
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_inline_script_or_style(bureau, path):
    response = sign_in(bureau.alice).get(path)
    assert not INLINE.findall(response.content.decode())


def test_htmx_neither_evaluates_nor_writes_styles(bureau):
    page = sign_in(bureau.alice).get("/settings/").content.decode()
    config = re.search(r"name=\"htmx-config\" content='([^']+)'", page)
    assert '"includeIndicatorStyles":false' in config[1]
    assert '"allowEval":false' in config[1]


@pytest.mark.django_db
def test_it_is_not_framed_sniffed_or_named_to_other_sites(client):
    response = client.get("/sign-in/")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def test_a_form_without_its_token_is_refused_in_words(bureau):
    client = sign_in(bureau.alice)
    client.handler.enforce_csrf_checks = True
    response = client.post("/settings/", {"language": "en"})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_an_error_page_needs_no_database(rf):
    response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()


def settings_of(**environment: str) -> dict[str, str]:
    """Some settings as a process with this environment has them."""
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_SSL_REDIRECT",
             "SESSION_COOKIE_HTTPONLY", "SECURE_HSTS_SECONDS", "DEBUG"]  # fmt: skip
    code = f"from liaison import settings; print(*(f'{{n}}={{getattr(settings, n)}}' for n in {names}))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, check=True, capture_output=True, text=True
    )
    return dict(pair.split("=") for pair in done.stdout.split())


def test_cookies_are_for_https_alone_in_production(tmp_path):
    found = settings_of(BASE_URL="https://liaison.example", DEBUG="false", DATA_DIR=str(tmp_path))
    assert found.pop("SECURE_HSTS_SECONDS") == "31536000"
    assert found.pop("DEBUG") == "False"
    assert set(found.values()) == {"True"}
