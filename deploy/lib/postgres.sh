# shellcheck shell=bash
# A PostgreSQL cluster of our own in a folder.

# postgres_init DIR: makes the cluster, once.
postgres_init() {
  local dir=$1 bin
  bin=$(postgres_bin) || die "PostgreSQL 15 or newer is missing"
  [ -s "$dir/PG_VERSION" ] && return 0
  rm -rf "$dir"
  mkdir -p "$dir"
  chmod 700 "$dir"
  [ "$(id -u)" != 0 ] || chown postgres: "$dir"
  (cd / && as_postgres "$bin/initdb" -D "$dir" -U ringbook -A trust -E UTF8 --locale=C.UTF-8 >/dev/null)
}

# postgres_command DIR PORT SOCKETS: prints the command that runs it in the foreground, a word a line.
postgres_command() {
  local bin
  bin=$(postgres_bin)
  [ "$(id -u)" != 0 ] || printf '%s\n' setpriv --reuid=postgres --regid=postgres --clear-groups
  printf '%s\n' "$bin/postgres" -D "$1" -p "$2" -k "$3" -c listen_addresses=127.0.0.1 -c max_connections=200 -c jit=off
}

# postgres_wait PORT: until it takes connections.
postgres_wait() {
  local i
  for ((i = 0; i < 150; i++)); do
    "$(postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$1" && return 0
    sleep 0.1
  done
  die "PostgreSQL did not start on port $1"
}
