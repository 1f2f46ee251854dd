#!/bin/sh
# From a few speeches to an answer with citations: indexes examples/speeches, then asks.
set -eu
cd "$(dirname "$0")/.."
question=${QUESTION:-春节期间安全要求是什么}

run() {
    printf '\n$ anjiang %s\n' "$*"
    .venv/bin/anjiang "$@"
}

run index examples/speeches --index .demo/index
run ask "$question" --archive examples/speeches --index .demo/index
