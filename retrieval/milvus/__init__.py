"""The index on a Milvus server: `generation` opens what is in force there, `publishing` copies an index."""
