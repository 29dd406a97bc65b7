"""The storage of static files: each has a name that changes with its bytes."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatics(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """Imports between modules use such names too, so that no browser mixes two versions."""

    support_js_module_import_aggregation = True
