"""One module a command. Each parses, calls one function and prints; heavy imports wait in the command."""
