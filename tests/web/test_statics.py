"""Scripts that are cached for a year must never mix with those of another version."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management import call_command

_IMPORTED = re.compile(r"""(?:import|export)\s*(?:[^;"'()]*?\bfrom\s*)?\(?["'](\.[^"']+)["']""")
_HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")


def test_whatever_a_module_imports_has_a_name_of_its_bytes(tmp_path: Path, settings: Any) -> None:
    backend = {"BACKEND": "snapshots.web.statics.HashedStatics"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["redoc"])
    modules = [p for p in (tmp_path / "snapshots").rglob("*.js") if _HASHED.search(p.name)]
    imported = [
        (module, target) for module in modules for target in _IMPORTED.findall(module.read_text())
    ]
    assert len(modules) > 40
    assert len(imported) > 60
    assert [pair for pair in imported if not _HASHED.search(pair[1])] == []
    assert all((module.parent / target).exists() for module, target in imported)
