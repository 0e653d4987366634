"""The program as a process of its own, as its users start it."""

from __future__ import annotations

import sys

SIETCH = [sys.executable, "-c", "from ui.cli import main; main()"]
