"""Which files of the packages reach the browser, and how they are kept: named by content, compressed once."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetsConfig(StaticFilesConfig):
    """Collects what the pages use; the rest of Bootstrap and htmx would take 15 seconds to compress for nobody."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.map",
        "*.rtl.*",
        "bootstrap/css/bootstrap-*",
        "bootstrap/css/bootstrap.css",
        "bootstrap/js/*",
        "django_htmx/*-4.*",
        "django_htmx/htmx-2.js",
        "django_htmx/ext/*",
        "django_tables2/*",
    ]


def _without_source_maps(patterns: tuple) -> tuple:
    kept = (
        (files, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for files, rules in patterns
    )
    return tuple((files, rules) for files, rules in kept if rules)


class AssetStorage(CompressedManifestStaticFilesStorage):
    """Leaves `sourceMappingURL` comments alone: a map that a package does not ship, or that is not collected, must
    not stop the start."""

    patterns = _without_source_maps(CompressedManifestStaticFilesStorage.patterns)
