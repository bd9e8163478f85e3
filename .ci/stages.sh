# Stages of a check, AT_ONCE of them at a time; each one's output is shown whole, when it has ended. To be sourced.
# It needs bash 3.2 and no more, which is what macOS has.

AT_ONCE=${AT_ONCE:-2}
work=$(mktemp -d)
passed=0 failed=0 names=() groups=() open=()

mkfifo "$work/ended"
exec 9<>"$work/ended"

finish() {
  local number
  # A stage that the script did not see the end of has failed.
  for number in ${open[@]+"${!open[@]}"}; do
    kill -TERM -- "-${groups[number]}" && wait "${groups[number]}" || true
    show "$number" 1 unfinished
  done
  echo "$passed passed, $failed failed"
  rm -rf "$work" # which takes a while
  [ "$failed" = 0 ]
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The sum of what pytest's last line in a log counts under a word.
count() {
  { grep -aE '(passed|failed|error|skipped).* in [0-9.]+s' "$1" | tail -n 1 | grep -oE "[0-9]+ $2" || true; } |
    awk '{ sum += $1 } END { print sum + 0 }'
}

# stage NAME COMMAND...: begins when there is room for it. One that fails does not keep the next from running.
stage() {
  local number=${#names[@]} begin
  while [ "${#open[@]}" -ge "$AT_ONCE" ]; do collect; done
  names+=("$1") open[number]=1 begin=$SECONDS
  shift
  echo "--- ${names[number]} begins"
  # A job of its own has a process group, by which all that it started is ended, and does not ignore SIGINT.
  set -m
  (
    # However the command ends, its end is told.
    trap 'echo "$number $? $((SECONDS - begin))" >&9' EXIT
    ("$@") >"$work/$number.log" 2>&1 9>&-
  ) &
  groups[number]=$!
  set +m
}

# The next stage that ends is shown and counted.
collect() {
  local number status took
  read -r number status took <&9
  show "$number" "$status" "in $took s"
}

show() {
  local log=$work/$1.log bad
  unset "open[$1]"
  echo "=== ${names[$1]}"
  cat "$log"
  passed=$((passed + $(count "$log" passed)))
  bad=$(count "$log" '(failed|errors?)')
  [ "$2" = 0 ] || [ "$bad" != 0 ] || bad=1
  failed=$((failed + bad))
  echo "=== ${names[$1]}: $([ "$bad" = 0 ] && echo ok || echo FAILED) $3"
}

# after NAME: the stages that follow begin when that one has ended.
after() {
  local number
  for number in "${!names[@]}"; do
    while [ "${names[number]}" = "$1" ] && [ -n "${open[number]-}" ]; do collect; done
  done
}

# The stages that follow begin when all before them have ended.
alone() {
  while [ "${#open[@]}" != 0 ]; do collect; done
}
