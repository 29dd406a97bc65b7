"""The REST interface: parse, call one service, answer. Promised in `docs/openapi.yaml`."""
