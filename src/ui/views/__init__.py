"""The screens of the window, one file each, and the grid that they share."""
