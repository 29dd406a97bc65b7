"""The texts that pages bring for their scripts: all that the scripts' types name, and no more."""

from __future__ import annotations

import re

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from snapshots.admin.media import picker_texts, upload_config

from .test_node import SCRIPTS


def named(path: str) -> set[str]:
    """The texts in the type `Record<"one" | "other", string>` of a module."""
    source = (SCRIPTS / path).read_text("utf-8")
    return set(re.findall(r'"(\w+)"', re.findall(r"Record<(.*?)\bstring", source, re.DOTALL)[0]))


def test_the_picker_has_each_of_its_texts() -> None:
    assert named("picker/setup.js") == set(picker_texts.texts())


def test_the_upload_page_has_each_of_its_texts(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    assert named("upload/setup.js") == set(upload_config.setup(request)["texts"])
