"""The index: open the generation in force here; `retrieval.index.rebuild` makes the next one."""

from retrieval.index.generation import Generation, open_generation, open_sound
from retrieval.index.in_force import current_name

__all__ = ["Generation", "current_name", "open_generation", "open_sound"]
