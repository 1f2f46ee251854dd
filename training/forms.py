"""How a training text is shown: the forms in which the index embeds passages and sentences."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from training.examples import Example

ALONE = 0.5
"""Share of passages shown without a header, as sentences are embedded."""

WITH_NEIGHBOUR = 0.5
"""Of the passages with a header, the share that also has a neighbour's text before or behind it."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Shows examples in changing forms.

    A passage in the index carries its speech's title and speaker and stands among other sentences; a sentence
    is embedded alone. Examples without a title borrow one: a question that names no speaker must find its
    passage under any header.
    """

    titles: tuple[str, ...]
    neighbours: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Forms:
        """Titles and, by topic, the passages that can stand beside one another."""
        by_topic: dict[str, list[str]] = defaultdict(list)
        for example in examples:
            by_topic[example.topic].append(example.passage)
        return cls(
            titles=tuple(example.title for example in examples if example.title),
            neighbours={topic: tuple(passages) for topic, passages in by_topic.items()},
        )

    def shown(self, example: Example, in_batch: frozenset[str], chance: random.Random) -> str:
        """One form of an example's passage, chosen at random; one of a strange topic is shown alone.

        Args:
            example: whose passage it is.
            in_batch: passages that are asked for in the same batch; as neighbours they would be right answers
                counted as wrong.
            chance: the source of randomness.
        """
        if chance.random() < ALONE or not self.titles or example.topic not in self.neighbours:
            return example.passage
        title = example.title or chance.choice(self.titles)
        text = example.passage
        if chance.random() < WITH_NEIGHBOUR:
            others = [passage for passage in self.neighbours[example.topic] if passage not in in_batch]
            others = others or list(example.near_misses)
            if others:
                pair = [text, chance.choice(others)]
                chance.shuffle(pair)
                text = "\n".join(pair)
        return f"{title}\n{text}"
