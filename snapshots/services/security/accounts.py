"""The account behind a request, as the type that services take."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied


def signed_in(user: User | AnonymousUser) -> User:
    """`user`, whom the view's permission check has let pass. Raises `PermissionDenied`."""
    if not isinstance(user, User):
        raise PermissionDenied
    return user
