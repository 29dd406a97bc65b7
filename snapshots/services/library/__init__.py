"""The library: media items, their tags and snapshots, uploads, probing and search."""
