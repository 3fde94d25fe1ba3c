# shellcheck shell=bash
# A local certificate authority and a certificate for this host's names and addresses, so that other machines get HTTPS:
# without it a browser gives no microphone.

# host_names: every name and address that another machine may use for this one.
host_names() {
  { echo DNS:localhost; echo "DNS:$(hostname)"; hostname -f 2>/dev/null | sed 's/^/DNS:/'
    echo IP:127.0.0.1
    ip -o addr show scope global 2>/dev/null | awk '{ sub(/\/.*/, "", $4); print "IP:" $4 }'
    local extra
    for extra in "$@"; do
      case $extra in
        *[!0-9.]*) echo "DNS:$extra" ;;
        *) echo "IP:$extra" ;;
      esac
    done
  } | sort -u | paste -sd, -
}

# make_certificates DIR NAME...: DIR/ca.crt, DIR/host.crt, DIR/host.key; made again when the names change or the end is near.
make_certificates() {
  local dir=$1 names
  shift
  mkdir -p "$dir"
  chmod 700 "$dir"
  names=$(host_names "$@")
  if [ ! -s "$dir/ca.crt" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -keyout "$dir/ca.key" -out "$dir/ca.crt" \
      -subj "/CN=Ringbook on $(hostname)" -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign' 2>/dev/null
    rm -f "$dir/host.crt"
  fi
  if [ -s "$dir/host.crt" ] && [ "$(cat "$dir/names" 2>/dev/null)" = "$names" ] && openssl x509 -checkend 2592000 -noout -in "$dir/host.crt" >/dev/null; then
    return 0
  fi
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/host.key" -out "$dir/host.csr" -subj "/CN=$(hostname)" 2>/dev/null
  openssl x509 -req -in "$dir/host.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" -CAcreateserial -days 397 -out "$dir/host.crt" \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$names") 2>/dev/null
  rm -f "$dir/host.csr"
  echo "$names" >"$dir/names"
}
