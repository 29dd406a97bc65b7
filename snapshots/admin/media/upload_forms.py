"""Forms that add media: files and URLs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...services.tasks import pulls

MAX_ADDRESSES = 100
ACCEPTED = "video/*,.mkv,.ts,.m2ts,.mxf,.flv"


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; the service rejects empty ones."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            super().clean(None, initial)  # raises: required
        return list(files)


class UploadForm(forms.Form):
    files = FilesField(  # type: ignore[assignment]  # a field, which the class does not keep
        label=_("Video files"),
        help_text=_("You can select up to 100 files at a time."),
        widget=FilesInput(attrs={"accept": ACCEPTED}),
    )


class AddressesForm(forms.Form):
    addresses = forms.CharField(
        label=_("Video URLs"),
        help_text=_("One per line. Each is downloaded in the background."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField", "spellcheck": "false"}),
        max_length=MAX_ADDRESSES * (pulls.MAX_URL + 2),
        error_messages={"required": _("Enter at least one URL.")},
    )

    def clean_addresses(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["addresses"].splitlines()]
        addresses = list(dict.fromkeys(line for line in lines if line))
        if len(addresses) > MAX_ADDRESSES:
            raise forms.ValidationError(
                gettext("Enter at most %(max)d URLs at a time.") % {"max": MAX_ADDRESSES}
            )
        return addresses
