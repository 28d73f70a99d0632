"""`python -m channels.cli` is the `camille` command."""

from channels.cli.main import main

main()
