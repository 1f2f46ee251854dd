#!/bin/sh
# Makes .venv ready: setup.sh run (to use anjiang), setup.sh dev (tests and checks as well).
# Does nothing when it is ready already. PYTHON=... chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
venv=.venv
log=$venv/setup.log
needed_mb=3600 # what .venv takes, and pip's temporary copies of the largest packages

# Settings of a person's shell that would send the packages elsewhere than into .venv.
unset PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
en* | EN*) language=en ;;
*) language=zh ;;
esac

say() { # say CHINESE ENGLISH
    if [ "$language" = zh ]; then printf '%s\n' "$1"; else printf '%s\n' "$2"; fi
}

fail() {
    say "$@" >&2
    exit 1
}

main() {
    if is_ready; then return; fi
    if ! venv_fits; then make_venv; fi
    check_disk
    say "安装依赖包（首次需要几分钟）…" "Installing packages (a few minutes the first time) ..."
    (: >"$log") 2>/dev/null || explain_failure
    # setuptools first, pinned like the rest, so that building needs no second download.
    pip_install setuptools
    if [ "$kind" = dev ]; then
        pip_install --no-build-isolation -e '.[dev]'
        (fingerprint >"$venv/.ready-dev") 2>/dev/null || explain_failure
    else
        pip_install --no-build-isolation -e .
    fi
    (fingerprint >"$venv/.ready-run") 2>/dev/null || explain_failure
    say "依赖包就绪" "Packages are ready"
}

is_ready() {
    [ "$(cat "$venv/.ready-$kind" 2>/dev/null)" = "$(fingerprint)" ] && venv_fits
}

# What an installation depends on. The folder is part of it: a virtual environment can't be moved.
fingerprint() {
    { cat pyproject.toml constraints.txt && pwd; } | cksum
}

venv_fits() {
    [ "$("$venv/bin/python" -c "$print_prefix" 2>/dev/null)" = "$(pwd -P)/$venv" ] || return 1
    if [ -n "${PYTHON:-}" ]; then
        find_python
        [ "$("$venv/bin/python" -c "$print_version")" = "$version" ]
    fi
}

print_prefix='import os, sys; print(os.path.realpath(sys.prefix))'
print_version='import sys; print("%d.%d" % sys.version_info[:2])'

# Sets $python and $version. Version managers leave launchers in PATH for versions that are switched off,
# so a name counts only when it runs.
find_python() {
    python='' version='' seen=''
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.13 python3.12 python3.11 python3 python; fi
    for python; do
        version=$("$python" -c "$print_version" 2>/dev/null) || continue
        case $version in
        3.11 | 3.12 | 3.13)
            if "$python" -c 'import ensurepip, venv' 2>/dev/null; then return; fi
            seen="$seen $python($version, -venv)"
            ;;
        *) seen="$seen $python($version)" ;;
        esac
    done
    case $seen in
    *-venv*)
        fail "Python 没有 venv 模块：${seen# }；请安装（Debian、Ubuntu：apt install python3-venv）后重试" \
            "Python lacks its venv module:$seen; install it (Debian, Ubuntu: apt install python3-venv) and retry"
        ;;
    '')
        fail "找不到可用的 Python${PYTHON:+（PYTHON=$PYTHON 无法运行）}；请安装 Python 3.11 至 3.13，或用 make PYTHON=路径 指定" \
            "no Python that runs${PYTHON:+ (PYTHON=$PYTHON does not)}; install Python 3.11 to 3.13, or name one: make PYTHON=PATH"
        ;;
    *)
        fail "Python 版本不合适：${seen# }；需要 3.11 至 3.13，请安装，或用 make PYTHON=路径 指定" \
            "Python does not fit:$seen; 3.11 to 3.13 is needed: install it, or name one: make PYTHON=PATH"
        ;;
    esac
}

make_venv() {
    find_python
    check_disk
    say "创建 $venv（Python $version）…" "Creating $venv (Python $version) ..."
    rm -rf "$venv"
    output=$("$python" -m venv "$venv" 2>&1) || {
        if mkdir -p "$venv" 2>/dev/null; then printf '%s\n' "$output" >"$log" 2>/dev/null || true; fi
        explain_failure "$output"
    }
}

check_disk() {
    free_mb=$(df -Pk . 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
    # An environment that is being renewed has most of its packages already.
    if [ -e "$venv/.ready-run" ] || [ "${free_mb:-$needed_mb}" -ge "$needed_mb" ]; then return; fi
    fail "磁盘空间不足：$(pwd) 只剩 ${free_mb} MB，约需 $needed_mb MB；请清理后重试" \
        "not enough disk space: ${free_mb} MB are free in $(pwd), about $needed_mb MB are needed; make room and retry"
}

pip_install() {
    # Python compiles what it imports; compiling everything in torch takes longer than the rest of the setup.
    "$venv/bin/python" -m pip install --no-compile -c constraints.txt "$@" >>"$log" 2>&1 &
    pid=$!
    trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM HUP
    watch_log
    wait "$pid" || explain_failure
    trap - INT TERM HUP
}

# Shows how far pip is: one line that is rewritten on a terminal, a line now and then elsewhere.
watch_log() {
    seconds=0
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        seconds=$((seconds + 1))
        line=$(grep -E '^ *(Collecting|Downloading|Using cached|Processing|Building|Installing)' "$log" 2>/dev/null |
            tail -n 1 | sed -e 's/^ *//' -e 's/ (from .*//' | cut -c 1-60) || true
        case $line in
        Installing*)
            total=$(grep '^Installing' "$log" | tail -n 1 | tr ',' '\n' | grep -c .)
            # pip and setuptools were there before.
            line="Installing: $(($(find "$venv"/lib/python*/site-packages -maxdepth 1 -name '*.dist-info' | grep -c .) - 2)) / $total"
            ;;
        esac
        if [ -t 1 ]; then
            printf '\r\033[K  %3d s  %s' "$seconds" "$line"
        elif [ $((seconds % 15)) -eq 0 ]; then
            printf '  %3d s  %s\n' "$seconds" "$line"
        fi
    done
    if [ -t 1 ]; then printf '\r\033[K'; fi
}

# One line from pip's many. The order matters: without a network pip ends by saying that a package does not exist.
explain_failure() {
    output=$(printf '%s\n' "$@" && cat "$log" 2>/dev/null) || true
    has() { printf '%s' "$output" | grep -qiE "$1"; }
    if has 'no space left|disk quota' || ! (head -c 65536 /dev/zero >"$venv/.probe") 2>/dev/null; then
        fail "安装失败：磁盘已满或不可写（$(pwd)/$venv 或临时目录）；请清理后重试" \
            "installation failed: the disk is full or read-only ($(pwd)/$venv or the temporary folder); make room and retry"
    fi
    rm -f "$venv/.probe"
    if has 'connection (refused|reset|aborted|broken)|failed to establish|name resolution|name or service|unreachable|timed out|proxyerror|certificate_verify'; then
        fail "安装失败：连不上软件包源；请检查网络、代理或 PIP_INDEX_URL（日志：$log）" \
            "installation failed: the package index can't be reached; check the network, proxy or PIP_INDEX_URL (log: $log)"
    fi
    reason=$(printf '%s\n' "$output" | grep -E '^ *(ERROR|error):' | tail -n 1 | cut -c 1-200) || true
    fail "安装失败：${reason:-原因见日志}（日志：$log）" "installation failed: ${reason:-see the log} (log: $log)"
}

main
