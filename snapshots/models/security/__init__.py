"""Rows behind access: access keys, spent signatures, idempotency keys, rate limit hits."""
