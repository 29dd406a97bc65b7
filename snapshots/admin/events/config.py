"""The event configuration: mode, URL and keys, and a test delivery."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from ...errors import DomainError
from ...models import Event, EventConfig
from ...services.events import config as event_config
from ...services.events import deliveries
from ...services.events.attempts import Attempt
from ...translation import translate
from ..ui import formatting
from ..ui.forms import ServiceForm, as_fieldset
from ..ui.generics import ModelAdmin
from ..ui.permissions import require, show_error

_UNSHOWN = "event_secret_not_shown_yet"


def _write_only(length: int) -> forms.PasswordInput:
    """A write-only field: its value is never sent back, nor stored by the browser."""
    attrs = {"class": "vTextField", "autocomplete": "off", "maxlength": length}
    return forms.PasswordInput(attrs=attrs, render_value=False)


class EventConfigForm(ServiceForm[EventConfig]):
    url = forms.CharField(
        label=_("URL"), required=False, max_length=2048,
        help_text=_("Events are pushed to this http or https URL on the internet."),
        widget=forms.TextInput(attrs={"class": "vTextField", "inputmode": "url"}),
    )  # fmt: skip
    sign_key = forms.CharField(
        label=_("New sign key"), required=False, strip=False, widget=_write_only(32),
        help_text=_(
            "Letters and digits, at most 32; signs VOD bodies. Leave empty to keep the current one."
        ),
    )  # fmt: skip
    no_sign_key = forms.BooleanField(label=_("Remove the sign key"), required=False)
    secret = forms.CharField(
        label=_("Use my own secret"), required=False, strip=False, widget=_write_only(200),
        help_text=_("whsec_ and 24 to 64 bytes in base64. Leave empty to keep the current one."),
    )  # fmt: skip
    new_secret: str | None = None

    class Meta:
        model = EventConfig
        fields = ("mode", "url", "upload_event", "delete_event")
        labels = {
            "mode": _("Delivery"),
            "upload_event": _("Send an event when a video is ready"),
            "delete_event": _("Send an event when a video is deleted"),
        }
        help_texts = {"upload_event": "", "delete_event": ""}

    def call(self) -> EventConfig:
        values = dict(self.cleaned_data)
        if values.pop("no_sign_key"):
            values["sign_key"] = ""
        elif not values["sign_key"]:
            del values["sign_key"]
        made = event_config.configure(**{**values, "secret": values["secret"] or None})
        self.new_secret = made.new_secret
        return made.row


@admin.register(EventConfig)
class EventConfigAdmin(ModelAdmin[EventConfig]):
    def get_urls(self) -> list[URLPattern]:
        return [
            path(name, self.admin_site.admin_view(view), name=f"snapshots_eventconfig_{view_name}")
            for name, view, view_name in (
                ("", self.page_view, "changelist"),
                ("test/", self.test_view, "test"),
                ("new-secret/", self.new_secret_view, "new_secret"),
            )
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters("sign_key", "secret"))
    def page_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, EventConfigForm(instance=event_config.current()))
        require(request, "change_eventconfig")
        form = EventConfigForm(request.POST, instance=event_config.current())
        if not form.is_valid():
            return self._page(request, form)
        return self._changed(request, gettext("The event configuration was saved."),
                             is_new_secret=form.new_secret is not None)  # fmt: skip

    @method_decorator(require_POST)
    def test_view(self, request: HttpRequest) -> HttpResponse:
        require(request, "change_eventconfig")
        try:
            _, tried = deliveries.send_test()
            messages.add_message(request, *_test_result(tried))
        except DomainError as error:
            show_error(request, error)
        return _back()

    @method_decorator(require_POST)
    def new_secret_view(self, request: HttpRequest) -> HttpResponse:
        require(request, "change_eventconfig")
        event_config.rotate_secret()
        return self._changed(request, gettext("A new secret was generated."), is_new_secret=True)

    def _changed(self, request: HttpRequest, words: str, *, is_new_secret: bool) -> HttpResponse:
        """Redirects to the page. The session only records that it shows the secret once."""
        self.log_change(request, event_config.current(), words)
        messages.success(request, words)
        if is_new_secret:
            request.session[_UNSHOWN] = True
        return _back()

    def _page(self, request: HttpRequest, form: EventConfigForm) -> HttpResponse:
        may_change = self.has_change_permission(request)
        row = event_config.current()
        secrets = event_config.secrets_of(row, timezone.now())
        is_unshown = may_change and request.session.pop(_UNSHOWN, False)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Event configuration"),
            "row": row,
            "facts": _facts(row),
            "stopped_at": formatting.moment(row.stopped_at) if row.stopped_at else "",
            "new_secret": secrets[0] if is_unshown and secrets else "",
            "may_change": may_change,
            "form": form,
            "fieldset_form": as_fieldset(form, list(form.fields)),
            "button": gettext("Save"),
            "media": form.media,
        }
        return TemplateResponse(request, "admin/snapshots/eventconfig/page.html", context)


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:snapshots_eventconfig_changelist"))


def _test_result(tried: Attempt) -> tuple[int, str]:
    """The message level and text for the result of a test."""
    if tried.arrived:
        words = gettext(
            "The test was delivered: the receiver responded with %(status)d after %(ms)d ms."
        )
        return messages.SUCCESS, words % {"status": tried.status, "ms": tried.duration_ms}
    if tried.status is not None:
        words = gettext("The test was not delivered: the receiver responded with %(status)d.")
        return messages.ERROR, words % {"status": tried.status}
    words = gettext("The test was not delivered. %(reason)s") % {"reason": translate(tried.message)}
    if tried.is_permanent:
        words = f"{words} {gettext('Change the URL, or which hosts the site may reach.')}"
    return messages.ERROR, words


def _facts(row: EventConfig) -> list[tuple[str, str]]:
    pushed = Event.objects.filter(mode=Event.Mode.PUSH)
    until = row.old_secret_until
    facts = [
        (gettext("Delivery"), str(row)),
        (gettext("URL"), row.url or formatting.NOTHING),
        (gettext("Sign key"), _is_set(bytes(row.sign_key_encrypted))),
        (gettext("Secret"), _is_set(bytes(row.secret_encrypted))),
    ]
    if until and until > timezone.now():
        facts.append((gettext("The old secret is valid until"), formatting.moment(until)))
    return [
        *facts,
        (gettext("Events to send"), str(pushed.filter(due_at__isnull=False).count())),
        (gettext("Undeliverable events"), str(pushed.filter(given_up_at__isnull=False).count())),
    ]


def _is_set(key: bytes) -> str:
    return gettext("set") if key else gettext("not set")
