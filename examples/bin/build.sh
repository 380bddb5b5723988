# Sourced by the launchers here, after find-java.sh. build_examples builds target/examples.jar, if it
# is not built or older than its sources. Heeds $home, the directory of the examples.

root=$(dirname "$home")
jar=$home/target/examples.jar

stale() {
  [ ! -r "$jar" ] || [ -n "$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main \
    "$root/lmtp-adapter/src/test/java/org/mailweir/loopback" -newer "$jar" | head -n 1)" ]
}

build_examples() {
  if stale; then
    command -v mvn >/dev/null || fail "mvn is needed to build; on Debian: apt install maven"
    echo "Building, which takes a minute the first time ..." >&2
    (cd "$root" && mvn -B -ntp -q -pl examples -am package -DskipTests </dev/null >&2) ||
      fail "the build failed"
  fi
}
