"""Rules and transactions. Keyword-only functions; the interfaces parse, call one, and answer."""
