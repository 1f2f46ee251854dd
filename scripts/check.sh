#!/bin/sh
# Every check of the project, one after the other; stops at the first that fails.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin

section() { printf '\n== %s\n' "$1"; }

section "ruff format"
"$bin/ruff" format --check .
section "ruff check"
"$bin/ruff" check .
section "mypy"
"$bin/mypy"
if [ "${1:-}" = lint ]; then exit; fi
section "pytest"
"$bin/python" -m pytest
