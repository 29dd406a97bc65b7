"""Decoding speed beside the peers: cells, peers, targets, tables."""
