#!/bin/sh
# Starts Valkey with the rules of users.acl. Each user gets the hash of VALKEY_<USER>_PASSWORD; one without a
# password stays off. Functions run with the rights of who calls them, so a caller needs the commands inside as well.
# classify and archive have no business here: they have no user. Further arguments go to the server.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
users=${VALKEY_USERS_FILE:-/run/valkey/users.acl}
while read -r _ name rules; do
  variable=VALKEY_$(printf %s "$name" | tr '[:lower:]' '[:upper:]')_PASSWORD
  eval "password=\${$variable:-}"
  if [ -n "$password" ]; then
    hash=$(printf %s "$password" | sha256sum)
    printf 'user %s %s #%s\n' "$name" "$rules" "${hash%% *}"
  else
    printf 'user %s %s off\n' "$name" "$rules"
  fi
done <"$here/users.acl" >"$users"
exec "${VALKEY_SERVER:-valkey-server}" "$here/valkey.conf" --aclfile "$users" "$@"
