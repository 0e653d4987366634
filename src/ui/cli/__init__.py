"""The command `sietch`. `main` is the entry point; without a subcommand it opens the window.

Heavy modules (the models, Qt) are imported by the commands that need them, so that `sietch --help` answers at once and
a computer without a display can index.
"""

from ui.cli.main import main

__all__ = ["main"]
