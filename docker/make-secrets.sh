#!/bin/sh
# Makes the secrets that compose.yaml hands to the containers as files, once: docker/secrets/ is never overwritten.
set -eu
folder=$(dirname "$0")/secrets
[ ! -e "$folder" ] || { echo "$folder exists already; nothing changed" >&2; exit 0; }
word() { od -An -N 32 -tx1 /dev/urandom | tr -d ' \n'; }
database=$(word)
queue=$(word)
key=$(word)
secret=$(word)
# The folder is closed to others on this machine; the files are open, because each container's user must read them.
mkdir -m 700 "$folder"
umask 022
word >"$folder/secret_key"
printf '%s' "$database" >"$folder/database_password"
printf 'postgresql://intake:%s@database/intake' "$database" >"$folder/database_url"
printf 'redis://:%s@queue:6379/0' "$queue" >"$folder/redis_url"
cat >"$folder/queue.conf" <<CONF
requirepass $queue
dir /data
appendonly yes
maxmemory 256mb
maxmemory-policy noeviction
CONF
printf '%s' "$key" >"$folder/files_key"
printf '%s' "$secret" >"$folder/files_secret"
cat >"$folder/objects.json" <<JSON
{"identities": [{"name": "intake", "credentials": [{"accessKey": "$key", "secretKey": "$secret"}],
 "actions": ["Admin", "Read", "Write", "List"]}]}
JSON
echo "Secrets written to $folder"
