#!/bin/sh
# Starts Valkey with the rules of users.acl. Each user gets the hash of VALKEY_<USER>_PASSWORD; one without a
# password stays off. Functions run with the rights of who calls them, so a caller needs the commands inside as well.
# classify and archive have no business here: they have no user. What the server is started with, and may write itself,
# goes to the directory VALKEY_RUN; data go to the directory it is started in. Further arguments go to the server.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
run=${VALKEY_RUN:-/run/valkey}
while read -r _ name rules; do
  variable=VALKEY_$(printf %s "$name" | tr '[:lower:]' '[:upper:]')_PASSWORD
  eval "password=\${$variable:-}"
  if [ -n "$password" ]; then
    hash=$(printf %s "$password" | sha256sum)
    printf 'user %s %s #%s\n' "$name" "$rules" "${hash%% *}"
  else
    printf 'user %s %s off\n' "$name" "$rules"
  fi
done <"$here/users.acl" >"$run/users.acl"
cat "$here/valkey.conf" >"$run/valkey.conf"
if [ -n "${VALKEY_REPLICA_PASSWORD:-}" ]; then # so that each can follow the other: docs/deploy.md, Sentinel
  printf 'primaryuser replica\nprimaryauth %s\n' "$VALKEY_REPLICA_PASSWORD" >>"$run/valkey.conf"
fi
exec "${VALKEY_SERVER:-valkey-server}" "$run/valkey.conf" --aclfile "$run/users.acl" "$@"
