"""What the browser fetches: all of it is collected, none of it comes from elsewhere, and it is light."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[2]
STATIC = re.compile(r"""(?:\bstatic |\bstatic\()["']([^"'{}]+)["']""")
BUDGET = 120 * 1024  # bytes, all assets together as a browser gets them


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    root = tmp_path_factory.mktemp("static")
    storages = {"staticfiles": {"BACKEND": "liaison.assets.AssetStorage"}}
    with override_settings(STATIC_ROOT=root, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


def test_everything_that_a_page_names_is_collected(collected):
    manifest = json.loads((collected / "staticfiles.json").read_text())["paths"]
    sources = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templatetags/*.py")]
    named = {name for source in sources for name in STATIC.findall(source.read_text(encoding="utf-8"))}
    named |= {"django_htmx/htmx-2.min.js"}  # {% htmx_script %}
    assert len(named) >= 5
    assert named <= set(manifest), named - set(manifest)


def test_all_assets_together_stay_light(collected):
    sizes = {path.name: path.stat().st_size for path in collected.rglob("*.br")}
    assert sum(sizes.values()) <= BUDGET, sizes


def test_no_page_fetches_anything_from_elsewhere():
    elsewhere = re.compile(r"""(?:src|href)=["'](?:https?:)?//""")
    found = [
        str(path)
        for path in ROOT.glob("templates/**/*.html")
        if elsewhere.search(path.read_text(encoding="utf-8"))
    ]
    assert not [path for path in found if "emails" not in path]
