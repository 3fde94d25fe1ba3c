# shellcheck shell=bash
# What deploy/run needs to know and to do before it is ready. Uses data base sip listen public media tls_cert tls_key demo.

prepare_folder() {
  mkdir -p "$data" 2>/dev/null || die "missing right: $data cannot be made; choose another folder with --data"
  data=$(cd "$data" && pwd)
  [ -w "$data" ] || die "missing right: $data cannot be written; choose another folder with --data"
  local free
  free=$(df --output=avail -k "$data" | tail -n 1)
  [ "$free" -gt 512000 ] || die "no disk space: $data has $((free / 1024)) MB free, 500 MB are needed; free some or choose another --data"
  exec 8>"$data/lock"
  flock -n 8 || die "another deploy/run uses $data; stop it, or give this one a --data and a --port-base of its own"
  mkdir -p "$data"/{log,sockets,objects,spool,greetings}
  # PostgreSQL runs as a person of its own and must reach its folder.
  if [ "$(id -u)" = 0 ]; then
    local dir=$data
    while [ "$dir" != / ]; do
      setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$dir" || chmod o+x "$dir"
      dir=$(dirname "$dir")
    done
  fi
}

check_ports() {
  command -v ss >/dev/null || need ss=iproute2
  local n names=(web HTTPS 'local web' ARI S3 PostgreSQL 'the town')
  for n in 0 1 2 3 4 5 6; do
    port_free tcp $((base + n)) || die "port in use: $((base + n)) (${names[n]}); stop what uses it or choose another --port-base"
  done
  for n in 7 8; do
    port_free udp $((base + n)) || die "port in use: $((base + n))/udp (sound); stop what uses it or choose another --port-base"
  done
  port_free tcp $((base + 9)) || die "port in use: $((base + 9)) (Asterisk's manager); stop what uses it or choose another --port-base"
  port_free tcp $((base + 8)) || die "port in use: $((base + 8)) (sound by TCP); stop what uses it or choose another --port-base"
  for n in 0 1; do
    port_free udp $((sip + n)) || die "port in use: $((sip + n))/udp (SIP); stop what uses it or choose another --sip-port"
  done
  port_free udp $((sip + 4)) && port_free tcp $((sip + 4)) || die "port in use: $((sip + 4)) (desk phones); stop what uses it or choose another --sip-port"
  for n in 2 3; do
    port_free tcp $((sip + n)) || die "port in use: $((sip + n)) (SIP by TLS); stop what uses it or choose another --sip-port"
  done
}

install_parts() {
  need_tools
  if [ -z "${RINGBOOK_DATABASE_URL:-}" ]; then
    postgres_bin >/dev/null || need /usr/lib/postgresql/none=postgresql
  fi
  need curl=curl openssl=openssl ip=iproute2 ss=iproute2 setpriv=util-linux flock=util-linux
}

secret() { od -An -N18 -tx1 /dev/urandom | tr -d ' \n'; }

# write_settings: DATA/env holds the instance's RINGBOOK_* variables.
write_settings() {
  local secrets=$data/secrets
  if [ ! -s "$secrets" ]; then
    (umask 077 && printf 'ari=%s\ns3_key=%s\ns3_secret=%s\ntown=%s\n' "$(secret)" "$(secret)" "$(secret)" "$(secret)" >"$secrets")
  fi
  local ari s3_key s3_secret town
  # shellcheck disable=SC1090
  . "$secrets"
  ari_password=$ari town_password=$town
  if [ -z "$tls_cert" ]; then
    make_certificates "$data/tls" ${public:+"$(sed -E 's#^[a-z]+://##; s#[:/].*##' <<<"$public")"} "${media[@]}"
    tls_cert=$data/tls/host.crt tls_key=$data/tls/host.key ca=$data/tls/ca.crt
  else
    [ -r "$tls_cert" ] && [ -r "$tls_key" ] || die "missing right: $tls_cert and $tls_key must be readable"
    ca=
  fi
  own_database=
  if [ -z "${RINGBOOK_DATABASE_URL:-}" ]; then
    own_database=1
    RINGBOOK_DATABASE_URL="postgres://ringbook@127.0.0.1:$((base + 5))/ringbook?sslmode=disable"
  fi
  own_store=
  if [ -z "${RINGBOOK_S3_ENDPOINT:-}" ]; then
    own_store=1
    RINGBOOK_S3_ENDPOINT=http://127.0.0.1:$((base + 4)) RINGBOOK_S3_ACCESS_KEY=$s3_key RINGBOOK_S3_SECRET_KEY=$s3_secret
  fi
  trunk=${RINGBOOK_TRUNK:-sip:127.0.0.1:$((sip + 1))}
  (
    umask 077
    {
      printf 'RINGBOOK_%s\n' "DATA=$data" "DATABASE_URL=$RINGBOOK_DATABASE_URL" "LISTEN=$listen:$base" "LISTEN_TLS=$listen:$((base + 1))" \
        "TLS_CERT=$tls_cert" "TLS_KEY=$tls_key" "LOCAL_LISTEN=127.0.0.1:$((base + 2))" "ARI_URL=http://127.0.0.1:$((base + 3))/ari" \
        "ARI_USER=ringbook" "ARI_PASSWORD=$ari" "ARI_APP=ringbook" "TRUNK=$trunk" "CDR_FILE=$data/asterisk/log/cdr-csv/Master.csv" \
        "PHONE_PORT=$((sip + 4))" "TRUNK_FILE=$data/asterisk/etc/trunks/pjsip.conf" "ASTERISK_LOG=$data/asterisk/log/messages" \
        "RTP_LISTEN=127.0.0.1:$((base + 7))" "MEDIA_LISTEN=0.0.0.0:$((base + 8))" "S3_ENDPOINT=$RINGBOOK_S3_ENDPOINT" \
        "S3_BUCKET=${RINGBOOK_S3_BUCKET:-ringbook}" "S3_ACCESS_KEY=${RINGBOOK_S3_ACCESS_KEY:-}" "S3_SECRET_KEY=${RINGBOOK_S3_SECRET_KEY:-}"
      [ -z "$ca" ] || echo "RINGBOOK_CA_FILE=$ca"
      [ -z "$public" ] || echo "RINGBOOK_PUBLIC_URL=$public"
      [ ${#media[@]} -eq 0 ] || echo "RINGBOOK_MEDIA_ADDRESS=$(IFS=,; echo "${media[*]}")"
      [ -z "$demo" ] || printf 'RINGBOOK_%s\n' DEMO=true "TOWN_ARI_URL=http://127.0.0.1:$((base + 6))/ari" TOWN_ARI_USER=town "TOWN_ARI_PASSWORD=$town"
    } >"$data/env"
  )
  set -a
  # shellcheck disable=SC1091
  . "$data/env"
  set +a
}

start_parts() {
  local command
  if [ -n "$own_database" ]; then
    postgres_init "$data/postgres"
    [ "$(id -u)" != 0 ] || chown postgres: "$data/sockets"
    mapfile -t command < <(postgres_command "$data/postgres" $((base + 5)) "$data/sockets")
    supervise postgres INT "${command[@]}"
    postgres_wait $((base + 5))
    "$(postgres_bin)/psql" -qAt -h 127.0.0.1 -p $((base + 5)) -U ringbook postgres -c "select 1 from pg_database where datname = 'ringbook'" | grep -q 1 ||
      "$(postgres_bin)/createdb" -h 127.0.0.1 -p $((base + 5)) -U ringbook ringbook
  fi
  bin/ringbook migrate || die "the database could not be brought to this version, see above"
  [ -z "$own_store" ] || supervise store TERM bin/ringbook store --store-listen "127.0.0.1:$((base + 4))" --store-dir "$data/objects"
  if [ -n "$demo" ]; then
    mapfile -t command < <(deploy/asterisk/instance "$data/town" town ROOT="$root" HTTP_PORT=$((base + 6)) SIP_PORT=$((sip + 1)) TLS_PORT=$((sip + 3)) RTP_START=17000 RTP_END=17999 \
      ARI_USER=town ARI_PASSWORD="$town_password" OURS="sip:127.0.0.1:$sip")
    supervise town TERM "${command[@]}"
  fi
  # Whom our Asterisk trusts by TLS: everybody whom the machine trusts, and the town.
  mkdir -p "$data/asterisk"
  cat /etc/ssl/certs/ca-certificates.crt "$data/town/keys/asterisk.crt" >"$data/asterisk/trusted.pem" 2>/dev/null || true
  mapfile -t command < <(deploy/asterisk/instance "$data/asterisk" switchboard ROOT="$root" HTTP_PORT=$((base + 3)) SIP_PORT="$sip" TLS_PORT=$((sip + 2)) PHONE_PORT=$((sip + 4)) MANAGER_PORT=$((base + 9)) CA_FILE="$data/asterisk/trusted.pem" RTP_START=16000 RTP_END=16999 \
    ARI_PASSWORD="$ari_password" WEBSOCKET="ws://127.0.0.1:$((base + 2))/ari" TRUNK="$trunk" FALLBACK="${RINGBOOK_FALLBACK_DIAL-PJSIP/+74950000900@trunk}")
  supervise asterisk TERM "${command[@]}"
  supervise ringbook TERM bin/ringbook serve
}

wait_ready() {
  local i
  for ((i = 0; i < 600; i++)); do
    curl -fsS -o /dev/null "http://127.0.0.1:$base/readyz" 2>/dev/null && return 0
    sleep 0.1
  done
  curl -sS "http://127.0.0.1:$base/readyz" >&2 || true
  die "not ready after a minute: the line above says what is missing; logs are in $data/log"
}

# prepare_people: the first start makes three logins, and the demo data.
prepare_people() {
  [ -s "$data/logins" ] && return 0
  local role email password
  (
    umask 077
    for role in operator supervisor administrator; do echo "$role $role@ringbook.example $(secret | cut -c1-12)"; done >"$data/logins.new"
  )
  if [ -n "$demo" ]; then
    bin/ringbook demo data --logins "$data/logins.new" || die "the demo data could not be made, see above"
  else
    while read -r role email password; do
      bin/ringbook user add --email "$email" --name "${role^}" --role "$role" --password "$password" || die "the login $email could not be made, see above"
    done <"$data/logins.new"
  fi
  mv "$data/logins.new" "$data/logins"
}

show() {
  say "ready after $((SECONDS - begun)) s: http://127.0.0.1:$base"
  say "from other machines: ${public:-https://$(hostname):$((base + 1))}"
  head -n 3 "$data/logins"
  [ -z "$demo" ] || say "a client calls: bin/ringbook demo call --from +79161234567 --to +74955551020 (with the variables of $data/env)"
}
