#!/bin/sh
# Sees to the system libraries that Qt needs on Linux, and to a font for its window.
#
#   packaging/qt-libraries.sh          install what is missing where that is allowed (root, on a system with apt-get);
#                                      elsewhere print the command to type, and fail
#   packaging/qt-libraries.sh list     print the Debian packages that are missing
#
# macOS and Windows bring everything themselves.
set -eu
cd "$(dirname "$0")/.."

[ "$(uname -s)" = Linux ] || exit 0

PYTHON=.venv/bin/python
[ -x "$PYTHON" ] || PYTHON=python3

# What Qt loads even when it draws in memory: the library, and the Debian package that has it.
ALWAYS='
libEGL.so.1 libegl1
libGL.so.1 libgl1
libX11.so.6 libx11-6
libxkbcommon.so.0 libxkbcommon0
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libfreetype.so.6 libfreetype6
libglib-2.0.so.0 libglib2.0-0
libgthread-2.0.so.0 libglib2.0-0
libstdc++.so.6 libstdc++6
libz.so.1 zlib1g
'

# What a window on a real screen loads besides, under X11 or Wayland.
ON_A_SCREEN='
libX11-xcb.so.1 libx11-xcb1
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-sync.so.1 libxcb-sync1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libwayland-client.so.0 libwayland-client0
libwayland-cursor.so.0 libwayland-cursor0
libwayland-egl.so.1 libwayland-egl1
'

# Families that are good to read on a screen, in the names of the files: with one of them no other is needed.
GOOD_FONTS='^(Inter|NotoSans|Cantarell|OpenSans|LiberationSans)[-_.[]'
# What this machine can do without is tried once.
TRIED=.venv/.extras-tried

say() { printf '%s\n' "$*" >&2; }
may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }
has_screen() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }

# Prints the packages of the libraries that cannot be loaded, of the "library package" lines it reads.
missing_packages() {
    "$PYTHON" -c '
import ctypes, sys

for library, package in map(str.split, filter(str.strip, sys.stdin)):
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
' | sort -u
}

font_files() {
    find /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.fonts" "${HOME:-/}/.local/share/fonts" \
        \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) 2>/dev/null | sed 's|.*/||'
}

needed() {
    printf '%s' "$ALWAYS" | missing_packages
    [ -n "$(font_files)" ] || printf 'fontconfig\nfonts-dejavu-core\n'
}

# The libraries for a real screen are no concern of a machine without one, unless we can simply install them.
wanted() {
    if has_screen || { may_install && [ ! -e "$TRIED" ]; }; then
        printf '%s' "$ON_A_SCREEN" | missing_packages
    fi
}

updated=
# apt-get's many lines are shown only when it fails.
install() {
    log=$(mktemp)
    if {
        { [ -n "$updated" ] || apt-get update -q; } &&
            DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
                -o DPkg::Lock::Timeout=300 "$@"
    } >"$log" 2>&1 </dev/null; then
        updated=yes
        rm -f "$log"
    else
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
}

advise() {
    if command -v apt-get >/dev/null 2>&1; then
        say "Type:  sudo apt-get install $*"
    else
        say "Install them with your system's package manager. Debian's names for them are: $*"
    fi
}

# Ends with the name of what is still missing, should the lists above have missed it.
prove() {
    "$PYTHON" -c 'import PySide6.QtWidgets' || { say "Qt does not load: the line above says why."; exit 1; }
}

# A server has no desktop whose font we should respect: the pictures that it draws get a good one.
wanted_font() {
    if may_install && ! has_screen && [ ! -e "$TRIED" ] && ! font_files | grep -qE "$GOOD_FONTS"; then
        echo fonts-inter
    fi
}

# Not quoted, here and below: the words of it, not the lines.
needed=$(echo $(needed))
wanted=$(echo $(wanted))

if [ "${1:-}" = list ]; then
    echo $needed $wanted
    exit 0
fi

if [ -n "$needed" ]; then
    if ! may_install; then
        say "System libraries that Qt needs are missing here."
        advise $needed $wanted
        exit 1
    fi
    say "Installing what Qt needs with apt-get: $needed"
    install $needed || { advise $needed; exit 1; }
    prove
fi

if [ -n "$wanted" ] && may_install && [ ! -e "$TRIED" ]; then
    say "Installing what a window on a screen needs with apt-get: $wanted"
    install $wanted || { say "Without them Sietch can draw to files only."; advise $wanted; }
elif [ -n "$wanted" ]; then
    say "Libraries that a window on a screen may need are missing here."
    advise $wanted
fi

if [ -n "$(wanted_font)" ]; then
    say "Installing a font with apt-get: $(wanted_font)"
    install $(wanted_font) || say "Without it, the pictures will have another font."
fi
[ ! -d .venv ] || touch "$TRIED" 2>/dev/null || true
