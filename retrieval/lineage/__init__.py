"""How a formulation came about and changed: `retrieval.lineage.trace.trace` is the entry."""
