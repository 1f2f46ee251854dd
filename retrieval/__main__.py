"""``python -m retrieval``: the commands of retrieval without the bot."""

from retrieval.cli.app import main

if __name__ == "__main__":
    main()
