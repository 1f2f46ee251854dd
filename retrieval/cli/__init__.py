"""The command line of retrieval: ``python -m retrieval``, and the base of the ``anjiang`` command."""
