"""The terminal's side of the bot: asking, a conversation, settings and a check-up."""
