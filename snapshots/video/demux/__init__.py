"""Demuxing: opening a file, and what its container and packets say."""
