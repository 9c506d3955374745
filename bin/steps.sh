# shellcheck shell=sh
# What the commands in bin/ share: how they speak, and how they end what they started.

say() {
    if [ "${LOG_FORMAT-}" = json ]; then
        # As bin/json_lines.py writes them.
        printf '{"time": "%s", "level": "INFO", "logger": "bin", "message": "%s"}\n' \
            "$(date -u +%Y-%m-%dT%H:%M:%S+00:00)" "$(printf '%s' "$*" | sed 's/[\\"]/\\&/g')"
    else
        printf '%s\n' "$*"
    fi
}

# Each argument is one line of the reason, the last one what to type.
fail() {
    printf '\n' >&2
    printf '%s\n' "$@" >&2
    exit 1
}

# Run one command to its end, and take it along when this script is told to end: a shell that
# waits for a command in its foreground would leave it behind.
attend() {
    "$@" &
    attended=$!
    if wait "$attended"; then attended=; else
        status=$?
        attended=
        return "$status"
    fi
}

end() {
    trap '' INT TERM HUP
    if [ -n "$attended" ]; then
        kill -TERM "$attended" 2>/dev/null || true
        wait "$attended" 2>/dev/null || true
    fi
    exit "$1"
}

attended=
trap 'end 130' INT
trap 'end 143' TERM
trap 'end 129' HUP
