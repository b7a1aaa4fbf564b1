"""The tests; a package, since others install packages of this name."""
