"""The dashboard, which is the console's home page."""
