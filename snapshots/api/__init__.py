"""The REST door: parse, call one service, answer. Promised in `docs/openapi.yaml`."""
