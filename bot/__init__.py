"""Answers to people: composing them, conversations, the terminal and its `anjiang` command."""
