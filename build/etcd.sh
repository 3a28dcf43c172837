#!/bin/bash
# etcd.sh start|stop: one etcd for development on 127.0.0.1:2379, its data in data/etcd.
set -euo pipefail
cd "$(dirname "$0")/.."
endpoint=http://127.0.0.1:${ETCD_PORT:-2379}
pid_file=data/etcd.pid
running() { [ -f $pid_file ] && [ "$(cat "/proc/$(cat $pid_file)/comm" 2> /dev/null)" = etcd ]; }
healthy() { curl -fs -m 2 "$endpoint/health" > /dev/null 2>&1; }

case ${1:-} in
start)
  if running; then echo "etcd is running on $endpoint (pid $(cat $pid_file))"; exit; fi
  if healthy; then echo "another etcd answers on $endpoint already: using that"; exit; fi
  command -v etcd > /dev/null || { echo "etcd is not on this machine: make prerequisites" >&2; exit 1; }
  mkdir -p data
  peer=http://127.0.0.1:$((${ETCD_PORT:-2379} + 1))
  setsid etcd --data-dir data/etcd --listen-client-urls "$endpoint" --advertise-client-urls "$endpoint" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer" \
    --auto-compaction-mode revision --auto-compaction-retention 100000 \
    < /dev/null > data/etcd.log 2>&1 &
  echo $! > $pid_file
  for _ in $(seq 100); do
    if healthy; then echo "etcd runs on $endpoint (pid $(cat $pid_file), log data/etcd.log)"; exit; fi
    running || break
    sleep 0.1
  done
  echo "etcd did not start; the end of data/etcd.log:" >&2
  tail -5 data/etcd.log >&2
  exit 1
  ;;
stop)
  if running; then
    kill "$(cat $pid_file)"
    while running; do sleep 0.1; done
    echo "etcd ended"
  else
    echo "no etcd of ours is running"
  fi
  rm -f $pid_file
  ;;
*)
  echo "usage: $0 start|stop" >&2
  exit 2
  ;;
esac
