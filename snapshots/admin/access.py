"""Access keys: users manage their own, administrators all. The secret is shown once."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from ..errors import Invalid
from ..models import AccessKey
from ..services import names
from ..services.security import access_keys
from ..services.security.accounts import signed_in
from ..translation import translate
from .ui import formatting
from .ui.filters import ByEnabled
from .ui.generics import ModelAdmin, ModelForm
from .ui.permissions import require

_UNSHOWN = "access_key_not_shown_yet"


class AccessKeyForm(ModelForm[AccessKey]):
    class Meta:
        model = AccessKey
        fields = ("name", "user", "is_enabled")

    def clean_name(self) -> str:
        try:
            return names.given(self.cleaned_data["name"])
        except Invalid as error:
            raise ValidationError(translate(error.message)) from error


@admin.register(AccessKey)
class AccessKeyAdmin(ModelAdmin[AccessKey]):
    form = AccessKeyForm
    change_form_template = "admin/snapshots/accesskey/change_form.html"
    actions = ("enable", "disable")
    list_display = ("named", "secret_id", "user", "state", "last_used_at", "created_at")
    list_filter = (("is_enabled", ByEnabled),)
    search_fields = ("name", "=secret_id", "user__username")
    list_select_related = ("user",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.secret_view)
        mine = path("<int:pk>/secret/", view, name="snapshots_accesskey_secret")
        return [mine, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessKey]:
        rows = super().get_queryset(request).defer("secret_encrypted")
        return rows if request.user.is_superuser else rows.filter(user=signed_in(request.user))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is not None:
            return ("name", "is_enabled", "secret_id", "user", "last_used_at", "created_at")
        return ("name", "user") if request.user.is_superuser else ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["secret_id", "user", "last_used_at", "created_at"] if obj is not None else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"user": request.user.pk}

    @admin.display(description=_("Name"), ordering="name")
    def named(self, row: AccessKey) -> str:
        return row.name or formatting.NOTHING

    @admin.display(description=_("Status"), ordering="is_enabled")
    def state(self, row: AccessKey) -> str:
        if row.is_enabled:
            return formatting.badge("ready", gettext("Enabled"))
        return formatting.badge("aborted", gettext("Disabled"))

    def save_model(self, request: HttpRequest, obj: AccessKey, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["name", "is_enabled"])
            return
        owner = form.cleaned_data.get("user") or signed_in(request.user)
        made = access_keys.create_key(user=owner, name=obj.name)
        obj.pk, obj.secret_id, obj.user = made.key.pk, made.key.secret_id, owner

    def response_add(
        self, request: HttpRequest, obj: AccessKey, post_url_continue: Any = None
    ) -> HttpResponse:
        """Redirects to the page that shows the secret once. The session has only the key's id."""
        request.session[_UNSHOWN] = obj.pk
        return HttpResponseRedirect(reverse("admin:snapshots_accesskey_secret", args=[obj.pk]))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**(extra_context or {}), **_address()}
        return super().change_view(request, object_id, form_url, context)

    @method_decorator(never_cache)
    def secret_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request, "add_accesskey")
        key = self.get_queryset(request).filter(pk=pk).first()
        if key is None or request.session.pop(_UNSHOWN, None) != pk:
            messages.info(
                request, _("A secret is shown only once, right after its key is created.")
            )
            return HttpResponseRedirect(reverse("admin:snapshots_accesskey_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Your new access key"),
            "key": key,
            "secret_key": access_keys.secret_key(key=key),
            **_address(),
        }
        return TemplateResponse(request, "admin/snapshots/accesskey/secret.html", context)

    @admin.action(description=_("Enable"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[AccessKey]) -> None:
        count = queryset.update(is_enabled=True)
        text = ngettext("%d access key enabled.", "%d access keys enabled.", count)
        messages.success(request, text % count)

    @admin.action(description=_("Disable"), permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[AccessKey]) -> None:
        count = queryset.update(is_enabled=False)
        text = ngettext("%d access key disabled.", "%d access keys disabled.", count)
        messages.success(request, text % count)


def _address() -> dict[str, str]:
    """The site's URL, whole and in the parts that SDKs take."""
    base = urlsplit(settings.MEDIAHUB_BASE_URL)
    return {
        "base_url": settings.MEDIAHUB_BASE_URL,
        "base_scheme": base.scheme,
        "base_host": base.netloc,
    }
