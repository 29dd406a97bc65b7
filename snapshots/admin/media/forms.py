"""The form of a media item's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.utils.translation import gettext_lazy as _

from ...models import Media
from ...services.library import media as media_service
from ...services.library.tags import TagChange
from ..ui.forms import ServiceForm, split_words


class MediaForm(ServiceForm[Media]):
    tags = forms.CharField(
        label=_("Tags"), required=False, help_text=_("Separated by commas."), max_length=1000,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )  # fmt: skip

    class Meta:
        model = Media
        fields = ("name", "description")
        widgets = {"description": AdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:  # else the page only shows it
            self.fields["name"].strip = False  # type: ignore[attr-defined]  # the service strips
        self.initial["tags"] = ", ".join(self.instance.tags) if self.instance.pk else ""

    def call(self) -> Media:
        values = self.cleaned_data
        media_service.update(
            media=self.instance,
            name=values["name"],
            description=values["description"],
            tags=TagChange(add=split_words(values["tags"]), clears=True),
        )
        return media_service.get(file_id=self.instance.file_id)
