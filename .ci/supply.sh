# What the project is built with: the lock, known holes, licences.

# An environment of the locked versions, each download compared with its hash.
locked_environment() {
    "$main" -m venv "$work/locked"
    "$work/locked/bin/pip" install --quiet --require-hashes --requirement "$work/source/.ci/requirements.txt"
    "$work/locked/bin/pip" install --quiet --no-deps "$work/source"
    "$work/locked/bin/pip" check
    "$work/locked/bin/lint-fixtures" rules >/dev/null
}
supply_tools() { [ -x "$work/supply/bin/pip-audit" ] || { "$main" -m venv "$work/supply" && "$work/supply/bin/pip" install --quiet uv pip-audit pip-licenses; }; }
lock_is_fresh() {
    supply_tools
    cp "$work/source/.ci/requirements.txt" "$work/requirements.txt"
    if ! LOCK=$work/requirements.txt UV=$work/supply/bin/uv "$work/source/.ci/lock"; then
        echo "left out: uv reaches no index from here"
        return
    fi
    diff "$work/source/.ci/requirements.txt" "$work/requirements.txt" || { echo "stale: run .ci/lock"; return 1; }
}
# Of an index that knows nothing of a package, pip-audit says that it could not look: that is no "nothing found".
audit() {
    local found status=0
    supply_tools
    found=$("$work/supply/bin/pip-audit" --require-hashes --disable-pip --progress-spinner off --format json \
        --requirement "$work/source/.ci/requirements.txt" 2>"$work/audit.log") || status=$?
    if [ -z "$found" ]; then
        echo "left out: $(tail -n 1 "$work/audit.log" | cut -c -200)"
        return
    fi
    "$main" - "$found" <<'PYTHON'
import json, sys
packages = json.loads(sys.argv[1])["dependencies"]
looked = [package for package in packages if "skip_reason" not in package]
for package in looked:
    for hole in package["vulns"]:
        print(f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none'}")
print(f"looked up {len(looked)} of {len(packages)} packages" if looked else "left out: no service knows of holes from here")
sys.exit(any(package["vulns"] for package in looked))
PYTHON
}
licences() {
    supply_tools
    "$work/supply/bin/pip-licenses" --python "$work/locked/bin/python" --order license --format plain
}
