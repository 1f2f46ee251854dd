"""A language model that words answers over quotes; nothing of it is shown that a quote does not prove."""
