#!/bin/bash
# Starts the broker with what only this pod knows: its ordinal is the broker id, its stable DNS name is its address.
set -euo pipefail

exec kafka-server-start /etc/dashflow/kafka/server.properties \
  --override "broker.id=${POD_NAME##*-}" \
  --override "advertised.listeners=PLAINTEXT://${POD_NAME}.kafka-headless.${POD_NAMESPACE}.svc.cluster.local:9092" \
  --override "zookeeper.connect=${ZOOKEEPER_CONNECT}" \
  --override "default.replication.factor=${KAFKA_REPLICATION_FACTOR}" \
  --override "offsets.topic.replication.factor=${KAFKA_REPLICATION_FACTOR}" \
  --override "transaction.state.log.replication.factor=${KAFKA_REPLICATION_FACTOR}" \
  --override "transaction.state.log.min.isr=${KAFKA_MIN_INSYNC_REPLICAS}" \
  --override "min.insync.replicas=${KAFKA_MIN_INSYNC_REPLICAS}" \
  --override "log.retention.bytes=${KAFKA_RETENTION_BYTES}"
