"""The decoding sandbox: a child process with limits, and the protocol its parent speaks with it."""
