"""Rows of the library: media items, their tags, covers and uploads, snapshot templates."""
