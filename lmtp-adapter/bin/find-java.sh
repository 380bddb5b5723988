# Sourced by the launchers. find_java sets $java to the best JVM there is, or ends the program with
# a clear line that begins with $name. It heeds:
#
#   JAVA_HOME         the JDK to use, if it is new enough
#   MAILWEIR_JVM_DIR  where further JDKs are looked for, /usr/lib/jvm unless said

least=17

fail() {
  echo "$name: $1" >&2
  exit 1
}

# Prints the feature release (17, 21, ...) of the JDK in directory $1; 8 and older print 1.
# The release file is read first: it costs a millisecond, asking the JVM a hundred.
release() {
  [ -x "$1/bin/java" ] || return 1
  if [ -r "$1/release" ]; then
    number=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  else
    number=
  fi
  [ -n "$number" ] || number=$(asked "$1/bin/java")
  [ -n "$number" ] && echo "$number"
}

asked() {
  "$1" -version 2>&1 </dev/null | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1
}

find_java() {
  java=
  if [ -n "${JAVA_HOME:-}" ] && found=$(release "$JAVA_HOME") && [ "$found" -ge $least ]; then
    java=$JAVA_HOME/bin/java
  else
    version=0
    for jdk in "${MAILWEIR_JVM_DIR:-/usr/lib/jvm}"/*; do
      if found=$(release "$jdk") && [ "$found" -ge $least ] && [ "$found" -gt "$version" ]; then
        java=$jdk/bin/java
        version=$found
      fi
    done
    if [ -z "$java" ] && onpath=$(command -v java); then
      found=$(asked "$onpath")
      if [ -n "$found" ] && [ "$found" -ge $least ]; then
        java=$onpath
      fi
    fi
  fi
  [ -n "$java" ] ||
    fail "no Java $least or later in JAVA_HOME, /usr/lib/jvm or PATH; on Debian: apt install openjdk-17-jre-headless"
}
