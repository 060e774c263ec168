#!/usr/bin/env bash
# Makes the firmware image for ARM machines that Debian's armmp kernel knows, and the overlay for images of other makers.
#
#   build.sh HOTDESKD [FOLDER]    the agent's ARM binary, and where everything goes (default target/firmware)
#
# FOLDER/vmlinuz, FOLDER/initramfs.gz    kernel and root: what a boot loader or QEMU loads
# FOLDER/cmdline                         what the kernel is told
# FOLDER/data.img                        an empty data partition, ext4
# FOLDER/hotdesk-overlay.tar.gz          the agent and what belongs to it, to unpack over a root file system
# FOLDER/boards                          device trees of the boards that QEMU plays
# FOLDER/root                            what is in the initramfs
# Needs no root: owners are written into the archives.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
agent=$(realpath "${1:?usage: build.sh HOTDESKD [FOLDER]}")
folder=${2:-target/firmware}
# 16 MiB: two hundred times what a phone keeps, and the smallest that ext4 makes a journal of its usual size for.
data_size=16m
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 0)}

main() {
    "$here/install"
    "$here/packages.sh" "$folder"
    folder=$(realpath "$folder")
    armhf=$folder/armhf root=$folder/root
    kernel_version=$(basename "$(echo "$armhf"/lib/modules/*)")
    overlay
    base
    modules
    pack
    "$here/../qemu/boards.sh" "$folder"
    ls -l "$folder"/{vmlinuz,initramfs.gz,data.img,hotdesk-overlay.tar.gz}
}

# The agent and its files, which are the same in our image and in anybody else's.
overlay() {
    local tree=$folder/overlay
    rm -rf "$tree"
    cp -R "$here/overlay" "$tree"
    install -D -m 0755 "$agent" "$tree/usr/bin/hotdeskd"
    chmod -R u=rwX,go=rX "$tree"
    chmod 0755 "$tree"/usr/lib/hotdesk/*
    archive "$tree" | gzip -n9 >"$folder/hotdesk-overlay.tar.gz"
}

archive() {
    tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --directory "$1" .
}

base() {
    rm -rf "$root"
    mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,etc,dev,proc,sys,run,tmp,data,lib}
    cp "$armhf/bin/busybox" "$root/bin/busybox"
    cp "$armhf/sbin/e2fsck.static" "$root/sbin/e2fsck"
    # busybox answers to the names that its own list does not install as well: what the scripts use is named here.
    # A name that this busybox has no command for would be found missing on a phone only. Its commands stand in it as words.
    local name commands
    commands=" $(tr '\0' '\n' <"$root/bin/busybox" | LC_ALL=C grep -axE '[a-z0-9]+' | tr '\n' ' ') "
    while read -r name; do
        if [[ $commands != *" ${name##*/} "* ]]; then
            echo "build.sh: busybox has no ${name##*/}" >&2
            exit 1
        fi
        [[ -e $root/$name ]] || ln -s /bin/busybox "$root/$name"
    done < <(applets)
    cp -R "$here/root/." "$folder/overlay/." "$root"
    ln -s /run/resolv.conf "$root/etc/resolv.conf"
    # The same program under another name, so that nobody who looks for the agent finds its clock.
    ln -s hotdeskd "$root/usr/bin/hotdesk-clock"
    chmod -R u=rwX,go=rX "$root"
    chmod 0755 "$root"/{init,etc/rc,etc/rc.stop,etc/guard} "$root"/etc/{rc.d,udhcpc}/* "$root"/usr/lib/hotdesk/* "$root"/bin/busybox
    chmod 0755 "$root"/{usr/bin/hotdeskd,sbin/e2fsck}
}

# The commands that the image's scripts use, where POSIX systems have them.
applets() {
    printf 'bin/%s\n' cat chgrp chmod chown cp cut date dmesg echo false grep hostname ip kill ls mkdir mount mv ps rm \
        sed sh sleep stat stty su sync tar touch true umount uname zcat
    printf 'sbin/%s\n' init klogd mdev modprobe poweroff reboot syslogd udhcpc uevent
    printf 'usr/bin/%s\n' free head id killall logger logread nc printf sort tail test timeout top wc
}

# The drivers named in etc/modules, with what they need. What is built in has no file and needs none.
modules() {
    local from=$armhf/lib/modules/$kernel_version to=$root/lib/modules/$kernel_version name file
    [[ -e $from/modules.dep ]] || PATH="$PATH:/usr/sbin" depmod -b "$armhf" "$kernel_version"
    mkdir -p "$to"
    cp "$from"/modules.{builtin,builtin.modinfo,order} "$to"
    while read -r name; do
        while read -r file; do
            install -D -m 0644 "$from/$file" "$to/$file"
        done < <(with_dependencies "$from/modules.dep" "$name")
    done < <(grep -v '^#' "$here/root/etc/modules")
    PATH="$PATH:/usr/sbin" depmod -b "$root" "$kernel_version"
    rm -f "$to"/*.bin "$to"/modules.{devname,softdep,symbols,builtin,builtin.modinfo,order}
}

with_dependencies() {
    local name=${2//[-_]/[-_]}
    sed -nE "s#^([^:]*/$name\.ko):#\1#p" "$1" | tr ' ' '\n' | sed '/^$/d'
}

pack() {
    cp "$armhf/boot/vmlinuz-$kernel_version" "$folder/vmlinuz"
    cp "$here/cmdline" "$folder/cmdline"
    find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 --reproducible) | gzip -n9 >"$folder/initramfs.gz"
    rm -f "$folder/data.img"
    PATH="$PATH:/usr/sbin" mke2fs -q -t ext4 -L data -E root_owner=0:0 "$folder/data.img" "$data_size"
}

main
