"""Permissions on the console's pages, and how errors are shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from ...errors import DomainError, Invalid
from ...messages import Message
from ...translation import translate


class ReadOnly:
    """A model whose rows the console shows and never edits."""

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        return False


def may(request: HttpRequest, *actions: str) -> bool:
    """Whether the user has all of these permissions, as `add_task`."""
    return all(request.user.has_perm(f"snapshots.{action}") for action in actions)


def require(request: HttpRequest, *actions: str) -> None:
    """Raises `PermissionDenied`, for which Django responds with 403."""
    if not may(request, *actions):
        raise PermissionDenied


def show_error(request: HttpRequest, error: DomainError) -> None:
    """Show an error at the top of the next page."""
    messages.error(request, translate(error.message))


def add_errors(form: forms.BaseForm, error: DomainError, *, elsewhere: str | None = None) -> None:
    """Add each problem to its field, by the last part of its path that is one; else `elsewhere`."""
    if not isinstance(error, Invalid):
        form.add_error(None, translate(error.message))
        return
    added: set[tuple[str | None, Message]] = set()
    for problem in error.problems:
        parts = reversed(problem.field.split("."))
        field = next((part for part in parts if part in form.fields), elsewhere)
        if (field, problem.message) not in added:
            added.add((field, problem.message))
            form.add_error(field, translate(problem.message))
