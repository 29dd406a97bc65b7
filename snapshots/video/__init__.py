"""The video core: paths and values in, frames and pictures out. Knows nothing of Django."""
