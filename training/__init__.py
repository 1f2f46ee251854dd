"""Training of the encoder; not part of the installed packages."""
