"""Rows of the outbox: events, delivery attempts, the site's event configuration."""
