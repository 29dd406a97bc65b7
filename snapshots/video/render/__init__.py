"""Rendering: from a decoded frame to a picture of the template's size, fill and format."""
