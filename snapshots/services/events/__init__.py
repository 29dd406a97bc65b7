"""Events: the outbox they are written to, their deliveries, and what a webhook sends."""
