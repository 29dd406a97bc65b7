"""Coming in: a name and a password, tried only so often."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from ..errors import Throttled
from ..services.security import rate_limits
from ..wording import told_error

_EVERYWHERE = "login-name"  # the same name, from wherever


class LoginForm(AdminAuthenticationForm):
    """Counts a try before the password is looked at, so that many at once are counted too."""

    def clean(self) -> dict[str, Any]:
        name = str(self.cleaned_data.get("username") or "")
        if not name or not self.cleaned_data.get("password"):
            return super().clean()
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        tries = {"login": f"{address} {name.lower()}", _EVERYWHERE: name.lower()}
        try:
            for kind, who in tries.items():
                rate_limits.hit(kind=kind, who=who)
        except Throttled as error:
            raise ValidationError(told_error(error), code=error.code) from error
        cleaned = super().clean()
        for kind, who in tries.items():
            rate_limits.reset(kind=kind, who=who)
        return cleaned
