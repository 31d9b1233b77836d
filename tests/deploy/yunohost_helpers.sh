#!/bin/bash
# Stand-ins for the helpers of YunoHost 12 (2.1) that our scripts use: each refuses an option that the real one does not
# have, notes that it was called, and does what the rest of a script needs. Another helper is no command at all.
set -eu

note() { printf '%s\n' "$*" >>"$NOTES"; }

# take_options HELPER "option= flag" ARGUMENTS…: the values as variables opt_NAME; words stay in WORDS.
take_options() {
    local helper=$1 known=" $2 " argument name
    shift 2
    WORDS=()
    for argument; do
        case $argument in
            --*=*)
                name=${argument%%=*}
                name=${name#--}
                [[ $known == *" $name= "* ]] || refuse "$helper has no option --$name="
                printf -v "opt_$name" '%s' "${argument#*=}"
                ;;
            --*) [[ $known == *" ${argument#--} "* ]] || refuse "$helper has no option $argument" ;;
            *) WORDS+=("$argument") ;;
        esac
    done
}

refuse() {
    echo "$*" >&2
    exit 99
}

one_word() { if [ $# != 2 ] || [ -z "$2" ]; then refuse "$1 wants one word"; fi; }

ynh_die() { one_word ynh_die "$@"; echo "$1" >&2; exit 1; }
ynh_print_info() { one_word ynh_print_info "$@"; }
ynh_script_progression() { one_word ynh_script_progression "$@"; }
ynh_hide_warnings() { "$@"; }
ynh_safe_rm() { one_word ynh_safe_rm "$@"; note "rm $1"; }
ynh_backup() { one_word ynh_backup "$@"; note "backup $1"; }
ynh_restore() { one_word ynh_restore "$@"; note "restore $1"; }
ynh_app_config_run() { one_word ynh_app_config_run "$@"; note "config $1"; }

ynh_setup_source() {
    take_options ynh_setup_source "dest_dir= source_id= keep= full_replace" "$@"
    [ ${#WORDS[@]} = 0 ] || refuse "ynh_setup_source takes no words"
    mkdir -p "$opt_dest_dir"
    cp "$WHEEL" "$opt_dest_dir/"
    note "source $opt_dest_dir"
}

ynh_app_setting_set() {
    take_options ynh_app_setting_set "app= key= value=" "$@"
    printf -v "$opt_key" '%s' "$opt_value"
    note "set $opt_key=$opt_value"
}

ynh_app_setting_set_default() {
    take_options ynh_app_setting_set_default "app= key= value=" "$@"
    [ -n "${!opt_key:-}" ] || ynh_app_setting_set --key="$opt_key" --value="$opt_value"
}

# The template with each __NAME__ as the variable; one that nobody set is an error, as in YunoHost.
ynh_config_add() {
    take_options ynh_config_add "template= destination= jinja" "$@"
    local text name found
    text=$(cat "../conf/$opt_template")
    while read -r found; do
        name=${found#__}
        name=${name%__}
        name=${name,,}
        [ -n "${!name+x}" ] || refuse "$opt_template wants $name, which is not set"
        if [ "$name" = path ] && [ "$path" = / ]; then text=${text//__PATH__\//\/}; fi
        text=${text//"$found"/"${!name//&/"$found"}"} # as the real one, which leaves & to sed
    done < <(grep -oE '__[A-Z0-9_]+__' "../conf/$opt_template" | sort -u)
    mkdir -p "$ROOT$(dirname "$opt_destination")"
    printf '%s\n' "$text" >"$ROOT$opt_destination"
    note "write $opt_destination"
}

ynh_write_var_in_file() {
    take_options ynh_write_var_in_file "file= key= value= after=" "$@"
    grep -q "^$opt_key=" "$ROOT$opt_file" || refuse "$opt_file has no $opt_key"
    local line text=
    while IFS= read -r line; do
        case $line in "$opt_key="*) line="$opt_key=$opt_value" ;; esac
        text+="$line"$'\n'
    done <"$ROOT$opt_file"
    printf '%s' "$text" >"$ROOT$opt_file"
}
ynh_store_file_checksum() { one_word ynh_store_file_checksum "$@"; note "checksum $1"; }

ynh_config_add_nginx() {
    [ $# = 0 ] || refuse "ynh_config_add_nginx takes nothing"
    ynh_config_add --template=nginx.conf --destination="/etc/nginx/conf.d/$domain.d/$app.conf"
}
ynh_config_remove_nginx() { [ $# = 0 ] || refuse "ynh_config_remove_nginx takes nothing"; note "remove nginx"; }

ynh_config_add_systemd() {
    take_options ynh_config_add_systemd "service= template=" "$@"
    ynh_config_add --template=systemd.service --destination="/etc/systemd/system/$app.service"
}
ynh_config_remove_systemd() { note "remove systemd ${1:-$app}"; }

ynh_systemctl() {
    take_options ynh_systemctl "service= action= wait_until= log_path= timeout= length=" "$@"
    note "systemctl $opt_action $opt_service"
}

ynh_psql_dump_db() { take_options ynh_psql_dump_db "database=" "$@"; echo "-- a dump"; }
ynh_psql_db_shell() { take_options ynh_psql_db_shell "database=" "$@"; note "sql $(cat)"; }

# What is not a helper and would change the machine: only noted.
yunohost() { note "yunohost $*"; }
systemctl() { note "systemctl $*"; }
chown() { note "chown $*"; }
chmod() { note "chmod $*"; }
install() { note "install $*"; }
