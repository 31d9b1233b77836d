#!/bin/bash
# A bare Debian that boots with systemd, and there what deploy/README.md says: from dist/ to the first offer, the same again
# or an upgrade, a reboot, a backup, and that backup restored on a second bare Debian. As root, with debootstrap and the
# network:  tests/rehearsal/on_debian.sh dist trixie|bookworm script|package|venv|pipx [EARLIER]
# EARLIER is the dist/ of an earlier version: that one is installed first, and upgraded. BARE_TREES is a folder in which
# bare Debians are kept for the next time.
set -euo pipefail

dist=$(realpath "${1:?names the dist/ that make dist filled}")
suite=${2:-trixie}
way=${3:-script}
earlier=${4:+$(realpath "$4")}
photo=$(realpath "$(dirname "$0")/../../web/commands/demo/photos/perceuse.jpg")
address=https://entraide.rehearsal.example
FIRST_LINE="systemctl enable --now declic declic-backup.timer && declic first-run"
place=$(mktemp -d "${REHEARSAL_FOLDER:-/var/tmp}/declic-rehearsal.XXXXXX")
booted=

end() {
    [ -z "$booted" ] || kill -KILL "$booted" 2>/dev/null || true
    [ -n "${KEEP_TREE:-}" ] || rm -rf --one-file-system "$place"
}
trap end EXIT

fail() {
    echo "✗ $suite, by $way: $*" >&2
    [ -z "$booted" ] || inside journalctl -u declic -n 60 --no-pager >&2 || true
    exit 1
}

# Debian as a hoster gives it: nothing of ours, nothing of Python but the interpreter.
make_tree() {
    tree=$place/$1
    mkdir "$tree"
    chmod 755 "$place" "$tree"
    local kept=${BARE_TREES:-$place}/$suite.tar
    if [ ! -e "$kept" ]; then
        debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,python3,ca-certificates,curl "$suite" "$tree" \
            "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >/dev/null
        tar -C "$tree" -cf "$kept" .
    else
        tar -C "$tree" -xf "$kept"
    fi
    cp /etc/resolv.conf "$tree/etc/resolv.conf"
    # The authority of a proxy on the way out, where there is one.
    cp /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt"
    printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$tree/etc/pip.conf"
    cp "$photo" "$tree/root/photo.jpg"
}

# What somebody fetched of a release, in a folder of its own.
bring() {
    rm -rf "$tree/root/dist"
    cp -r "$1" "$tree/root/dist"
}

boot() {
    # shellcheck disable=SC2016 # expanded by that shell
    unshare --mount --pid --fork --ipc --uts --propagation private bash -c '
        set -e
        tree=$1
        mount --bind "$tree" "$tree"
        mount -t proc proc "$tree/proc"
        mount -t sysfs sysfs "$tree/sys"
        mount -t cgroup2 cgroup2 "$tree/sys/fs/cgroup"
        mount -t tmpfs -o mode=755 tmpfs "$tree/dev"
        for device in null:3 zero:5 full:7 random:8 urandom:9; do
            mknod -m 666 "$tree/dev/${device%:*}" c 1 "${device#*:}"
        done
        mkdir "$tree/dev/shm" "$tree/dev/pts"
        mount -t tmpfs -o mode=1777 tmpfs "$tree/dev/shm"
        mount -t devpts -o newinstance,ptmxmode=666 devpts "$tree/dev/pts"
        ln -s pts/ptmx "$tree/dev/ptmx"
        mount -t tmpfs -o mode=755 tmpfs "$tree/run"
        hostname rehearsal
        exec env -i container=rehearsal PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$tree" /lib/systemd/systemd
    ' boot "$tree" >/dev/null 2>&1 </dev/null &
    started=$!
    for _ in $(seq 100); do
        booted=$(pgrep -P "$started" | head -n 1)
        # "degraded" is as good: what fails in a container is not ours.
        case $([ -z "$booted" ] || inside systemctl is-system-running 2>/dev/null || true) in running | degraded) return ;; esac
        sleep 0.5
    done
    fail "Debian does not boot here."
}

halt() {
    inside systemctl poweroff --no-wall 2>/dev/null || true
    for _ in $(seq 120); do
        kill -0 "$booted" 2>/dev/null || {
            booted=
            wait "$started" 2>/dev/null || true
            return
        }
        sleep 0.5
    done
    fail "Debian does not stop."
}

inside() {
    nsenter --target "$booted" --mount --pid --ipc --uts --root \
        env -i --chdir=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root "$@"
}

# A command that somebody types who follows deploy/README.md.
typed() {
    echo "$*" >>"$place/typed"
    inside "$@"
}

# With a backup, that is restored before the first start.
install_it() {
    local backup=${1:-}
    if [ "$way" = script ]; then
        typed env INSTALL_PROXY=none ${backup:+"INSTALL_RESTORE=$backup"} sh dist/install.sh "$address"
        return
    fi
    if [ "$way" = venv ] || [ "$way" = pipx ]; then
        install_by_hand
        return
    fi
    install_package
    if [ -n "$backup" ]; then
        typed chown -R declic: /var/backups/declic
        typed find /etc/declic ! -user root -exec chown declic '{}' +
        typed chgrp -R declic /etc/declic
        typed find /etc/declic -user root -exec chmod g+rX '{}' +
        typed declic restore "$backup"
        typed systemctl enable --quiet --now declic declic-backup.timer
    else
        typed sed -i "s|^DECLIC_URL=.*|DECLIC_URL=$address|" /etc/declic/declic.env
        begin
    fi
    wait_ready
}

# The line that the package and install-service say, as somebody types it who reads it there: the address comes by that
# alone, however slow the first start is. What an earlier version did then is not ours to mend: its server is waited for.
begin() {
    if [ -n "$earlier" ]; then
        typed sh -c "$FIRST_LINE" >/dev/null 2>&1 || true
        return
    fi
    [[ $(typed sh -c "$FIRST_LINE" 2>"$place/said") == "$address"/installation/* ]] ||
        fail "$FIRST_LINE: $(cat "$place/said")"
}

install_package() {
    local release package
    release=$(inside sed -n 's/^VERSION_ID="\(.*\)"/\1/p' /etc/os-release)
    package=$(inside sh -c "ls dist/declic_*+deb${release}_\$(dpkg --print-architecture).deb")
    typed apt-get update -qq
    typed env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "./$package" >/dev/null
}

# By the words of *By hand*.
install_by_hand() {
    local wheel line program=/usr/local/bin/declic
    wheel=./dist/$(basename "$dist"/declic-*.whl)
    typed apt-get update -qq
    if [ "$way" = pipx ]; then
        typed apt-get install -y -qq --no-install-recommends pipx >/dev/null
        typed env PIPX_HOME=/opt/pipx PIPX_BIN_DIR=/usr/local/bin pipx install "${wheel}[postgres]" >/dev/null
    else
        typed apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
        typed python3 -m zipfile -e "$wheel" unpacked
        typed python3 -m venv /opt/declic/venv
        typed /opt/declic/venv/bin/pip install -q --require-hashes -r unpacked/web/project/requirements.txt \
            -r unpacked/web/project/requirements-postgres.txt
        typed /opt/declic/venv/bin/pip install -q --no-deps "$wheel"
        program=/opt/declic/venv/bin/declic
    fi
    line=$(typed $program install-service "$address" 2>/dev/null)
    [ "$line" = "$FIRST_LINE" ] || fail "install-service says another line: $line"
    begin
    wait_ready
}

wait_ready() {
    for _ in $(seq 240); do
        if inside curl -sf -o /dev/null http://127.0.0.1:8000/readyz; then return; fi
        sleep 0.5
    done
    fail "Déclic does not answer."
}

first_offer() {
    inside sh -c 'echo "trente-deux vélos bleus" >secret && chmod 600 secret'
    typed declic account create awa --email awa@rehearsal.example --role admin --password-file secret >/dev/null
    typed declic publish offer --as awa --title Perceuse --text "700 watts." --category outil-electrique --mode loan \
        --place "59160 Lomme"
}

# A picture opened by the service itself, in its child process and with the rights that its unit leaves.
send_picture() {
    local token
    token=$(inside declic token create awa 2>/dev/null)
    inside curl -sf -F file=@photo.jpg -H "Authorization: Bearer $token" http://127.0.0.1:8000/api/v2/media |
        sed -n 's/.*"url": *"\([^"]*\)".*/\1/p' | grep . || fail "The service cannot open a picture."
}

# The offer as its address shows it, and the picture as it was sent.
look_at() {
    local offer=$1 picture=$2
    inside curl -sfL -H "Host: ${address#https://}" -H 'X-Forwarded-Proto: https' -H 'Accept: application/activity+json' \
        "http://127.0.0.1:8000${offer#"$address"}" | grep -q Perceuse || fail "The offer $offer is not there: $3."
    inside curl -sf -o /dev/null "http://127.0.0.1:8000${picture#"$address"}" || fail "$picture is not there: $3."
}

upgrade() {
    local settings backups
    settings=$(inside sha256sum /etc/declic/declic.env)
    if [ -z "$earlier" ]; then
        [ "$way" = package ] || [[ $(install_it) == *"installed already"* ]] || fail "The second run is no second run."
    else
        bring "$dist"
        if [ "$way" = script ]; then install_it >/dev/null; else install_package; fi
        backups=$(inside sh -c 'ls -d /var/backups/declic/declic-*')
        inside declic backup verify "$backups" >/dev/null || fail "The backup before the upgrade does not hold."
        # Of what was running, by the program that ran.
        inside grep -q "\"software\": *\"$(version_of "$earlier")\"" "$backups/manifest.json" ||
            fail "The backup is not of the version before."
        wait_ready
        [[ $(inside declic --version) == *"$(version_of "$dist")"* ]] || fail "It is not upgraded."
    fi
    [ "$settings" = "$(inside sha256sum /etc/declic/declic.env)" ] || fail "The second run changed the settings."
}

version_of() { basename "$1"/declic-*.whl | cut -d - -f 2; }

seconds_since() { echo $(($(date +%s) - $1)); }

# What is kept of a machine that burnt: the settings and the last backup, with the numbers of accounts that it had.
move_to_second() {
    local from=$tree
    halt
    make_tree second
    install -d -m 700 "$tree/var/backups/declic"
    cp -a "$from/etc/declic" "$tree/etc/"
    cp -a "$from$1" "$tree/var/backups/declic/"
    # Another account has the number that ours had.
    sed -i '/^declic:/d' "$tree/etc/passwd"
    bring "$dist"
    boot
    inside useradd --system another
}

make_tree first
bring "${earlier:-$dist}"
boot
if inside curl -s -o /dev/null http://127.0.0.1:8000/; then fail "Something answers on port 8000 of this machine."; fi
began=$(date +%s)
install_it
installed=$(seconds_since "$began")
offer=$(first_offer 2>/dev/null) || fail "No offer could be published."
first=$(seconds_since "$began")
commands=$(wc -l <"$place/typed")
picture=$(send_picture)
if [ "$way" = venv ] || [ "$way" = pipx ]; then
    inside systemctl start declic-backup.service || fail "No backup is made."
    kept=$(inside sh -c 'ls -d /var/backups/declic/declic-*')
    inside declic backup verify "$kept" >/dev/null || fail "The backup does not hold."
    halt
    echo "$suite, by $way: first answer $installed s, first offer $first s with $commands commands ($offer)"
    exit
fi
began=$(date +%s)
upgrade
again=$(seconds_since "$began")
look_at "$offer" "$picture" "after the second run"

halt
boot
wait_ready
inside systemctl is-active --quiet declic-backup.timer || fail "After a reboot no backup is made each night."
look_at "$offer" "$picture" "after a reboot"
inside systemctl start declic-backup.service || fail "No backup is made."
kept=$(inside sh -c 'ls -d /var/backups/declic/declic-*' | tail -n 1)
inside declic backup verify "$kept" >/dev/null || fail "The backup does not hold."
level=$(inside systemd-analyze security declic.service --no-pager | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
[ "$(inside systemctl show -p NRestarts --value declic)" = 0 ] || fail "The service had to be restarted."

move_to_second "$kept"
began=$(date +%s)
install_it "$kept"
restored=$(seconds_since "$began")
look_at "$offer" "$picture" "after it was restored"
halt
echo "$suite, by $way: first answer $installed s, first offer $first s with $commands commands ($offer);" \
    "$([ -z "$earlier" ] && echo again || echo "upgrade from $(version_of "$earlier")") $again s; restored elsewhere $restored s; level $level"
