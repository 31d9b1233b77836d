#!/bin/bash
# A whole machine with 1 GB of memory, emulated by QEMU: Debian's own kernel, systemd and memory controller, Caddy beside,
# and there what deploy/README.md says. From dist/ to the first offer, a backup by its unit, a killed service, a reboot,
# LISTINGS (50000), visitors and a backup of them, a night, and what all that takes of the memory. As root, with debootstrap,
# qemu-system-x86, e2fsprogs, openssh-client and the network:
#   tests/rehearsal/on_virtual_machine.sh dist [trixie|bookworm] [script|package]
# MEMORY (1024) is in MB, REST (300) in seconds, BARE_TREES as for on_debian.sh; KEEP_MACHINE=1 lets it run and says where.
# Unless hardware helps (ACCEL=kvm) it is ten to twenty times slower than a machine: seconds say little, memory all.
set -euo pipefail

here=$(realpath "$(dirname "$0")")
dist=$(realpath "${1:?names the dist/ that make dist filled}")
suite=${2:-trixie}
way=${3:-script}
memory=${MEMORY:-1024}
listings=${LISTINGS:-50000}
mirror=${MIRROR:-http://deb.debian.org/debian}
address=https://entraide.rehearsal.example
PACKAGES=systemd,systemd-sysv,systemd-resolved,dbus,udev,kmod,iproute2,openssh-server,python3,ca-certificates,curl
GROUP=/sys/fs/cgroup/system.slice
place=$(mktemp -d "${REHEARSAL_FOLDER:-/var/tmp}/declic-machine.XXXXXX")
machine=
shown=

end() {
    [ -z "${KEEP_MACHINE:-}" ] || {
        echo "The machine is in $place: ssh -i $place/key -p $port root@127.0.0.1" >&2
        return
    }
    [ -z "$machine" ] || kill -KILL "$machine" 2>/dev/null || true
    rm -rf --one-file-system "$place"
}

fail() {
    echo "✗ $suite, by $way, on $memory MB: $*" >&2
    [ -z "$machine" ] || inside journalctl -u declic -n 60 --no-pager >&2 || tail -n 40 "$place/console" >&2
    exit 1
}

# Debian as a hoster gives it, with a kernel of its own and a door for its owner.
make_disk() {
    local tree=$place/tree kept=${BARE_TREES:-$place}/$suite-machine.tar
    mkdir "$tree"
    if [ ! -e "$kept" ]; then
        debootstrap --variant=minbase --include="$PACKAGES,linux-image-cloud-amd64" "$suite" "$tree" "$mirror" >/dev/null
        tar -C "$tree" -cf "$kept" .
    else
        tar -C "$tree" -xf "$kept"
    fi
    echo /dev/vda / ext4 defaults 0 1 >"$tree/etc/fstab"
    echo rehearsal >"$tree/etc/hostname"
    printf '127.0.0.1 localhost rehearsal\n' >"$tree/etc/hosts"
    printf '[Match]\nName=en* eth*\n[Network]\nDHCP=ipv4\n' >"$tree/etc/systemd/network/wired.network"
    chroot "$tree" systemctl enable --quiet systemd-networkd ssh 2>/dev/null
    # The authority of a proxy on the way out, where there is one.
    cp /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt"
    printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$tree/etc/pip.conf"
    ssh-keygen -q -t ed25519 -N '' -f "$place/key"
    install -d -m 700 "$tree/root/.ssh"
    install -m 600 "$place/key.pub" "$tree/root/.ssh/authorized_keys"
    cp "$tree"/boot/vmlinuz-* "$place/kernel"
    cp "$tree"/boot/initrd.img-* "$place/initrd"
    mkfs.ext4 -q -d "$tree" "$place/disk" "${DISK:-10G}"
    rm -rf --one-file-system "$tree"
}

# An address of this machine alone leads to its SSH.
start_machine() {
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    nice -n 19 qemu-system-x86_64 -accel "${ACCEL:-tcg,thread=multi}" -cpu max -m "$memory" -smp 2 -display none \
        -no-reboot \
        -kernel "$place/kernel" -initrd "$place/initrd" -append "root=/dev/vda console=ttyS0 rw quiet" \
        -drive "file=$place/disk,format=raw,if=virtio,cache=unsafe" -device virtio-rng-pci -rtc base=utc \
        -nic "user,model=virtio-net-pci,ipv6=off,hostfwd=tcp:127.0.0.1:$port-:22" \
        -serial "file:$place/console" -monitor "unix:$place/monitor,server,nowait" >"$place/qemu" 2>&1 </dev/null &
    machine=$!
    wait_inside
}

wait_inside() {
    for _ in $(seq 200); do
        kill -0 "$machine" 2>/dev/null || fail "QEMU ended: $(tail -n 5 "$place/console")"
        ! inside true 2>/dev/null || return 0
        sleep 3
    done
    fail "Debian does not boot here."
}

stop_machine() {
    inside systemctl poweroff --no-wall 2>/dev/null || true
    wait "$machine" 2>/dev/null || true
    machine=
}

inside() {
    ssh -q -i "$place/key" -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=20 \
        -o LogLevel=ERROR root@127.0.0.1 -- "$(printf '%q ' "$@")"
}

send() { tar -C "$(dirname "$1")" -cf - "$(basename "$1")" | inside tar -C "$2" -xf -; }

seconds_since() { echo $(($(date +%s) - $1)); }

# A figure for the table: what was looked at, and what it was.
tell() {
    echo "$1: $2"
    shown+="| $1 | $2 |"$'\n'
}

install_it() {
    if [ "$way" = script ]; then
        inside sh dist/install.sh "$address"
        return
    fi
    local release
    release=$(inside sed -n 's/^VERSION_ID="\(.*\)"/\1/p' /etc/os-release)
    inside apt-get update -qq
    inside env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends caddy \
        "./dist/declic_$(basename "$dist"/declic-*.whl | cut -d - -f 2)+deb${release}_amd64.deb" >/dev/null
    inside sed -i "s|^DECLIC_URL=.*|DECLIC_URL=$address|" /etc/declic/declic.env
    inside sh -c "systemctl enable --now declic declic-backup.timer && declic first-run"
}

# The questions of `declic setup`, on a terminal, answered as they come.
set_up() {
    local answer
    coproc TERMINAL { ssh -tt -q -i "$place/key" -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o LogLevel=ERROR root@127.0.0.1 -- declic setup 2>&1; }
    local reading=${TERMINAL[0]} writing=${TERMINAL[1]} asking=$TERMINAL_PID
    for answer in "longtemps=y" "nom de la coop=La Remise" "une phrase=Des voisins de Lomme" "Une commune=1" \
        "Quelle commune=Lomme" "Nom d’usage=" "prénom=Awa" "nom de membre=awa" "courriel=awa@rehearsal.example" \
        "passe=trente-deux vélos bleus" "Qui peut entrer=3"; do
        wait_for "${answer%%=*}" "$reading"
        sleep 2 # a hidden answer is read by who has emptied the terminal first
        printf '%s\n' "${answer#*=}" >&"$writing"
    done
    wait_for "$address/coop" "$reading"
    wait "$asking" || fail "declic setup ends with $?."
}

wait_for() {
    local heard='' character
    until [[ $heard == *"$1"* ]]; do
        IFS= read -r -t 300 -N 1 -u "$2" character || fail "declic setup says: $heard"
        heard+=$character
    done
}

# As the proxy does.
ask() { inside curl -sSfL -H "Host: ${address#https://}" -H 'X-Forwarded-Proto: https' "$@"; }

# Through HTTP with a token, as an app does it; its address comes first in the answer.
first_offer() {
    ask http://127.0.0.1:8000/api/v1/declic/listings -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
        -d '{"kind": "offer", "mode": "loan", "title": "Perceuse", "text": "700 watts.", "category": "outil-electrique"}' |
        grep -o "\"uri\": *\"${address}[^\"]*\"" | sed -n '1s|.*\(https:[^"]*\).*|\1|p' | grep . ||
        fail "No offer can be published."
}

wait_ready() {
    for _ in $(seq 600); do
        ! inside curl -sf -o /dev/null http://127.0.0.1:8000/readyz || return 0
        sleep 1
    done
    fail "Déclic does not answer $1."
}

property() { inside systemctl show -p "$1" --value "${2:-declic}"; }

# Debian 12 does not keep it of what has ended.
megabytes() {
    local bytes
    bytes=$(property "$1" "${2:-declic}")
    if [[ $bytes =~ ^[0-9]+$ ]]; then echo "$((bytes / 1048576)) MB"; else echo "unknown"; fi
}

# What the whole machine and the service take now; the cache of files, which goes when it is needed, apart.
tell_memory() {
    local killed
    tell "$1: the machine" "$(inside free -m | awk '/^Mem/ { print $3 " MB used of " $2 ", " $7 " available" }')"
    tell "$1: the service without the cache of files" "$(inside cat "$GROUP/declic.service/memory.stat" |
        awk '$1 ~ /^(anon|shmem|kernel)$/ { all += $2 } END { printf "%d MB", all / 1048576 }')"
    killed=$(inside cat /proc/vmstat | awk '$1 == "oom_kill" { print $2 }') || fail "Whether something was killed cannot be read."
    [ "$killed" = 0 ] || fail "Something was killed for want of memory (oom_kill ${killed:-unknown})."
}

# Pages as visitors take them, four a second at most.
visit() {
    local -a pages=()
    local page
    for _ in $(seq "$1"); do
        for page in / /annonces /reseau /depannage /rencontres /communautes; do
            pages+=("http://127.0.0.1:8000$page" -o /dev/null)
        done
    done
    ask --rate 4/s -H "Authorization: Bearer $token" "${pages[@]}" || fail "A page does not answer."
}

# Written by the database itself, beside the server that runs; and the site is open then.
fill() {
    inside install -d -m 755 /opt/rehearsal/tests
    send "$here/../large_database.py" /opt/rehearsal/tests
    inside sh -c 'cat >/opt/rehearsal/fill.py' <<'END'
import asyncio, sys
from pathlib import Path
import asyncpg
from models.store.postgres import embedded
from tests.large_database import fill
async def main():
    async with embedded(Path("/var/lib/declic")) as url:
        conn = await asyncpg.connect(url)  # without a limit of time: an emulated processor takes minutes for an index
        await fill(conn, int(sys.argv[1]))
        await conn.execute("DELETE FROM preference WHERE key = 'closed'")
        await conn.close()
asyncio.run(main())
END
    inside runuser -u declic -- env PYTHONPATH=/opt/rehearsal "$(program)" /opt/rehearsal/fill.py "$1"
}

program() { if [ "$way" = script ]; then echo /opt/declic/venv/bin/python3; else echo /usr/lib/declic/bin/python3; fi; }

back_up() {
    inside systemctl start declic-backup.service || fail "No backup is made: $(inside journalctl -u declic-backup -n 20)"
    inside sh -c 'ls -d /var/backups/declic/declic-*' | tail -n 1
}

# What is killed comes back by itself, its database too, and what was there is there.
kill_service() {
    local before
    before=$(property MainPID)
    inside kill -KILL "$before"
    wait_ready "after it was killed"
    [ "$(property MainPID)" != "$before" ] || fail "Nothing was killed."
    look_at "after it was killed"
}

look_at() {
    [[ $(ask -H 'Accept: application/activity+json' "http://127.0.0.1:8000${offer#"$address"}") == *Perceuse* ]] ||
        fail "The offer $offer is not there $1."
}

# The clock goes to just before the timer's backup, which then does not wait for a moment by chance.
let_night_come() {
    local made timer=declic-backup.timer
    made=$(inside sh -c 'ls -d /var/backups/declic/declic-* | wc -l')
    inside mkdir -p "/run/systemd/system/$timer.d"
    inside sh -c "printf '[Timer]\nRandomizedDelaySec=0\n' >/run/systemd/system/$timer.d/rehearsal.conf"
    inside sh -c "systemctl daemon-reload && systemctl restart $timer && date -s 'tomorrow 03:29:55' >/dev/null"
    for _ in $(seq 120); do
        sleep 5
        [ "$(inside sh -c 'ls -d /var/backups/declic/declic-* | wc -l')" = "$made" ] || return 0
    done
    fail "The timer made no backup in the night: $(inside systemctl list-timers --no-pager)"
}

trap end EXIT
make_disk
began=$(date +%s)
start_machine
tell "boot" "$(seconds_since "$began") s"
tell "before anything" "$(inside free -m | awk '/^Mem/ { print $3 " MB used of " $2 }')"
send "$dist" /root
inside sh -c "[ ! -d $(basename "$dist") ] || [ $(basename "$dist") = dist ] || mv $(basename "$dist") dist"
began=$(date +%s)
install_it
tell "first answer" "$(seconds_since "$began") s"
set_up
token=$(inside declic token create awa 2>/dev/null)
offer=$(first_offer)
tell "first offer, with the questions of declic setup" "$(seconds_since "$began") s"
tell "systemd-analyze security" "$(inside systemd-analyze security declic.service --no-pager |
    sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')"
[ "$(inside sh -c "pgrep -fc '[d]eclic serve'")" = 1 ] || fail "There are several processes on so little memory."
tell_memory "just set up"
kept=$(back_up)
inside declic backup verify "$kept" >/dev/null || fail "The backup does not hold."
kill_service
inside systemctl is-active --quiet declic-backup.timer || fail "No backup is made each night."
began=$(date +%s)
inside systemctl reboot --no-wall || true
wait "$machine" || true
start_machine
wait_ready "after a reboot"
tell "reboot, to the first answer" "$(seconds_since "$began") s"
look_at "after a reboot"
sleep "${REST:-300}"
tell_memory "at rest after a reboot"
fill "$listings"
tell_memory "with $listings listings"
inside systemctl restart declic
wait_ready "with $listings listings"
visit 40
tell_memory "after 240 pages"
began=$(date +%s)
back_up >/dev/null &
backing=$!
visit 20
wait "$backing" || fail "No backup is made beside visitors."
tell "a backup of it beside visitors" "$(seconds_since "$began") s, $(megabytes MemoryPeak declic-backup) at most"
tell_memory "after it"
tell "the service at most, with the cache of files" "$(megabytes MemoryPeak)"
[ "$(property NRestarts)" = 0 ] || fail "The service had to be restarted."
inside declic doctor || true
let_night_come
[ -n "${KEEP_MACHINE:-}" ] || stop_machine
printf '\n| Debian %s, %s, %s MB | |\n|---|---|\n%s' "$suite" "$way" "$memory" "$shown"
