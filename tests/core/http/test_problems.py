"""Which status an error of Core has."""

from __future__ import annotations

import pytest

from core import errors
from core.http.problems import told


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.DiskFull("x"), 507),
        (errors.DatabaseError("x"), 503),
        (errors.NotFound("x"), 404),
        (errors.Conflict("x"), 409),
        (errors.InvalidInput("x"), 422),
        (errors.ImageTooLarge("x"), 413),
        (errors.DamagedImage("x"), 415),
        (ZeroDivisionError("x"), 500),
    ],
)
def test_errors_have_a_status(error: Exception, status: int) -> None:
    assert told(error).status == status
