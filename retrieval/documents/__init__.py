"""Bytes to documents: `retrieval.documents.read.read_document` is the entry."""
