#!/usr/bin/env bash
# Runs the functions on a simulated account. The argument is the program `svps`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin"
ln -s "$1" "$folder/bin/svps"
export PATH="$folder/bin:$PATH" SVPS_WORLD="$folder/world" HOME="$folder"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/svps.sh"

same() {
    [ "$1" = "$2" ] || { echo "expected: $2"; echo "got: $1"; exit 1; }
}

same "$(svps-balance -o csv)" $'balance,currency\n100.00,EUR'
id=$(svps buy basic tokyo --yes -q)
same "$(svps-list -q)" "$id"
same "$(svps-reboot "${id:0:8}" -o csv --columns id,action)" $'id,action\n'"$id,reboot"
same "$(svps-reboot-down)" ""
same "$(svps-balance -o csv)" $'balance,currency\n87.51,EUR'
echo "the shell examples work"
