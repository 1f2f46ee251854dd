"""Question in, evidence out: `retrieval.search.searcher.open_searcher` is the entry."""
