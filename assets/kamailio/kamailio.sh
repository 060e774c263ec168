#!/usr/bin/env bash
# Runs Kamailio as registrar and proxy for hotdesk, in the foreground and without root, until it is told to stop.
#
#   kamailio.sh DATABASE ADDRESS PORT DOMAIN RUNDIR [KAMAILIO OPTION...]
#
# RUNDIR is made if need be, private: whoever can write to rpc.sock in it governs the registrar. Kamailio
# replaces this shell, so SIGTERM to it stops everything.
set -euo pipefail

if (($# < 5)); then
    echo "usage: $0 DATABASE ADDRESS PORT DOMAIN RUNDIR [KAMAILIO OPTION...]" >&2
    exit 2
fi
database=$(realpath "$1") address=$2 port=$3 domain=$4
install -d -m 700 "$5"
rundir=$(realpath "$5")
shift 5

export PATH="$PATH:/usr/sbin"
if ! command -v kamailio >/dev/null || [[ -z $(find /usr/lib -path '*kamailio/modules/db_sqlite.so' -print -quit) ]]; then
    echo "Kamailio with its SQLite module is missing: run .ci/install, or install kamailio and kamailio-sqlite-modules" >&2
    exit 1
fi
if [[ $database$domain$rundir == *['!"']* ]]; then
    echo "the database, the domain and the run directory must not contain ! or \"" >&2
    exit 2
fi

# A run directory left by a crash holds a socket that would be in the way.
rm -f "$rundir/rpc.sock" "$rundir/kamailio.pid"
exec kamailio -f "$(dirname "$(realpath "$0")")/kamailio.cfg" \
    --substdef "!SIP_DOMAIN!$domain!g" --substdef "!HOTDESK_DB!$database!g" --substdef "!RUNDIR!$rundir!g" \
    -l "udp:$address:$port" -l "tcp:$address:$port" \
    -P "$rundir/kamailio.pid" -Y "$rundir" -w "$rundir" -m 64 -M 8 -DD -E "$@"
