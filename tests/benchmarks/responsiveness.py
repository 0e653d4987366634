"""How long the window keeps its user waiting while photos come in.

`python -m tests.benchmarks responsiveness [FOLDER] [--photos 500]`

A heartbeat every ten milliseconds measures how long the event loop is held up, in a real window on a new library that
indexes a folder, while its pages are changed and scrolled.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from app.library import Library
from app.types import IndexPhase
from tests.benchmarks.photos import default_folder
from ui.application import make_application
from ui.look import Look
from ui.main_window import MainWindow

BEAT_MS = 10
WANDER_MS = 700


class Heartbeat:
    """Gaps between beats of the event loop, in milliseconds beyond the time that one should take."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(max(0.0, (now - self._last) * 1000 - BEAT_MS))
        self._last = now


def main(arguments: Sequence[str]) -> None:
    """Indexes in a window and prints how long its event loop was held up."""
    parser = argparse.ArgumentParser(prog="responsiveness")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--photos", type=int, default=500)
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as place:
        # The window keeps its size and look; the user's own are not to be touched.
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, place)
        folder = options.folder or default_folder(Path(place) / "made")
        chosen = Path(place) / "photos"
        chosen.mkdir()
        for number, path in enumerate(islice(sorted(each for each in folder.rglob("*.jp*g")), options.photos)):
            shutil.copy(path, chosen / f"{number}.jpg")
        _measure(make_application(), Path(place) / "library", chosen)


def _measure(application: QApplication, library_folder: Path, photos: Path) -> None:
    library = Library.open(library_folder)
    window = MainWindow(library.session, Look(application))
    window.show()
    window.settle()
    steps = [lambda: window.go("people"), lambda: window.go("photos"), lambda: _scroll(window), lambda: _scroll(window)]
    wander = QTimer()
    wander.timeout.connect(lambda: (steps.append(steps.pop(0)), steps[-1]()))
    heart, start = Heartbeat(), time.perf_counter()
    wander.start(WANDER_MS)
    window.add([photos])
    while library.indexer.progress.phase is not IndexPhase.IDLE:
        application.processEvents()
        time.sleep(0.001)
    seconds = time.perf_counter() - start
    gaps, count = sorted(heart.gaps), library.session.counts().photos
    print(f"{count} photos indexed in {seconds:.1f} s with the window in use; {len(gaps)} heartbeats")
    print(
        f"event loop held up: median {gaps[len(gaps) // 2]:.1f} ms, 99% {gaps[len(gaps) * 99 // 100]:.1f} ms, "
        f"99.9% {gaps[len(gaps) * 999 // 1000]:.1f} ms, longest {gaps[-1]:.1f} ms"
    )
    wander.stop()
    window.close()
    window.tasks.close()
    library.close()


def _scroll(window: MainWindow) -> None:
    bar = window.timeline.grid.verticalScrollBar()
    bar.setValue(0 if bar.value() == bar.maximum() else bar.value() + bar.pageStep())
