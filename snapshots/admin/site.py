"""The console's site."""

from django.contrib.admin import AdminSite


class Console(AdminSite):
    site_header = site_title = "MediaHub"
    index_title = "Library"
