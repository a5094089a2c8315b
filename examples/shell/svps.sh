# The names of the service's documentation. Source this in ~/.bashrc or ~/.zshrc.

svps-list() {
    svps list "$@"
}

svps-balance() {
    svps wallet "$@"
}

svps-reboot() {
    svps reboot "$@"
}

# Reboots every VPS that is paid for and neither active nor still being set up. Prints the ids.
svps-reboot-down() {
    svps list -o jsonl |
        jq -r 'select(.status == "active" and .vpsStatus != "active" and .vpsStatus != "provisioning") | .id' |
        while read -r id; do
            svps reboot "$id" -q
        done
}
