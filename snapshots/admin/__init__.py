"""The console: Django's admin, with the work's own pages."""
