# shellcheck shell=bash
# Starts the parts, starts again what dies, and stops only what it started.

declare -a part_names=() part_pids=()

# supervise NAME SIGNAL COMMAND...: runs a part in the background; what dies is started again after 0.5 s, with a line.
supervise() {
  local name=$1 signal=$2
  shift 2
  (
    child=
    trap 'kill -"$signal" "$child" 2>/dev/null; wait "$child" 2>/dev/null; exit 0' TERM
    trap '' INT
    while :; do
      setsid "$@" >>"$data/log/$name.log" 2>&1 &
      child=$!
      status=0
      { wait "$child" || status=$?; } 2>/dev/null # a part that fails must not end this loop, and bash need not comment on it
      say "$name ended ($status), starting again; its log is $data/log/$name.log"
      sleep 0.5 &
      child=$!
      wait "$child" || true
    done
  ) &
  part_names+=("$name")
  part_pids+=($!)
}

# stop_parts: the last started first.
stop_parts() {
  local i
  for ((i = ${#part_pids[@]} - 1; i >= 0; i--)); do
    kill -TERM "${part_pids[i]}" 2>/dev/null || true
    wait "${part_pids[i]}" 2>/dev/null || true
  done
  part_pids=()
}
