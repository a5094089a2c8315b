#!/bin/sh
# Makes a root folder of the Debian package and of the packages that it says it needs, and buys there at a simulated account.
set -eu
deb=$(realpath "$1")
root=$(mktemp -d)
trap 'rm -rf "$root" packages' EXIT

mkdir -p packages
needed=$(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/^ *//; s/[ (|].*//' | sort -u)
echo "needs: $(echo $needed)"
(cd packages && apt-get download -q $needed >/dev/null 2>&1) || {
    echo "NOTICE: the packages that it needs can't be had here, and it is not tried"
    if [ -n "${CI:-}" ]; then exit 1; else exit 0; fi
}
for package in packages/*.deb "$deb"; do
    dpkg-deb -x "$package" "$root"
done
# What Debian's base system links.
for folder in lib lib64; do
    [ -e "$root/$folder" ] || [ ! -d "$root/usr/$folder" ] || ln -s "usr/$folder" "$root/$folder"
done
mkdir -p "$root/home"

in_root() {
    if [ "$(id -u)" = 0 ]; then
        env -i HOME=/home PATH=/usr/bin /usr/sbin/chroot "$root" "$@"
    else
        env -i HOME=/home PATH=/usr/bin unshare -r /usr/sbin/chroot "$root" "$@"
    fi
}

in_root /usr/bin/svps buy prime london --yes --simulate
listed=$(in_root /usr/bin/svps list --simulate -o csv --columns planId,location,vpsStatus)
[ "$listed" = "planId,location,vpsStatus
prime,london,active" ] || { echo "listed: $listed"; exit 1; }
ls "$root/usr/share/man/man1/" | grep -q '^svps-buy.1' || { echo "a manual page is missing"; exit 1; }
