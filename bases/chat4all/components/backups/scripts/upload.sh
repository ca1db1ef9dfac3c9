#!/bin/sh
# Copies the dump to MinIO, compares it there, and removes dumps older than the retention.
# rclone takes the remote `minio` with its keys from RCLONE_CONFIG_MINIO_* in the environment.
set -eu
destination="minio:$BACKUP_BUCKET/postgres"
rclone copy /backup "$destination" --include '*.dump'
rclone check /backup "$destination" --include '*.dump' --one-way
rclone delete "$destination" --include '*.dump' --min-age "${BACKUP_RETENTION_DAYS}d"
rclone lsl "$destination"
