# shellcheck shell=bash
# Clean Debian roots for the tests of the package: made once, kept beside Asterisk's, never changed by a test.

# debian_root SUITE PACKAGE...: prints a minimal root of the suite, whose apt has the packages and what they depend on at hand.
debian_root() {
  local suite=$1 root=$cache/debian-$1 mirror
  shift
  mkdir -p "$cache"
  (
    flock 9
    if [ ! -s "$root/etc/debian_version" ]; then
      mirror=$(apt-get indextargets --format '$(SITE)' | grep -v security | head -n 1)
      echo "ringbook: preparing a clean Debian $suite in $root (once)" >&2
      as_root rm -rf "$root.new"
      as_root debootstrap --variant=minbase "$suite" "$root.new" "$mirror" >"$cache/debian-$suite.log" 2>&1 ||
        { tail -n 5 "$cache/debian-$suite.log" >&2; die "Debian $suite could not be prepared, see $cache/debian-$suite.log"; }
      as_root mv "$root.new" "$root"
    fi
    if [ "$(cat "$root.packages" 2>/dev/null)" != "$*" ]; then
      # Downloading needs no mounts, and /etc/resolv.conf is the machine's.
      as_root cp /etc/resolv.conf "$root/etc/resolv.conf"
      as_root chroot "$root" env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get update -qq && apt-get install -y -qq --download-only "$@"' sh "$@" \
        >>"$cache/debian-$suite.log" 2>&1 || die "apt in $root could not fetch $*, see $cache/debian-$suite.log"
      echo "$*" | as_root tee "$root.packages" >/dev/null
    fi
  ) 9>"$cache/debian-$suite.lock" || return 1
  echo "$root"
}
