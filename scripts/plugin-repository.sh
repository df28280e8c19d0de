#!/usr/bin/env bash
# Makes a Maven repository of what plugins are written against, from the jars of the last build:
#   scripts/plugin-repository.sh FOLDER
set -eu
[ $# -eq 1 ] || { echo "usage: scripts/plugin-repository.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
to=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
version=$(sed -n '0,/<version>/s/.*<version>\(.*\)<\/version>.*/\1/p' pom.xml)

put() { # artifact, pom, jar
  folder=$to/io/pulsegate/$1/$version
  mkdir -p "$folder"
  cp "$2" "$folder/$1-$version.pom"
  [ -z "${3:-}" ] || cp "$3" "$folder/$1-$version.jar"
}

put pulsegate pom.xml
for part in api json testkit; do
  jar=$part/target/pulsegate-$part-$version.jar
  [ -f "$jar" ] || { echo "plugin-repository: $jar is not there; run ./build first" >&2; exit 1; }
  put "pulsegate-$part" "$part/pom.xml" "$jar"
done
echo "$to"
