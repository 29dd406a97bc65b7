"""The sign-in form, with a rate limit."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from ..errors import Throttled
from ..services.security import rate_limits
from ..translation import translate

_FROM_ANYWHERE = "login-name"  # a name, from any address


class LoginForm(AdminAuthenticationForm):
    """Counts an attempt before it checks the password, so that concurrent attempts count too."""

    def clean(self) -> dict[str, Any]:
        name = str(self.cleaned_data.get("username") or "")
        if not name or not self.cleaned_data.get("password"):
            return super().clean()
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        tries = {"login": f"{address} {name.lower()}", _FROM_ANYWHERE: name.lower()}
        try:
            for kind, who in tries.items():
                rate_limits.hit(kind=kind, who=who)
        except Throttled as error:
            raise ValidationError(translate(error.message), code=error.code) from error
        cleaned = super().clean()
        for kind, who in tries.items():
            rate_limits.reset(kind=kind, who=who)
        return cleaned
