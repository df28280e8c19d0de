#!/usr/bin/env bash
# Runs the requests of the five systems' own documents, as they stand there but for the host, against
# one PulseGate, and checks the rows they become.
#   examples/five-systems.sh             with five-systems.yaml: one table in DuckDB
#   DATABASE_URL=postgres://… examples/five-systems.sh postgres
#                                        with five-systems-postgres.yaml: their own tables, in an empty database
# Needs curl and gzip, and psql for PostgreSQL (PSQL names another). PULSEGATE names another start script.
set -eu
cd "$(dirname "$0")/.."
pulsegate=${PULSEGATE:-./pulsegate}
store=${1:-duckdb}
case $store in
  duckdb) config=examples/five-systems.yaml ;;
  postgres)
    config=examples/five-systems-postgres.yaml
    [ -n "${DATABASE_URL:-}" ] || { echo "five-systems: set DATABASE_URL to an empty database" >&2; exit 2; }
    ;;
  *) echo "five-systems: duckdb or postgres, not $store" >&2; exit 2 ;;
esac
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
"$pulsegate" serve --config "$config" --port "$port" --admin-port $((port + 1)) --data "$work/data" >"$work/out" 2>&1 &
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

# logged PATTERN: what its users look for in the log.
logged() {
  grep -q "$1" "$work/out" || fail "a line that users look for is not in the log: $1"
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
expect 200 '' "$host/health"
expect 200 '' "$host/ready"
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
# Where the document leaves events out ("..."), one of them stands here.
event='{"event_id":"%s","learner_id":"learner_001","event_type":"progress","timestamp":"2024-01-15T10:30:00Z","source_service":"app","event_data":{}}'
# shellcheck disable=SC2059 # a format
expect 200 '"batch_id":"550e8400-e29b-41d4-a716-446655440000","accepted_count":1' -X POST "$host/api/v1/collect" \
  -H "Content-Type: application/json" \
  -d '{
    "batch_id": "550e8400-e29b-41d4-a716-446655440000",
    "events": ['"$(printf "$event" batched-1)"'],
    "metadata": {
      "source": "mobile-app",
      "version": "2.1.0"
    }
  }'
# shellcheck disable=SC2059
echo "[$(printf "$event" zipped-1)]" | gzip | expect 200 '"accepted_count":1' -X POST \
  -H "Content-Type: application/json" \
  -H "Content-Encoding: gzip" \
  --data-binary @- \
  "$host/api/v1/collect"
expect 200 '"status":"healthy"' "$host/api/v1/health"
expect 200 '"p99_processing_time_ms"' "$host/api/v1/metrics"
expect 200 '"accepted_count":1000' -X POST "$host/api/v1/test/events?count=1000"
senders=
for i in {1..50}; do
  curl -sS -o "$work/reply.$i" -X POST "$host/api/v1/test/events?count=20" &
  senders="$senders $!"
done
# shellcheck disable=SC2086 # numbers of processes
wait $senders
[ "$(grep -l '"accepted_count":20,' "$work"/reply.* | wc -l)" = 50 ] || fail "50 requests at a time were not all answered"

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
  "eventType": "pageview",
  "sessionId": "sess_abc123",
  "visitorId": "vis_xyz789", 
  "siteId": "example.com",
  "timestamp": "2025-07-11T12:00:00Z"
}'
expect 200 '"events_processed":4,"client_id":"client_acme_corp"' -X POST "$host/collect" \
  -H "Content-Type: application/json" \
  -d '{
  "eventType": "batch",
  "sessionId": "sess_abc123",
  "visitorId": "vis_xyz789",
  "siteId": "example.com", 
  "timestamp": "2025-07-11T12:00:00Z",
  "events": [
    {"eventType": "click", "eventData": {"element": "button1"}},
    {"eventType": "scroll", "eventData": {"depth": 25}},
    {"eventType": "form_focus", "eventData": {"field": "email"}}
  ]
}'
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
expect 200 '' "$host/events/count"
expect 200 '"client_id":"client_acme_corp","created_at"' "$host/events/recent?limit=1"
if command -v jq >/dev/null 2>&1; then
  [ "$(curl -sS "$host/health" | jq '.database')" = '"up"' ] || fail "/health is not as jq expects it"
  curl -sS "$host/events/recent" | jq '.[] | {eventType, client_id, created_at}' | grep -q form_focus || fail "/events/recent is not as jq expects it"
  [ -z "$(curl -sS "$host/events/recent" | jq '.[] | select(.client_id == null)')" ] || fail "an event without client"
fi
logged "Processing batch with 3 individual events for client client_acme_corp"
logged "eventType.*batch"
logged "Bulk inserted 4 events for client client_acme_corp from site localhost"
logged "Domain.*authorized for client client_acme_corp"
# /export/*, /process/* and /pipeline/status are there where RAW_S3_BUCKET or PROCESSED_S3_BUCKET is set.

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

# sql QUERY: rows as lines.
sql() {
  case $store in
    duckdb) "$pulsegate" sql --data "$work/data" --format csv "$1" | tail -n +2 | tr -d '\r"' ;;
    postgres) "${PSQL:-psql}" "$DATABASE_URL" -Atc "$1" ;;
  esac
}

# rows QUERY EXPECTED: waits until they are there.
rows() {
  for _ in $(seq 1 60); do
    [ "$(sql "$1" 2>"$work/sql")" = "$2" ] && break
    sleep 1
  done
  found=$(sql "$1" 2>&1) || true
  [ "$found" = "$2" ] || fail "expected these rows of $1:
$2
found:
$found"
  echo "$found"
}

echo "--- in the database"
case $store in
  duckdb)
    rows "select dialect || ' ' || tenant_id || ' ' || count(*) as line from events group by dialect, tenant_id order by 1" \
      'collection client_acme_corp 10
event-collector learning 2003
kaasino kaasino 1
native demo 1
pulsemetrics telemetry 1'
    rows "select page_path || ' ' || lcp_ms as line from events where dialect = 'kaasino'" '/games 1234.5'
    ;;
  postgres)
    rows "select dialect || ' ' || tenant_id || ' ' || count(*) from events_raw group by dialect, tenant_id order by 1" \
      'event-collector learning 2003
native demo 1
pulsemetrics telemetry 1'
    rows 'select site_id, session_id, page_path, lcp_ms, metric_name from metrics' 'kaasino-prod|abc-123|/games|1234.5|LCP'
    rows "SELECT client_id, COUNT(*)
FROM events_log
WHERE created_at > NOW() - INTERVAL '1 hour'
GROUP BY client_id" 'client_acme_corp|10'
    logged 'pool_size'
    ;;
esac

kill -TERM "$server"
code=0
wait "$server" || code=$?
server=
[ "$code" = 0 ] || fail "SIGTERM ended the server with exit code $code, not 0"
echo "five systems, one door, $store: every request answered, every event in the database"
