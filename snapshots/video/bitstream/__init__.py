"""Header parsers for codecs and containers: bytes in, fields out; no file and no clock."""
