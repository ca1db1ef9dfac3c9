#!/bin/sh
# Dumps the database named by DATABASE_URL into /backup. A half-written dump never bears the final name.
set -eu
umask 077
target="/backup/chat4all-$(date -u +%Y%m%dT%H%M%SZ).dump"
# The application may name a driver (postgresql+psycopg2://); pg_dump wants the plain scheme.
pg_dump --dbname="postgresql://${DATABASE_URL#*://}" --format=custom --no-owner --no-privileges --lock-wait-timeout=60s \
  --file="$target.part"
# Reads the table of contents back: fails on a truncated file.
pg_restore --list "$target.part" > /dev/null
mv "$target.part" "$target"
echo "dumped $(wc -c < "$target") bytes to $target"
