#!/bin/bash
# What several scripts do. YunoHost gives them app, domain, port, install_dir, data_dir and the database as variables.

settings_file() {
    echo "/etc/declic/$app.env"
}

# A virtual environment with the locked wheels and ours. The wheel brings the list of what may be installed.
install_program() {
    local package="$install_dir/package"
    ynh_setup_source --dest_dir="$package" --full_replace

    local wheel unpacked
    wheel=$(find "$package" -maxdepth 1 -name 'declic-*.whl')
    unpacked=$(mktemp -d)
    python3 -m zipfile -e "$wheel" "$unpacked"

    # After an upgrade of Debian the Python that it was made with is gone.
    if ! "$install_dir/venv/bin/python3" -m pip --version >/dev/null 2>&1; then
        python3 -m venv --clear "$install_dir/venv"
    fi
    local pip=("$install_dir/venv/bin/python3" -m pip install --quiet --disable-pip-version-check --no-cache-dir)
    "${pip[@]}" --require-hashes --only-binary :all: -r "$unpacked/web/project/requirements.txt"
    "${pip[@]}" --no-deps --force-reinstall "$wheel"
    rm -rf "$unpacked"

    # The program is read by its account and written by root alone.
    chown -R "root:$app" "$install_dir"
    chmod -R u=rwX,g=rX,o= "$install_dir"
}

write_settings() {
    install -d -m 755 -o root -g root /etc/declic
    ynh_config_add --template="declic.env" --destination="$(settings_file)"
    # Not by the template: in one, an & (as before dkim=…) stands for the name of the variable.
    ynh_write_var_in_file --file="$(settings_file)" --key="DECLIC_SMTP_URL" --value="$smtp_url"
    ynh_store_file_checksum "$(settings_file)"
    chown "root:$app" "$(settings_file)"
    chmod 640 "$(settings_file)"
}

write_system_files() {
    ynh_config_add_nginx
    ynh_config_add_systemd
}

# It says so in its journal, once it serves and its database is there.
start_program() {
    ynh_systemctl --service="$app" --action="restart" --log_path="systemd" --wait_until="listening"
}
