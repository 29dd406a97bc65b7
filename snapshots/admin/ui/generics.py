"""Django's classes that only their type stubs can subscript, subscriptable at run time too."""

from __future__ import annotations

from types import new_class
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core import paginator

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline
    from django.core.paginator import Paginator
    from django.forms import ModelChoiceField, ModelForm
else:

    def _subscriptable(parent: type) -> type:
        def fill(namespace: dict[str, Any]) -> None:
            namespace["__class_getitem__"] = classmethod(lambda cls, _parameter: cls)

        return new_class(parent.__name__, (parent,), exec_body=fill)

    ModelAdmin = _subscriptable(admin.ModelAdmin)
    TabularInline = _subscriptable(admin.TabularInline)
    ModelChoiceField = _subscriptable(forms.ModelChoiceField)
    ModelForm = _subscriptable(forms.ModelForm)
    Paginator = _subscriptable(paginator.Paginator)

__all__ = ["ModelAdmin", "ModelChoiceField", "ModelForm", "Paginator", "TabularInline"]
