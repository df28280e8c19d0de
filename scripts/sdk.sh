#!/usr/bin/env bash
# Where Node is present: builds the browser SDK again and compares with the committed files.
# Where it is not, or its packages cannot be had, says so: the committed files are what is used.
set -eu
cd "$(dirname "$0")/../sdk/browser"
skip() {
  echo "sdk/browser: not rebuilt and compared: $1" >&2
  exit 0
}
command -v node >/dev/null 2>&1 || skip "there is no Node"
[ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20')" = true ] || skip "Node is older than 20"
if ! cmp -s package-lock.json node_modules/.pulsegate-lock 2>/dev/null; then
  command -v npm >/dev/null 2>&1 || skip "there is no npm"
  npm ci --silent >/dev/null 2>&1 || skip "its packages cannot be downloaded (npm ci)"
  cp package-lock.json node_modules/.pulsegate-lock
fi
exec node build.mjs --check
