#!/usr/bin/env bash
# The demonstration: builds hotdesk, starts the provisioning server, a registrar and three handsets in a browser page,
# says what to open and what to type, and stops everything on Ctrl-C. What it keeps is in run/, apart
# for a machine; delete that to begin anew.
#
#   make run                  with the small registrar of the test rig
#   make run PBX=kamailio     with a real Kamailio, installed if need be
#   make qemu                 with one handset that is the firmware image in QEMU (PHONE=qemu)
#   PORTAL_PORT, HANDSET_PORT, API_PORT, SIP_PORT choose other ports.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

portal_port=${PORTAL_PORT:-8480}
handset_port=${HANDSET_PORT:-8481}
api_port=${API_PORT:-8443}
sip_port=${SIP_PORT:-5060}
pbx=${PBX:-embedded}
phone=${PHONE:-virtual}
machine_port=${MACHINE_PORT:-5070}

# The machine at Desk 11 has keys of its own: a server that knows them takes no other phone for Desk 11.
state=$PWD/run/$phone
domain=hotdesk.test
programs=${CARGO_TARGET_DIR:-target}/debug
children=()
names=()

# How long each part may take to answer, in tenths of a second.
patience=300

main() {
    check_choices
    build
    # Again after the build: it may have taken a while.
    check_ports
    trap stop EXIT
    trap 'exit 0' INT TERM HUP
    write_configuration
    prepare_server
    start server "$programs/hotdesk-provd" --config "$state/provd.toml" serve
    wait_until server answers "$api_port"
    wait_until server answers "$portal_port"
    start_registrar
    [[ $phone == virtual ]] || start_machine
    start handsets "$programs/hotdesk-handset" --config "$state/handset.toml"
    wait_until handsets answers "$handset_port"
    if [[ $phone == virtual ]]; then
        local desk
        for desk in 1 2 3; do
            wait_until handsets shows "$desk" 'Log In|Log Out'
        done
    fi
    explain
    wait_for_an_end
}

fail() {
    echo "make run: $*" >&2
    exit 1
}

check_choices() {
    case $pbx in
        embedded | kamailio) ;;
        *) fail "PBX=$pbx is not there; leave it out or use PBX=kamailio" ;;
    esac
    case $phone in
        virtual | qemu) ;;
        *) fail "PHONE=$phone is not there; leave it out or use PHONE=qemu" ;;
    esac
    command -v cargo >/dev/null || fail "cargo is missing: install a Rust toolchain (rustup), 1.94 or newer"
    command -v cc >/dev/null || fail "a C compiler is missing: apt-get install gcc"
    check_ports
}

check_ports() {
    local row variable port
    for row in "PORTAL_PORT $portal_port" "HANDSET_PORT $handset_port" "API_PORT $api_port" "SIP_PORT $sip_port" \
        "MACHINE_PORT $machine_port"; do
        read -r variable port <<<"$row"
        if [[ ! $port =~ ^[1-9][0-9]{0,4}$ ]] || ((port > 65535)); then
            fail "$variable=$port is not a port"
        fi
        if taken "$port"; then
            fail "port $port is taken; choose another one with $variable=PORT make run, or stop what uses it"
        fi
    done
}

# Whether anything listens on a port, over TCP or UDP. Reads the kernel's tables, so nothing has to be installed for it.
taken() {
    local hex
    printf -v hex '%04X' "$1"
    # State 0A listens; a UDP socket that is bound has state 07.
    { cat /proc/net/{tcp,tcp6,udp,udp6} 2>/dev/null || true; } |
        awk -v port=":$hex" '$2 ~ port "$" && ($4 == "0A" || $4 == "07") { found = 1 } END { exit !found }'
}

build() {
    local wanted=(--bin hotdesk-provd --bin hotdesk-handset)
    if [[ $pbx == embedded ]]; then
        wanted+=(--bin hotdesk-registrar)
    else
        .ci/install
    fi
    cargo build --locked "${wanted[@]}"
}

write_configuration() {
    # The password, the keys and what the phones remember are nobody else's business.
    umask 077
    mkdir -p "$state/logs"
    # Under which phones reach this machine; 10.0.2.2 is QEMU's word for it.
    local host=127.0.0.1
    [[ $phone == virtual ]] || host=10.0.2.2
    cat >"$state/provd.toml" <<TOML
data_dir = "server"
[phones]
listen = "127.0.0.1:$api_port"
names = ["localhost", "127.0.0.1", "10.0.2.2"]
[portal]
listen = "127.0.0.1:$portal_port"
[sip]
domain = "$domain"
registrar = { host = "$host", port = $sip_port, transport = "udp" }
TOML
    cat >"$state/handset.toml" <<TOML
listen = "127.0.0.1:$handset_port"
hints = [
    "Jane Doe: extension 2000, PIN 1234",
    "James Roe: extension 2001, PIN 2345",
    "Henry Poe: extension 2002, PIN 3456",
]
TOML
    if [[ $phone == qemu ]]; then
        printf '[[phones]]\nname = "Desk 11, in QEMU"\n' >>"$state/handset.toml"
        printf 'machine = { qmp = "machine/qmp", pins = "machine/pins", panel = "480x272" }\n' >>"$state/handset.toml"
        return
    fi
    local desk
    for desk in 11 12 13; do
        cat >"$state/desk-$desk.toml" <<TOML
[server]
url = "https://127.0.0.1:$api_port"
ca_file = "server/ca.pem"
[device]
mac = "02:00:5e:10:00:$desk"
model = "HD-480"
state_dir = "desk-$desk"
[sip]
listen = "127.0.0.1:0"
[control]
socket = "desk-$desk/control.sock"
TOML
        printf '[[phones]]\nname = "Desk %s"\nagent = "desk-%s.toml"\n' "$desk" "$desk" >>"$state/handset.toml"
    done
}

prepare_server() {
    local provd=("$programs/hotdesk-provd" --config "$state/provd.toml")
    "${provd[@]}" import assets/demo/people.toml >>"$state/logs/server.log" 2>&1 ||
        fail "the demonstration's people cannot be imported: $(tail -n 1 "$state/logs/server.log")"
    if [[ ! -s $state/portal-password ]]; then
        head -c 9 /dev/urandom | base64 | tr '+/' '-_' >"$state/portal-password"
    fi
    "${provd[@]}" admin set-password admin <"$state/portal-password" >>"$state/logs/server.log" 2>&1 ||
        fail "the portal's password cannot be set: $(tail -n 1 "$state/logs/server.log")"
}

start_registrar() {
    local database=$state/server/hotdesk.sqlite
    if [[ $pbx == kamailio ]]; then
        start registrar assets/kamailio/kamailio.sh "$database" 127.0.0.1 "$sip_port" "$domain" "$state/kamailio"
    else
        start registrar "$programs/hotdesk-registrar" --database "$database" --listen "127.0.0.1:$sip_port" --domain "$domain"
    fi
    wait_until registrar taken "$sip_port"
}

# The firmware image as the phone at desk 11. A new server is not the one that an older phone was made for.
start_machine() {
    local machine=$state/machine
    if ! cmp -s "$state/server/ca.pem" "$machine/etc/ca.pem"; then
        rm -rf "$machine"
    fi
    mkdir -p "$machine/etc"
    cp "$state/server/ca.pem" "$machine/etc/ca.pem"
    sed "s#https://hotdesk:8443\"#https://10.0.2.2:$api_port\"\nca_file = \"ca.pem\"#" \
        cross/firmware/overlay/etc/hotdesk/agent.toml >"$machine/etc/agent.toml"
    start machine cross/qemu/machine.sh "$machine" "$machine_port"
    wait_until machine test -S "$machine/pins"
}

# start NAME COMMAND...: in the background, with its log in run/logs. Ctrl-C in the terminal does not reach it, so that
# everything can be stopped in order; if this script is killed, the kernel ends it.
start() {
    local name=$1 guarded=()
    shift
    if command -v setsid >/dev/null && command -v setpriv >/dev/null; then
        guarded=(setsid setpriv --pdeathsig TERM --)
    fi
    "${guarded[@]}" "$@" >"$state/logs/$name.log" 2>&1 </dev/null &
    children+=("$!")
    names+=("$name")
}

# wait_until NAME CHECK...: until the check succeeds; fails when NAME's process (the last one started) ends first.
wait_until() {
    local name=$1 tenth
    shift
    for ((tenth = 0; tenth < patience; tenth++)); do
        "$@" && return
        kill -0 "${children[-1]}" 2>/dev/null || fail "the $name ended: $(tail -n 1 "$state/logs/$name.log")"
        sleep 0.1
    done
    fail "the $name does not answer after $((patience / 10)) seconds; see $state/logs/$name.log"
}

answers() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Whether the screen of a phone says something.
shows() {
    {
        exec 3<>"/dev/tcp/127.0.0.1/$handset_port"
        printf 'GET /phones/%s/screen.txt HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$1" >&3
        timeout 5 cat <&3 | grep -Eq "$2"
        local found=$?
        exec 3>&-
        return "$found"
    } 2>/dev/null
}

explain() {
    cat <<TEXT

  hotdesk is running.

  Handsets   http://127.0.0.1:$handset_port
  Portal     http://127.0.0.1:$portal_port    name admin, password $(<"$state/portal-password")

  On a handset press Log In, type an extension and a PIN, press Submit. Or type both at once: 2000#1234#

    Jane Doe    2000 or 01132991000   PIN 1234
    James Roe   2001 or 01132991001   PIN 2345
    Henry Poe   2002 or 01132991002   PIN 3456

  Sign Jane in on two desks and see the first one say why she left. Dialled codes: *45 log in, *70 2000 log in as
  Jane, *46 log out. Nora (2003, PIN 4567) may not use shared phones, Paul (2004) has no PIN yet.

  Registrar  127.0.0.1:$sip_port ($pbx)     logs $state/logs     Ctrl-C stops everything

TEXT
}

wait_for_an_end() {
    local ended=0
    wait -n "${children[@]}" || ended=$?
    local number
    for number in "${!children[@]}"; do
        kill -0 "${children[$number]}" 2>/dev/null ||
            fail "the ${names[$number]} ended with $ended; see $state/logs/${names[$number]}.log"
    done
}

# The handsets first, so that nothing they still say meets a closed door.
stop() {
    local status=$? number
    trap '' INT TERM HUP
    for ((number = ${#children[@]} - 1; number >= 0; number--)); do
        kill -TERM "${children[$number]}" 2>/dev/null || true
        wait "${children[$number]}" 2>/dev/null || true
    done
    ((${#children[@]} == 0)) || echo "hotdesk has stopped."
    exit "$status"
}

main
