# What the checks share. Sourced by ./inside, in the container.

daemon=rotad.service
failures=0

# ok TITLE COMMAND...: the command succeeds.
ok() {
  title=$1
  shift
  if "$@" >/tmp/output 2>&1; then echo "  ok    $title"; else wrong "$title" "$* exits with $?"; fi
}

# refused TITLE STATUS COMMAND...: the command fails, with that exit status.
refused() {
  title=$1 wanted=$2 status=0
  shift 2
  "$@" >/tmp/output 2>&1 || status=$?
  if [ $status = "$wanted" ]; then echo "  ok    $title"; else wrong "$title" "$* exits with $status, not $wanted"; fi
}

# same TITLE EXPECTED ACTUAL
same() {
  if [ "$2" = "$3" ]; then echo "  ok    $1"; else printf '%s\n%s\n' "expected: $2" "found:    $3" >/tmp/output && wrong "$1" "differs"; fi
}

# holds TITLE NUMBER OPERATOR NUMBER, as test(1) compares
holds() {
  : >/tmp/output
  if [ "$2" "$3" "$4" ]; then echo "  ok    $1 ($2)"; else wrong "$1" "$2 $3 $4 does not hold"; fi
}

# wrong TITLE REASON: counts a failure and goes on, so that one run shows them all.
wrong() {
  echo "  WRONG $1: $2"
  sed 's/^/        /' /tmp/output
  failures=$((failures + 1))
}

# property NAME: what systemd says of the service.
property() { systemctl show --value --property="$1" $daemon; }

# moment: the time, as the log's time stamps, in microseconds.
moment() { date +%s%6N; }

# logged ID [FIELD]: a field (default: the message) of the service's log entries with this message id, one a line.
logged() {
  journalctl --sync
  journalctl --quiet --output=cat --output-fields="${2:-MESSAGE}" -u $daemon MESSAGE_ID=7d4a3e0f5c1b4a5d9e0c2f6b8a1d3e"$1"
}

# last_logged ID: when the last of them was sent, in microseconds.
last_logged() { logged "$1" _SOURCE_REALTIME_TIMESTAMP | tail -n 1; }

# wait_until COMMAND...: up to thirty seconds.
wait_until() {
  for _ in {1..300}; do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  return 1
}

# fresh_start: the limit of starts counts those that tests ask for, too.
fresh_start() { systemctl reset-failed $daemon rotad.socket; }

# team NAME [REPS]: a configuration whose rep alice is called NAME, with so many more reps.
team() {
  cat <<YAML
not-ready-reasons: [lunch]
agents:
  alice: { name: "$1", user: alice }
  bob:   { name: Bob Baker, user: bob }
  carol: { name: Carol Chen }
  dave:  { name: Dave Diaz }
  erin:  { name: Erin Evans }
  frank: { name: Frank Fox }
YAML
  seq "${2:-0}" | sed "s/.*/  rep-&: { name: Rep & }/"
  cat <<YAML
queues:
  support:
    members: [alice, bob, carol, dave, erin, frank]
    rings: 20
    wrap-up: 600
    max-length: 10000
access:
  lead: { groups: [rota-lead] }
  feed: { groups: [rota-feed] }
YAML
}
