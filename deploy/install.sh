#!/bin/sh
# Installs Déclic on Debian 12 or 13 with systemd, or brings an installation to the version of the wheel:
#
#   sh install.sh https://entraide.lomme.example [WHEEL]
#
# WHEEL is a file or an address (https://…/declic-1.0.0-py3-none-any.whl); without it, the one that lies beside this
# script is taken. With SHA256SUMS beside a file, its sum has to be in there; for an address, INSTALL_SHA256 may
# say it. It may be run twice: what is there is kept, and an upgrade makes a backup first and proves it.
#
#   INSTALL_PROXY=none       no Caddy is installed (another web server is in front, or will be)
#   INSTALL_POSTGRES=debian  Debian's PostgreSQL instead of the one that comes along
#   INSTALL_BACKUP=none      an upgrade goes on where no backup can be made, or the one that was made is not proven
#   INSTALL_RESTORE=BACKUP   this backup is restored before the first start: the cooperative moves to this machine
#   INSTALL_RESTORE=fetch    the same with the latest copy from where DECLIC_BACKUP_TO sends them
set -eu

HOME_DIR=/opt/declic
VENV=$HOME_DIR/venv
SETTINGS=/etc/declic/declic.env
BACKUPS=/var/backups/declic

say() { printf "%s\n" "$@"; }
fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

read_arguments() {
    case $# in
        1 | 2) ;;
        *) fail "say the address of the cooperative: sh install.sh https://entraide.lomme.example" ;;
    esac
    url=$(printf '%s' "$1" | tr '[:upper:]' '[:lower:]')
    url=${url%/}
    printf '%s' "$url" | grep -Eq '^https://([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$' ||
        fail "$1 is no address such as https://entraide.lomme.example (a name of its own, without a folder or a port)."
    wheel=${2:-}
    backup=${INSTALL_RESTORE:-}
    case $backup in
        "") ;;
        fetch) [ -e "$SETTINGS" ] || fail "put the old /etc/declic in its place first: it says where the copies are." ;;
        *) [ -e "$backup" ] || fail "there is no backup $backup." ;;
    esac
}

look_around() {
    [ "$(id -u)" = 0 ] || fail "run this as root: sudo sh install.sh $url"
    [ -r /etc/os-release ] || fail "this is no Debian: use the containers (README.md)."
    # shellcheck source=/dev/null
    system=$(. /etc/os-release && printf '%s %s' "${ID:-}" "${VERSION_ID:-}")
    case $system in
        "debian 12" | "debian 13") ;;
        *) fail "this is written for Debian 12 and 13, and here is '$system': use the containers, or the steps of README.md." ;;
    esac
    ! dpkg-query -W -f '${Status}' declic 2>/dev/null | grep -q ' installed$' ||
        fail "the Debian package declic is installed here: apt upgrades it, and this script would make a second one."
    if [ -e "$SETTINGS" ]; then
        there=$(sed -n 's/^DECLIC_URL=//p' "$SETTINGS" | tail -n 1)
        [ "$there" = "$url" ] ||
            fail "$SETTINGS is about $there, and an address is permanent: run it with that one, or change the file."
    fi
}

find_wheel() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    case $wheel in
        https://*)
            name=$(basename "${wheel%%[?#]*}")
            install_system_packages # a bare Debian has nothing to fetch with
            say "Fetching $wheel"
            python3 -c 'import sys, urllib.request; urllib.request.urlretrieve(sys.argv[1], sys.argv[2])' \
                "$wheel" "$work/$name" || fail "$wheel could not be fetched."
            wheel=$work/$name
            if [ -n "${INSTALL_SHA256:-}" ]; then
                printf '%s  %s\n' "$INSTALL_SHA256" "$wheel" | sha256sum --check --status ||
                    fail "what came from there is not the wheel with the sum in INSTALL_SHA256."
            fi
            ;;
        http://*) fail "a wheel is only fetched over https." ;;
        "")
            here=$(cd "$(dirname "$0")" && pwd)
            set -- "$here"/declic-*.whl
            [ -e "$1" ] || fail "no declic-….whl lies beside this script; name a file or an address after $url."
            [ $# = 1 ] || fail "several wheels lie beside this script: name one after $url."
            wheel=$1
            ;;
        *) [ -f "$wheel" ] || fail "there is no file $wheel." ;;
    esac
    sums=$(dirname "$wheel")/SHA256SUMS
    if [ -e "$sums" ]; then
        (cd "$(dirname "$wheel")" && grep -F "  $(basename "$wheel")" SHA256SUMS | sha256sum --check --status) ||
            fail "$wheel is not what SHA256SUMS beside it says: fetch both again."
    fi
    sum=$(sha256sum "$wheel" | cut -d ' ' -f 1)
}

install_system_packages() {
    set -- python3-venv ca-certificates
    [ "${INSTALL_POSTGRES:-}" != debian ] || set -- "$@" postgresql
    ! grep -qs '^DECLIC_BACKUP_TO=.*sftp://' "$SETTINGS" || set -- "$@" openssh-client
    proxy=none
    if [ "${INSTALL_PROXY:-}" != none ] && ! has_web_server; then
        proxy=caddy
        set -- "$@" caddy
    fi
    missing=
    for package; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing="$missing $package"
    done
    if [ -n "$missing" ]; then
        say "Installing$missing"
        apt-get update -qq
        # shellcheck disable=SC2086 # words on purpose
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    fi
}

has_web_server() {
    for package in nginx apache2 haproxy; do
        ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || return 0
    done
    return 1
}

make_account() {
    getent passwd declic >/dev/null ||
        useradd --system --user-group --home-dir /var/lib/declic --shell /usr/sbin/nologin declic
    install -d -m 750 -o root -g declic /etc/declic
    install -d -m 700 -o declic -g declic /var/lib/declic "$BACKUPS"
    [ -n "$backup" ] || return 0
    # What came from another machine carries the number that the account had there.
    chown -R declic:declic "$BACKUPS"
    find /etc/declic ! -user root -exec chown declic {} +
    chgrp -R declic /etc/declic && find /etc/declic -user root -exec chmod g+rX {} + # keys carried without owners
    [ "$backup" = fetch ] || runuser -u declic -- test -r "$backup" ||
        fail "the account declic may not read $backup: put it into $BACKUPS and name it there."
}

back_up() {
    # Whether it runs at this moment or not: the next start migrates the database.
    [ -d /run/systemd/system ] && [ -n "$(ls -A /var/lib/declic 2>/dev/null)" ] || return 0
    # 2 is of a version that cannot look yet.
    "$VENV/bin/declic" upgrade --check --backups "$BACKUPS" "$wheel" || [ $? != 1 ] || [ "${INSTALL_BACKUP:-}" = none ] ||
        fail "nothing is upgraded: what is marked ✗ above stands in its way (INSTALL_BACKUP=none goes on all the same)."
    say "Backing up, into $BACKUPS"
    # By the program that is there, of whatever version: an earlier one knows no --no-copy. The timer removes old ones.
    made=$("$VENV/bin/declic" backup --no-copy "$BACKUPS" 2>/dev/null) ||
        made=$("$VENV/bin/declic" backup "$BACKUPS") || [ $? = 3 ] || {
        go_on_without "no backup could be made"
        return
    }
    prove "$made"
}

# The whole of it is restored into a database beside, and compared.
prove() {
    [ -d "$1" ] || {
        go_on_without "no backup was made that could be proven"
        return
    }
    say "Proving that $1 gives everything back"
    held=0
    "$VENV/bin/declic" backup verify "$1" >/dev/null || held=$?
    case $held in
        0) ;;
        2) say "It is not proven: the version that is there cannot do so yet." ;;
        *) go_on_without "the backup $1 is not proven, as said above" ;;
    esac
}

go_on_without() {
    [ "${INSTALL_BACKUP:-}" = none ] || fail "$1, so nothing is upgraded (INSTALL_BACKUP=none goes on all the same)."
    say "Going on, as INSTALL_BACKUP=none says, although $1."
}

install_program() {
    changed=no
    if [ "$(cat "$HOME_DIR/installed" 2>/dev/null || true)" = "$sum" ] && "$VENV/bin/declic" --version >/dev/null 2>&1; then
        say "This version is installed already."
        python3 -m zipfile -e "$wheel" "$work/unpacked"
        return
    fi
    # The same version, whose Python went with an upgrade of Debian, migrates nothing.
    [ ! -e "$VENV/bin/declic" ] || [ "$(cat "$HOME_DIR/installed" 2>/dev/null || true)" = "$sum" ] || back_up
    changed=yes
    python3 -m zipfile -e "$wheel" "$work/unpacked"
    project=$work/unpacked/web/project
    install -d -m 755 "$HOME_DIR"
    rm -f "$HOME_DIR/installed"
    # After an upgrade of Debian the Python that this was made with is gone.
    "$VENV/bin/python3" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "$VENV"
    say "Installing Déclic into $VENV (a minute or two)"
    pip="$VENV/bin/python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir"
    set -- -r "$project/requirements.txt"
    uses_own_database || set -- "$@" -r "$project/requirements-postgres.txt"
    # In one call: pip fetches all of them before it replaces one.
    # shellcheck disable=SC2086 # words on purpose
    $pip --require-hashes --only-binary :all: "$@" || stop_halfway
    # shellcheck disable=SC2086
    $pip --no-deps --force-reinstall "$wheel" || stop_halfway
    ln -sf "$VENV/bin/declic" /usr/local/bin/declic
    printf '%s' "$sum" >"$HOME_DIR/installed"
}

stop_halfway() {
    # pip put back what it had begun to replace, and maybe not each library: what runs would go on with some of both.
    [ ! -d /run/systemd/system ] || ! "$VENV/bin/declic" --version >/dev/null 2>&1 ||
        systemctl try-restart 'declic-worker@*.service' declic.service || true
    fail "pip could not install Déclic and says why above; what was there runs on. Run this again."
}

uses_own_database() {
    [ "${INSTALL_POSTGRES:-}" = debian ] || grep -q '^DECLIC_DATABASE_URL' "$SETTINGS" 2>/dev/null
}

write_settings() {
    # Also where the settings came from another machine.
    [ "${INSTALL_POSTGRES:-}" != debian ] || make_database
    [ ! -e "$SETTINGS" ] || return 0
    sed "s|^DECLIC_URL=.*|DECLIC_URL=$url|" "$work/unpacked/web/project/deploy/declic.env.example" >"$work/declic.env"
    if [ "${INSTALL_POSTGRES:-}" = debian ]; then
        sed -i 's|^#DECLIC_DATABASE_URL=.*|DECLIC_DATABASE_URL=postgresql:///declic?host=/run/postgresql|' "$work/declic.env"
    fi
    install -m 640 -o root -g declic "$work/declic.env" "$SETTINGS"
}

make_database() {
    [ -d /run/systemd/system ] || service postgresql start >/dev/null
    as_postgres psql -qAt -c "SELECT 1 FROM pg_roles WHERE rolname = 'declic'" | grep -q 1 || as_postgres createuser declic
    as_postgres psql -qAt -c "SELECT 1 FROM pg_database WHERE datname = 'declic'" | grep -q 1 ||
        as_postgres createdb --owner declic --encoding UTF8 --template template0 declic
    as_postgres psql -q declic -c 'SET client_min_messages = warning' \
        -c 'CREATE EXTENSION IF NOT EXISTS unaccent' -c 'CREATE EXTENSION IF NOT EXISTS pg_trgm'
}

as_postgres() { (cd / && runuser -u postgres -- "$@"); }

write_units() {
    units=$work/unpacked/web/project/deploy/systemd
    for unit in "$units"/*; do
        target=/etc/systemd/system/$(basename "$unit")
        cmp -s "$unit" "$target" || {
            install -m 644 "$unit" "$target"
            changed=yes
        }
    done
}

write_proxy() {
    [ "$proxy" = caddy ] || return 0
    file=/etc/caddy/Caddyfile
    sed "s|{\$DECLIC_DOMAIN}|${url#https://}|" "$work/unpacked/web/project/deploy/Caddyfile" >"$work/Caddyfile"
    if cmp -s "$work/Caddyfile" "$file"; then
        return 0
    fi
    # What the package brought is replaced; what somebody wrote is not.
    brought=$(dpkg-query -W -f '${Conffiles}\n' caddy | awk '$1 == "/etc/caddy/Caddyfile" { print $2 }')
    if [ ! -e "$file" ] || [ "$(md5sum "$file" | cut -d ' ' -f 1)" = "$brought" ]; then
        install -m 644 "$work/Caddyfile" "$file"
        [ ! -d /run/systemd/system ] || systemctl reload-or-restart caddy
    elif ! grep -qF "${url#https://}" "$file"; then
        say "$file was written by somebody and is left as it is; add to it what deploy/Caddyfile says for ${url#https://}."
    fi
}

restore() {
    [ -n "$backup" ] || return 0
    if [ "$backup" = fetch ]; then
        say "Fetching the latest copy"
        backup=$("$VENV/bin/declic" backup fetch "$BACKUPS") || fail "no copy was fetched, so Déclic is not started."
    fi
    say "Restoring $backup"
    "$VENV/bin/declic" restore "$backup" || fail "it was not restored, so Déclic is not started."
}

answers() {
    case $1 in
        unix:*) [ -S "${1#unix:}" ] ;;
        *) python3 -c 'import sys, urllib.request as r; r.urlopen(f"http://{sys.argv[1]}/readyz", timeout=4)' "$1" 2>/dev/null ;;
    esac
}

fail_to_start() { fail "Déclic does not start: journalctl -u declic -n 50 says why."; }

start() {
    if [ ! -d /run/systemd/system ]; then
        systemctl enable --quiet declic.service declic-backup.timer
        say "systemd does not run here; at its next start it starts Déclic, and then: declic first-run"
        return
    fi
    systemctl daemon-reload
    systemctl enable --quiet --now declic-backup.timer
    if systemctl is-active --quiet declic.service && [ "$changed" = yes ]; then
        systemctl try-restart 'declic-worker@*.service' declic.service || fail_to_start
    else
        systemctl enable --quiet --now declic.service || fail_to_start
    fi
    say "Starting Déclic"
    listen=$(sed -n 's/^DECLIC_LISTEN=//p' "$SETTINGS" | tail -n 1)
    waited=0
    until answers "${listen:-127.0.0.1:8000}"; do
        waited=$((waited + 1))
        [ "$waited" -le 120 ] || {
            systemctl is-active --quiet declic.service || fail_to_start
            [ "$waited" -le 900 ] || fail "Déclic runs, and is not ready yet: declic doctor says what is missing."
        }
        sleep 1
    done
    if address=$(declic first-run 2>/dev/null); then
        say "" "Open this address within three days to name your cooperative and make your account:" "" "    $address"
    else
        say "Déclic answers on $url."
    fi
}

read_arguments "$@"
look_around
find_wheel
install_system_packages
make_account
install_program
write_settings
write_units
write_proxy
restore
start
