# What the project is built with: the lock, known holes, licences. Red is what a commit of ours has done and can mend: a
# lock that does not fit pyproject.toml, a hole in what users install. What others publish meanwhile is told; a step
# that an index keeps from its answer is left out, and says why.
unreachable='No matching distribution|Could not fetch|[Cc]onnection|[Tt]imed? ?out|Max retries|name resolution|HTTP error|404'
faulty='DO NOT MATCH THE HASHES|must have their versions pinned'

left_out() { echo "left out: $1: $(grep -E "$unreachable|error|ERROR" "$2" | tail -n 1 | cut -c -200)"; }
# pip, whose failure is ours unless it says that the index has not what it was asked for.
fetched() { # LOG COMMAND...
    local log=$1
    shift
    "$@" 2>"$log" && return
    grep -qE "$unreachable" "$log" && ! grep -qE "$faulty" "$log" && return 75
    cat "$log" >&2
    return 1
}

# An environment of the locked versions, each download compared with its hash.
locked_environment() {
    local status=0
    "$main" -m venv "$work/locked"
    fetched "$work/locked.log" "$work/locked/bin/pip" install --quiet --require-hashes \
        --requirement "$work/source/.ci/requirements.txt" || status=$?
    if [ "$status" -ne 0 ]; then
        rm -rf "$work/locked"
        [ "$status" -eq 75 ] || return "$status"
        left_out "the index lacks a part of the lock" "$work/locked.log"
        return 0
    fi
    # the backend is in the lock too
    "$work/locked/bin/pip" install --quiet --no-deps --no-build-isolation "$work/source"
    "$work/locked/bin/pip" check
    "$work/locked/bin/lint-fixtures" rules >/dev/null
}
supply_tools() {
    [ -x "$work/supply/bin/pip-audit" ] && return
    "$main" -m venv "$work/supply" || return
    "$work/supply/bin/pip" install --quiet uv pip-audit pip-licenses packaging 2>"$work/tools.log" && return
    left_out "no tools for it" "$work/tools.log"
    rm -rf "$work/supply"
    return 1
}
lock_fits() {
    supply_tools || return 0
    "$work/supply/bin/python" "$work/source/.ci/supply.py" fits
    cp "$work/source/.ci/requirements.txt" "$work/requirements.txt"
    if ! LOCK=$work/requirements.txt UV=$work/supply/bin/uv "$work/source/.ci/lock" 2>"$work/lock.log"; then
        left_out "uv finds no newer lock" "$work/lock.log"
    elif ! diff "$work/source/.ci/requirements.txt" "$work/requirements.txt"; then
        echo "it fits pyproject.toml; as others have published since, .ci/lock would write these lines"
    fi
}
# Of an index that knows nothing of a package, pip-audit says that it could not look: that is no "nothing found".
audit() {
    local found of_users
    supply_tools || return 0
    if [ ! -d "$work/locked" ]; then
        echo "left out: which packages users install is told by the locked environment, and there is none"
        return
    fi
    of_users=$("$work/locked/bin/python" "$work/source/.ci/supply.py" installs)
    found=$("$work/supply/bin/pip-audit" --require-hashes --disable-pip --progress-spinner off --format json \
        --requirement "$work/source/.ci/requirements.txt" 2>"$work/audit.log") || true
    if [ -z "$found" ]; then
        left_out "pip-audit has no answer" "$work/audit.log"
        return
    fi
    "$work/supply/bin/python" "$work/source/.ci/supply.py" holes "$found" "$of_users"
}
licences() {
    supply_tools || return 0
    [ -d "$work/locked" ] || { echo "left out: there is no locked environment"; return; }
    "$work/supply/bin/pip-licenses" --python "$work/locked/bin/python" --order license --format plain
}
