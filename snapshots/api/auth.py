"""Authentication by access key or console session, and Django's model permissions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from rest_framework import exceptions
from rest_framework.authentication import BasicAuthentication, SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from structlog.contextvars import bind_contextvars

from ..errors import NotFound
from ..messages import Message
from ..messages import message as _
from ..models import AccessKey
from ..services.security import access_keys
from ..translation import translate, translate_lazy

if TYPE_CHECKING:  # the views import these classes, by the names in the settings
    from rest_framework.views import APIView

_IDENTIFIER = re.compile(r"[0-9A-Za-z-]{1,80}", re.ASCII)
_MISSING = {
    "media": ("media_not_found", _("There is no media item %(id)s.")),
    "snapshottemplate": (
        "template_not_found",
        _("There is no template %(id)s. List them at templates/."),
    ),
    "task": ("task_not_found", _("There is no task %(id)s.")),
    "snapshot": ("snapshot_not_found", _("There is no snapshot %(id)s.")),
}


class CsrfFailed(exceptions.PermissionDenied):
    """A session without its CSRF token: another site may have sent this."""

    default_code = "csrf_failed"
    default_detail = translate_lazy(
        _("Send the CSRF token in the X-CSRFToken header, or use an access key.")
    )


class AccessKeyAuthentication(BasicAuthentication):
    """HTTP Basic with `secret_id:secret_key`, as in `curl -u`."""

    www_authenticate_realm = "MediaHub"

    def authenticate_credentials(  # type: ignore[override]  # the stub knows no `request.auth`
        self, userid: str, password: str, request: Request | None = None
    ) -> tuple[User, AccessKey]:
        key = None
        if _IDENTIFIER.fullmatch(userid):  # nothing else is a key's id, nor safe in a query
            key = access_keys.authenticate(secret_id=userid, secret_key=password)
        if key is None:
            raise exceptions.AuthenticationFailed(translate(_("This access key is not valid.")))
        bind_contextvars(user=key.user_id, key=key.secret_id)
        return key.user, key


class ConsoleSessionAuthentication(SessionAuthentication):
    """The console's session; calls that change something carry the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise CsrfFailed from error


class ModelPermissions(BasePermission):
    """Django's model permissions of the user.

    A view names its `model` and in `rights` the codename that each method requires. What a user
    may not see does not exist for them: an object is 404, a list 403.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        user, model = request.user, view.model  # type: ignore[attr-defined]
        if not user.is_authenticated:
            return False
        for identifier in view.kwargs.values():
            if not (_IDENTIFIER.fullmatch(identifier) and _may(user, f"view_{model}")):
                raise missing(model, identifier)
        method = "GET" if request.method == "HEAD" else request.method
        right = view.rights.get(method)  # type: ignore[attr-defined]
        return right is None or _may(user, right)


def missing(model: str, identifier: object) -> NotFound:
    """The error for what does not exist, and for what this user may not see."""
    code, message = _MISSING[model]
    return NotFound(code, Message(message.id, {"id": str(identifier)}))


def _may(user: Any, codename: str) -> bool:
    return bool(user.has_perm(f"snapshots.{codename}"))
