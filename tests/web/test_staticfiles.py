"""Scripts that are cached for a year must never mix with those of another version."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from snapshots.management import static_files

_IMPORTED = re.compile(r"""(?:import|export)\s*(?:[^;"'()]*?\bfrom\s*)?\(?["'](\.[^"']+)["']""")
_HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")


def test_whatever_a_module_imports_has_a_name_of_its_bytes(tmp_path: Path, settings: Any) -> None:
    backend = {"BACKEND": "snapshots.web.staticfiles.HashedStatics"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
    settings.STATIC_ROOT = tmp_path
    assert static_files.collect()
    modules = [p for p in (tmp_path / "snapshots").rglob("*.js") if _HASHED.search(p.name)]
    imported = [
        (module, target) for module in modules for target in _IMPORTED.findall(module.read_text())
    ]
    assert len(modules) > 40
    assert len(imported) > 60
    assert [pair for pair in imported if not _HASHED.search(pair[1])] == []
    assert all((module.parent / target).exists() for module, target in imported)


def test_they_are_collected_again_only_when_some_have_changed(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path / "root"
    originals = tmp_path / "originals"
    originals.mkdir()
    (originals / "a.css").write_text("a {}")
    storage = FileSystemStorage(location=originals)
    finder = SimpleNamespace(list=lambda _: [(name, storage) for name in storage.listdir("")[1]])
    monkeypatch.setattr(static_files, "get_finders", lambda: [finder])
    assert static_files.collect()
    assert not static_files.collect()
    (originals / "b.css").write_text("b {}")
    assert static_files.collect()
    (originals / "a.css").write_text("a { color: red }")
    assert static_files.collect()
    assert not static_files.collect()
