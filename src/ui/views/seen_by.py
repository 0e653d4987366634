"""One line in the details of a photo: whose it is, and who sees it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.ownership import Visibility
from app.visibility import PhotoVisibility
from ui import theme
from ui.look import Look
from ui.text import shown
from ui.widgets import label

_ICONS = {Visibility.PRIVATE: "user", Visibility.SHARED: "users", Visibility.HOUSEHOLD: "eye"}


class SeenBy(QWidget):
    """A mark and a few words; hidden where nobody else uses the library."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: Look | None = None
        self._mark = QLabel(self)
        self.text = label(self, "quiet")
        self.text.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.SPACE_3, 0, 0)
        row.setSpacing(theme.SPACE_2)
        row.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        self.hide()

    def use(self, look: Look) -> None:
        """Where the marks come from."""
        self._look = look

    def tell(self, told: PhotoVisibility | None) -> None:
        """Shows the line, or nothing."""
        self.setVisible(told is not None)
        if told is None:
            return
        self.text.setText(visibility_text(told))
        if self._look is not None:
            icon = "lock" if told.locked else _ICONS[told.visibility]
            self._mark.setPixmap(self._look.pixmaps(icon, theme.ICON_SMALL, theme.VIEWER_QUIET))


def visibility_text(told: PhotoVisibility) -> str:
    """Whose a photo is and who may see it, in a few words: "Yours, for Anna and Ben"."""
    owner = _tr("Yours") if told.own else _tr("Added by {}").format(shown(told.owner.name) or _tr("somebody else"))
    if told.locked:
        return _tr("{}, locked").format(owner)
    return f"{owner}, {_seen_by(told)}"


def _seen_by(told: PhotoVisibility) -> str:
    if told.visibility is Visibility.HOUSEHOLD:
        return _tr("for everybody in the house")
    if not told.own:
        return _tr("for you and perhaps others")
    names = [shown(each.name) for each in told.shared_with] if told.visibility is Visibility.SHARED else []
    if told.in_albums:
        names.append(_tr("who is in a shared album with it"))
    return _tr("for {}").format(", ".join(names)) if names else _tr("only for you")


def _tr(text: str) -> str:
    return QCoreApplication.translate("SeenBy", text)
