"""Our scripts and styles, each under a name that changes with its bytes."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatics(CompressedManifestStaticFilesStorage):
    """What modules import of each other has such names too: no browser mixes two versions."""

    support_js_module_import_aggregation = True
