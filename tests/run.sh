#!/usr/bin/env bash
# Builds everything in Release and runs every test project: the small ones beside the longest one, the others one after the other.
# Needs the .NET 10 SDK and the NuGet feed, on Debian also root and its packages: PostgreSQL is installed if it is missing. Needs Node.js with npm for Azurite,
# which is installed into RAY_AZURITE (a folder of the user's cache by default) if it is missing.
# Servers are started by the tests that need them, each with a port and a folder of its own, and end with them; nothing is left behind.
# Usage: bash tests/run.sh [NAME...]     only the projects whose name contains one of the words
#        RAY_SIMULATION_SEEDS=100000 bash tests/run.sh Simulation     a long soak
# The last line is "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v dotnet >/dev/null; then
  echo "The .NET 10 SDK is needed: 'dotnet' is not on the PATH." >&2
  exit 2
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
unset RAYORLEANS_ADDRESS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  echo "== install PostgreSQL"
  # Without a cluster of Debian's own, which would start a server.
  mkdir -p /etc/postgresql-common && { grep -qs '^create_main_cluster' /etc/postgresql-common/createcluster.conf || echo "create_main_cluster = false" >>/etc/postgresql-common/createcluster.conf; }
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql; } >"$work/apt.log" 2>&1; then
    tail -n 20 "$work/apt.log"
    echo "PostgreSQL could not be installed; the tests that need it will fail." >&2
  fi
fi

# Azurite stands for an Azure storage account. It is installed while the build runs.
export RAY_AZURITE="${RAY_AZURITE:-${HOME:-/root}/.cache/rayorleans-azurite}"
azurite=
if [ ! -f "$RAY_AZURITE/node_modules/azurite/dist/src/blob/main.js" ]; then
  echo "== install Azurite"
  (
    command -v npm >/dev/null || { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm; } || exit 1
    rm -rf "$RAY_AZURITE.new" && mkdir -p "$RAY_AZURITE.new" && npm install --no-audit --no-fund --prefix "$RAY_AZURITE.new" azurite@3.35.0 && rm -rf "$RAY_AZURITE" && mv "$RAY_AZURITE.new" "$RAY_AZURITE"
  ) >"$work/azurite.log" 2>&1 &
  azurite=$!
fi

echo "== build"
# The SDK leaves temporary folders behind, which go with this one.
if ! TMPDIR=$work dotnet build RayOrleans.sln -c Release --nologo -v quiet -nodeReuse:false >"$work/build.log" 2>&1; then
  cat "$work/build.log"
  echo "The build failed."
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
grep -E "warning|Warn" "$work/build.log" | sort -u | head -20

if [ -n "$azurite" ] && ! wait "$azurite"; then
  tail -n 20 "$work/azurite.log"
  echo "Azurite could not be installed; the tests that need it will fail." >&2
fi

passed=0 failed=0 skipped=0

# Tests one project; its log and its exit code go to files.
run() {
  local project=$1 name=$2

  # Most of what the tests of processes compute is the compiling of code that runs for seconds: it is done once, without measuring for a better second time,
  # and without a second mapping of each page. Simulations run for minutes, and are worth compiling well.
  local compile=(DOTNET_TieredPGO=0 DOTNET_TC_CallCountingDelayMs=1000 DOTNET_EnableWriteXorExecute=0)

  # Simulated worlds are garbage as soon as they have ended: the more of them between two collections, the less there is to do.
  local gen0=
  case "$name" in *Simulation*) gen0=4000000 compile=() ;; esac
  env "${compile[@]}" DOTNET_GCgen0size=$gen0 dotnet test "$project" -c Release --no-build --nologo --logger "console;verbosity=minimal" --logger "trx;LogFileName=tests.trx" \
    --blame-hang-timeout 10m --blame-hang-dump-type none --results-directory "$work/results-$name" >"$work/$name.log" 2>&1
  echo $? >"$work/$name.code"
}

# The tests of a project that took longest, where that is 20 s and more.
slowest() {
  grep -hoE 'testName="[^"]+"[^>]* duration="[^"]+"' "$work/results-$1/tests.trx" 2>/dev/null |
    sed -E 's/testName="([^"]+)".* duration="0*([0-9]+):([0-9]+):([0-9]+)[^"]*"/\2 \3 \4 \1/' |
    awk '{ s = $1 * 3600 + $2 * 60 + $3; if (s >= 20) { n = $4; sub(/\(.*/, "", n); printf "   %4d s  %s\n", s, n } }' | sort -rn | head -n 8
}

# Says how a project went and counts it.
report() {
  local name=$1 log="$work/$1.log" code summary
  code=$(cat "$work/$name.code")
  echo "== $name"
  summary=$(grep -E '^(Passed|Failed|Skipped)! ' "$log" | tail -n 1)
  if [ -z "$summary" ] || grep -q '^Test Run Aborted' "$log" || { [ "$code" -ne 0 ] && ! grep -q '^Failed!' <<<"$summary"; }; then
    cat "$log"
    echo "$name did not run to its end (exit code $code)."
    failed=$((failed + 1))
    return
  fi

  [ "$code" -eq 0 ] || cat "$log"
  echo "$summary"
  slowest "$name"
  count() { sed -nE "s/.*$1: *([0-9]+).*/\1/p" <<<"$summary"; }
  failed=$((failed + $(count Failed)))
  passed=$((passed + $(count Passed)))
  skipped=$((skipped + $(count Skipped)))
}

beside=()
alone=()
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  if [ $# -gt 0 ]; then
    wanted=0
    for word in "$@"; do case "$name" in *"$word"*) wanted=1 ;; esac; done
    [ $wanted -eq 1 ] || continue
  fi

  grep -q "<IsTestProject>true" "$project" || continue

  # The processes of the longest tests wait for each other much of the time: small projects run beside them, one after the other.
  case "$name" in
    *.Analyzers.* | *.Api.* | *.Core.Tests | *.Grains.* | *.ObjectStore.* | *.Runtime.* | *.Samples.* | *.Serialization.* | *.Silo.* | *.Transfer.*) beside+=("$project") ;;
    *.Processes.*) alone=("$project" "${alone[@]}") ;;
    *) alone+=("$project") ;;
  esac
done

(for project in "${beside[@]}"; do run "$project" "$(basename "$project" .csproj)"; done) &
small=$!
for project in "${alone[@]}"; do
  name=$(basename "$project" .csproj)
  run "$project" "$name"
  report "$name"
  if [ -n "$small" ]; then
    wait "$small"
    small=
    for other in "${beside[@]}"; do report "$(basename "$other" .csproj)"; done
  fi
done

if [ -n "$small" ]; then
  wait "$small"
  for other in "${beside[@]}"; do report "$(basename "$other" .csproj)"; done
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
