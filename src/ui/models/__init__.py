"""Item models over the app's services: rows that change one by one, never a reset while photos come in."""
