"""A language model that adds to an answer of quotes, and of whose words none is shown that no quote proves.

Two entries, both after the quotes are shown: `bot.llm.rewriting.rewrite` gives other words for the question,
with which `bot.answer.answer_again` finds more quotes; `bot.llm.wording.word` has the quotes worded.
"""
