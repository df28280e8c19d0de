#!/usr/bin/env bash
# Runs the requests of the five systems' own documents against one PulseGate with five-systems.yaml,
# and checks the rows they become. Needs curl and gzip. PULSEGATE names another start script.
set -eu
cd "$(dirname "$0")/.."
pulsegate=${PULSEGATE:-./pulsegate}
work=$(mktemp -d)
server=
cleanup() {
  [ -n "$server" ] && kill -9 "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  echo "five-systems: $1" >&2
  tail -n 30 "$work/out" >&2
  exit 1
}

port=$((20000 + RANDOM % 20000))
"$pulsegate" serve --config examples/five-systems.yaml --port "$port" --admin-port $((port + 1)) --data "$work/data" >"$work/out" 2>&1 &
server=$!
host=http://localhost:$port
for _ in $(seq 1 300); do
  curl -fsS "$host/ready" >/dev/null 2>&1 && break
  kill -0 "$server" 2>/dev/null || fail "the server ended before it was ready"
  sleep 1
done

# expect STATUS PATTERN curl-arguments...: runs curl and checks its answer.
expect() {
  status=$1
  pattern=$2
  shift 2
  answer=$(curl -sS -w '\n%{http_code}' "$@")
  [ "${answer##*$'\n'}" = "$status" ] || fail "expected $status, got: $answer"
  printf '%s' "$answer" | grep -q "$pattern" || fail "expected $pattern in: $answer"
  echo "$status  ${answer%$'\n'*}"
}

echo "--- Kaasino Pulse Collector"
expect 202 '"accepted":1' -X POST "$host/collect" \
  -H "Content-Type: application/json" \
  -H "X-Site-Id: kaasino-prod" \
  -d '{
    "events": [{
      "time": "2024-01-15T10:30:00Z",
      "session_id": "abc-123",
      "event_type": "web_vital",
      "page_path": "/games",
      "lcp_ms": 1234.5,
      "metric_name": "LCP"
    }]
  }'
expect 200 '"queue_size"' -H "Accept: application/json" "$host/metrics"

echo "--- Event Collector Service (S2-14)"
expect 200 '"accepted_count":1' -X POST "$host/api/v1/collect" \
  -H "Content-Type: application/json" \
  -d '[
    {
      "event_id": "123e4567-e89b-12d3-a456-426614174000",
      "learner_id": "learner_001",
      "tenant_id": "tenant_alpha",
      "event_type": "interaction",
      "timestamp": "2024-01-15T10:30:00Z",
      "source_service": "learning-app",
      "event_data": {
        "action": "click",
        "element": "next_button"
      },
      "metadata": {}
    }
  ]'
echo '[{"event_id":"zipped-1","learner_id":"learner_001","event_type":"progress","timestamp":"2024-01-15T10:30:00Z","source_service":"app","event_data":{}}]' | gzip >"$work/batch.gz"
expect 200 '"accepted_count":1' -X POST \
  -H "Content-Type: application/json" \
  -H "Content-Encoding: gzip" \
  --data-binary "@$work/batch.gz" \
  "$host/api/v1/collect"
expect 200 '"status":"healthy"' "$host/api/v1/health"
expect 200 '"p99_processing_time_ms"' "$host/api/v1/metrics"
expect 200 '"accepted_count":1000' -X POST "$host/api/v1/test/events?count=1000"

echo "--- PulseMetrics"
expect 202 '' -X POST "$host/ingest" \
  -d '{
  "type": "page_view",
  "name": "/home",
  "value": 1,
  "tags": {
    "browser": "chrome",
    "user": "anon"
  }
}'

echo "--- Collection API"
expect 200 '1 event(s) received and stored' -X POST "$host/collect" \
  -H "Content-Type: application/json" \
  -d '{
    "eventType": "test_single",
    "sessionId": "test_session_001",
    "siteId": "localhost"
  }'
expect 200 '4 event(s) received and stored.*client_acme_corp' -X POST "$host/collect" \
  -H "Content-Type: application/json" \
  -d '{
    "eventType": "batch",
    "sessionId": "test_session_002",
    "siteId": "localhost",
    "events": [
      {"eventType": "click", "eventData": {"element": "button1"}},
      {"eventType": "scroll", "eventData": {"depth": 25}},
      {"eventType": "form_focus", "eventData": {"field": "email"}}
    ]
  }'
expect 200 '"database":"up"' "$host/health"
expect 200 '"client_id":"client_acme_corp","created_at"' "$host/events/recent?limit=1"
grep -q "Bulk inserted 4 events for client client_acme_corp from site localhost" "$work/out" || fail "the line that its users look for is not in the log"

echo "--- PulseGate"
expect 200 '"accepted":1' -X POST "$host/v1/events" \
  -H "X-API-Key: demo" \
  -H "Content-Type: application/json" \
  -d '{
    "event_type": "user_sign_up",
    "user_id": "u_123",
    "ip": "8.8.8.8",
    "timestamp": "2025-03-01T12:00:00Z"
  }'

rows() {
  "$pulsegate" sql --data "$work/data" --format csv \
    "select dialect || ' ' || tenant_id || ' ' || count(*) as line from events group by dialect, tenant_id order by 1" |
    tail -n +2 | tr -d '\r"'
}
expected='collection client_acme_corp 5
event-collector learning 1002
kaasino kaasino 1
native demo 1
pulsemetrics telemetry 1'
for _ in $(seq 1 60); do
  [ "$(rows)" = "$expected" ] && break
  sleep 1
done
[ "$(rows)" = "$expected" ] || fail "expected these rows:
$expected
found:
$(rows)"
echo "--- in the database"
rows

kill -TERM "$server"
code=0
wait "$server" || code=$?
server=
[ "$code" = 0 ] || fail "SIGTERM ended the server with exit code $code, not 0"
echo "five systems, one door: every request answered, every event in the database"
