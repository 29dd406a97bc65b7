"""The REST API: parse, call one service, respond. Its contract is `docs/openapi.yaml`."""
