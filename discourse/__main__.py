"""`python -m discourse` is the command line."""

from discourse.cli import app

app(prog_name="discourse")
