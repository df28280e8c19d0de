# Finds a JDK of at least the given release and sets JAVA_HOME. Sourced by ./build and ./pulsegate.
# Order: JAVA_HOME, java on the PATH, then the places where installers put JDKs.

jdk_release() { # prints the feature release of the JDK in $1, or nothing where there is none
  [ -x "$1/bin/javac" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  else
    "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
  fi
}

find_jdk() { # find_jdk RELEASE: sets and exports JAVA_HOME, or explains and fails
  needed=$1
  on_path=$(command -v javac 2>/dev/null || true)
  if [ -n "$on_path" ]; then
    on_path=$(cd "$(dirname "$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")")/.." && pwd)
  fi
  for candidate in "${JAVA_HOME:-}" "$on_path" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* /usr/local/jdk* /usr/local/java/* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* \
    "$HOME"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    [ -n "$candidate" ] || continue
    release=$(jdk_release "$candidate")
    if [ -n "$release" ] && [ "$release" -ge "$needed" ]; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  echo "PulseGate needs a JDK $needed or newer: install one (for example Eclipse Temurin $needed), or set JAVA_HOME to it." >&2
  return 1
}

find_maven() { # checks that Maven is there and not too old
  wanted="PulseGate is built with Apache Maven 3.8.7 or newer"
  if ! command -v mvn >/dev/null 2>&1; then
    echo "$wanted: install it so that 'mvn' is on the PATH." >&2
    return 1
  fi
  version=$(mvn --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
  # shellcheck disable=SC2046 # three words
  set -- $(echo "${version:-0.0.0}" | tr . ' ')
  [ $(($1 * 1000000 + $2 * 1000 + $3)) -ge 3008007 ] && return 0
  if [ -n "$version" ]; then found="is $version"; else found="does not say its version"; fi
  echo "$wanted: the 'mvn' on the PATH $found." >&2
  return 1
}
