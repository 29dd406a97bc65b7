"""The pages of events and of the event configuration."""
