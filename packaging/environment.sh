#!/bin/sh
# Makes the environment in .venv, on a machine that may have nothing but Python 3.11.
#
#   packaging/environment.sh create        make .venv if need be, and install Sietch and its tools into it
#   packaging/environment.sh constrain     renew constraints.txt
#   packaging/environment.sh uv ARGS...    run the uv that the first two use
#
# uv does the work. Where it is missing it is fetched from the package index into .tools, which git ignores.
set -eu
cd "$(dirname "$0")/.."
cd "$(pwd -P)"

OLDEST=3.11
# Says where the environment was made: the programs in it work nowhere else.
READY=.venv/.ready
# The machine's own Python is used; uv is never to download another.
export UV_PYTHON_DOWNLOADS=never

say() { printf '%s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# Prints the path of a Python that is new enough. A name may be a version manager's shim that only fails: each is tried.
find_python() {
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3.14 python3 python}; do
        path=$(command -v "$name" 2>/dev/null) || continue
        if is_new_enough "$path"; then
            "$path" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    if [ -n "${PYTHON:-}" ]; then
        fail "PYTHON=$PYTHON is no Python $OLDEST or newer."
    fi
    older=$(python3 -c 'import platform; print(platform.python_version())' 2>/dev/null) || older=none
    say "Sietch needs Python $OLDEST or newer; the newest found here is: $older."
    if command -v apt-get >/dev/null 2>&1; then
        say "Type:  sudo apt-get install python3      (Debian 12, Ubuntu 24.04 and newer have one that is new enough)"
    elif [ "$(uname -s)" = Darwin ]; then
        say "Type:  brew install python@3.13          (or take the installer from python.org)"
    fi
    fail "If it is installed elsewhere:  make PYTHON=/path/to/python3 ..."
}

install_with_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    say "Installing $* with apt-get."
    apt-get update -qq >&2 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
            "$@" >/dev/null
}

# Prints the path of uv: the machine's if it knows dependency groups, or one of our own in .tools.
find_uv() {
    if uv pip install --help 2>/dev/null | grep -q -e '--group'; then
        command -v uv
    else
        [ -x .tools/bin/uv ] || bring_uv "$1"
        printf '%s\n' "$PWD/.tools/bin/uv"
    fi
}

bring_uv() {
    say "No uv (or an old one) on this machine: fetching it into .tools."
    rm -rf .tools
    if can_make_venv "$1"; then
        "$1" -m venv .tools >&2 && .tools/bin/python -m pip install --quiet uv >&2
    elif "$1" -m pip --version >/dev/null 2>&1; then
        "$1" -m pip install --quiet --target .tools uv >&2
    elif install_with_apt python3-venv && can_make_venv "$1"; then
        "$1" -m venv .tools >&2 && .tools/bin/python -m pip install --quiet uv >&2
    else
        advise_venv "$1"
    fi
    [ -x .tools/bin/uv ] || fail "uv could not be fetched: see the message above. Is the package index reachable?"
}

can_make_venv() {
    "$1" -c 'import venv, ensurepip' 2>/dev/null
}

advise_venv() {
    say "$1 can make no virtual environment (it has neither venv nor pip), and uv is not installed."
    if command -v apt-get >/dev/null 2>&1; then
        say "Type:  sudo apt-get install python3-venv $(packaging/qt-libraries.sh list)"
        fail "and start this again."
    fi
    fail "Install uv (https://docs.astral.sh/uv) or the venv module of this Python, and start this again."
}

create() {
    python=$(find_python)
    uv=$(find_uv "$python")
    if [ -e "$READY" ] && [ "$(cat "$READY")" != "$PWD" ]; then
        say "This folder has been moved: making .venv anew, whose programs know the old place."
        rm -rf .venv
    fi
    if is_new_enough .venv/bin/python; then
        say "Bringing .venv up to date."
    else
        say "Setting up .venv with $("$python" --version). The first time takes some minutes."
        rm -rf .venv
        "$uv" venv --quiet --python "$python" .venv
    fi
    "$uv" pip install --quiet --python .venv/bin/python -c constraints.txt -e '.[share]' --group dev
    printf '%s\n' "$PWD" >"$READY"
}

# One version of each package for every Python where there is one: then the types, too, are the same for all.
constrain() {
    python=$(find_python)
    uv=$(find_uv "$python")
    "$uv" pip compile --quiet --universal --upgrade --python-version "$OLDEST" --extra share --group dev \
        --fork-strategy fewest --no-emit-package opencv-python --no-emit-package opencv-contrib-python \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file constraints.txt pyproject.toml
}

case "${1:-}" in
    create) create ;;
    constrain) constrain ;;
    uv)
        shift
        uv=$(find_uv "$(find_python)")
        exec "$uv" "$@"
        ;;
    *) fail "usage: $0 create | constrain | uv ARGS..." ;;
esac
