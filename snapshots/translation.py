"""Messages in the language of whoever reads them."""

from __future__ import annotations

from django.utils.functional import lazy
from django.utils.translation import gettext

from .messages import Message


def translate(message: Message) -> str:
    """The message in the active language; an id that no catalogue has stays as it is."""
    if not message.id:
        return ""  # whose translation would be the catalogue's header
    text = gettext(message.id)
    if not message.params:
        return text
    return text % {
        name: translate(value) if isinstance(value, Message) else value
        for name, value in message.params.items()
    }


translate_lazy = lazy(translate, str)  # for what is defined before there is a reader
