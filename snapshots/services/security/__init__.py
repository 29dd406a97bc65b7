"""Access keys, the audit log, rate limits, idempotency keys, encryption and signed URLs."""
