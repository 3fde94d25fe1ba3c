# shellcheck shell=bash
# What run, test and build share: messages, packages, tools.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${RINGBOOK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ringbook}

say() { printf 'ringbook: %s\n' "$*"; }
die() { printf 'ringbook: %s\n' "$*" >&2; exit 1; }

# as_root COMMAND...: runs it as root, by sudo if need be.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else die "missing right: run this as root, or install sudo"; fi
}

# need COMMAND=PACKAGE...: installs by apt the packages whose command is missing.
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null 2>&1 || [ -e "${pair%%=*}" ] || missing+=("${pair##*=}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "missing: ${missing[*]}; this is not a Debian, install them by hand"
  say "installing ${missing[*]}"
  mkdir -p "$cache"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >"$cache/apt.log" 2>&1 || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$cache/apt.log" 2>&1 ||
    { tail -n 5 "$cache/apt.log" >&2; die "apt could not install ${missing[*]}: see $cache/apt.log"; }
}

# need_tools: Go and Node are asked for, not installed.
need_tools() {
  export PATH=$PATH:/usr/local/go/bin:$HOME/go/bin
  command -v go >/dev/null || die "Go 1.26 is missing: install it and put it on the PATH"
  command -v node >/dev/null || die "Node 20 is missing: install it and put it on the PATH"
}

# postgres_bin: the folder of PostgreSQL's own programs, 15 or newer.
postgres_bin() {
  local dir
  dir=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -type d 2>/dev/null | sort -V | tail -n 1)
  [ -n "$dir" ] && [ -x "$dir/bin/initdb" ] && echo "$dir/bin"
}

# as_postgres COMMAND...: PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

# port_free tcp|udp PORT
port_free() {
  local flag=-t
  [ "$1" = udp ] && flag=-u
  [ -z "$(ss -Hln $flag "sport = :$2" 2>/dev/null)" ]
}
