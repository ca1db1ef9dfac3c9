#!/bin/bash
# Makes the topics once enough brokers are up to hold their replicas. Topics that exist are left as they are.
set -euo pipefail

create() {
  until kafka-topics --bootstrap-server "${KAFKA_BROKERS}" --create --if-not-exists \
    --topic "$1" --partitions "$2" --replication-factor "${KAFKA_REPLICATION_FACTOR}"; do
    echo "cannot create $1 yet, trying again in 10 seconds"
    sleep 10
  done
}

create "${KAFKA_TOPIC}" "${KAFKA_TOPIC_PARTITIONS}"
create "${KAFKA_DLQ_TOPIC}" 1
