"""The pages of events and of how they are delivered."""
