#!/bin/bash
# A bare Debian that boots with systemd, and there what deploy/README.md says: from dist/ to the first offer, the same again,
# a backup. As root, with debootstrap and the network:  tests/rehearsal/on_debian.sh dist trixie|bookworm [script|package]
set -euo pipefail

dist=$(realpath "$1")
suite=${2:-trixie}
way=${3:-script}
photo=$(realpath "$(dirname "$0")/../../web/commands/demo/photos/perceuse.jpg")
address=https://entraide.rehearsal.example
tree=$(mktemp -d "${REHEARSAL_FOLDER:-/var/tmp}/declic-rehearsal.XXXXXX")
booted=

end() {
    [ -z "$booted" ] || kill -KILL "$booted" 2>/dev/null || true
    [ -n "${KEEP_TREE:-}" ] || rm -rf --one-file-system "$tree"
}
trap end EXIT

fail() {
    echo "✗ $*" >&2
    inside journalctl -u declic -n 60 --no-pager >&2 || true
    exit 1
}

# Debian as a hoster gives it: nothing of ours, nothing of Python but the interpreter.
make_tree() {
    chmod 755 "$tree"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,python3,ca-certificates,curl "$suite" "$tree" \
        "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >/dev/null
    cp /etc/resolv.conf "$tree/etc/resolv.conf"
    # The authority of a proxy on the way out, where there is one.
    cp /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt"
    printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$tree/etc/pip.conf"
    mkdir "$tree/root/dist"
    cp "$dist"/* "$tree/root/dist/"
    cp "$photo" "$tree/root/photo.jpg"
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
    local started=$!
    for _ in $(seq 100); do
        booted=$(pgrep -P "$started" | head -n 1)
        # "degraded" is as good: what fails in a container is not ours.
        case $([ -z "$booted" ] || inside systemctl is-system-running 2>/dev/null || true) in running | degraded) return ;; esac
        sleep 0.5
    done
    fail "Debian does not boot here."
}

inside() {
    nsenter --target "$booted" --mount --pid --ipc --uts --root \
        env -i --chdir=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root "$@"
}

install_it() {
    if [ "$way" = script ]; then
        inside env INSTALL_PROXY=none sh dist/install.sh "$address"
        return
    fi
    local release package
    release=$(inside sed -n 's/^VERSION_ID="\(.*\)"/\1/p' /etc/os-release)
    package=$(inside sh -c "ls dist/declic_*+deb${release}_\$(dpkg --print-architecture).deb")
    inside apt-get update -qq
    inside env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "./$package" >/dev/null
    inside sed -i "s|^DECLIC_URL=.*|DECLIC_URL=$address|" /etc/declic/declic.env
    inside systemctl enable --quiet --now declic declic-backup.timer
    wait_ready
}

wait_ready() {
    for _ in $(seq 120); do
        if inside curl -sf -o /dev/null http://127.0.0.1:8000/readyz; then return; fi
        sleep 1
    done
    fail "Déclic does not answer."
}

first_offer() {
    inside sh -c 'echo "trente-deux vélos bleus" >secret && chmod 600 secret'
    inside declic account create awa --email awa@rehearsal.example --role admin --password-file secret >/dev/null
    inside declic publish offer --as awa --title Perceuse --text "700 watts." --category outil-electrique --mode loan \
        --place "59160 Lomme"
}

# A picture opened by the service itself, in its child process and with the rights that its unit leaves.
send_picture() {
    local token
    token=$(inside declic token create awa 2>/dev/null)
    inside curl -sf -o /dev/null -F file=@photo.jpg -H "Authorization: Bearer $token" \
        http://127.0.0.1:8000/api/v2/media || fail "The service cannot open a picture."
}

make_tree
boot
began=$(date +%s)
install_it
seconds_installed=$(($(date +%s) - began))
offer=$(first_offer 2>/dev/null) || fail "No offer could be published."
seconds=$(($(date +%s) - began))
send_picture
before=$(inside sha256sum /etc/declic/declic.env)
if [ "$way" = script ]; then
    again=$(install_it)
    [[ $again == *"installed already"* ]] || fail "The second run is no second run: $again"
fi
[ "$before" = "$(inside sha256sum /etc/declic/declic.env)" ] || fail "The second run changed the settings."
inside systemctl start declic-backup.service || fail "No backup is made."
kept=$(inside sh -c 'ls -d /var/backups/declic/declic-*')
inside declic backup verify "$kept" >/dev/null || fail "The backup does not hold."
wait_ready
level=$(inside systemd-analyze security declic.service --no-pager | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
[ "$(inside systemctl show -p NRestarts --value declic)" = 0 ] || fail "The service had to be restarted."
inside systemctl stop declic.service
echo "$suite, by $way: $seconds_installed s to the first answer, $seconds s to the first offer ($offer); level $level"
