"""The window and the commands. Shows and asks, never decides: everything it knows comes from `app`.

`application` starts Qt and opens the library; `main_window` is the frame around the screens in `views`, which show the
item models of `models` through the painters of `delegates`. `look` holds the current `theme` and tinted icons, `tasks`
runs work off the GUI thread, `bridge` brings the app's events onto it. `cli` is the command `sietch`.
"""
