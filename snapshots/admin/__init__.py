"""The web console: Django's admin with pages of its own."""
