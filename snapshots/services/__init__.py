"""Rules and transactions. Keyword-only functions; the doors parse, call one, and answer."""
