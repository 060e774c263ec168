#!/usr/bin/env bash
# Runs the firmware image in QEMU as one desk phone, in the foreground, until it is told to stop.
#
#   machine.sh STATE SIPPORT
#
# STATE/etc is what the factory writes for this phone: agent.toml, and the certificate that it names. STATE gets the data
# partition, which stays; `qmp` and `pins`, by which hotdesk-handset shows the phone; and `console.log`.
# UDP to SIPPORT of this machine reaches the phone. The phone reaches this machine as 10.0.2.2.
set -euo pipefail

firmware=$(dirname "$(realpath "$0")")/../../target/firmware
state=$(realpath "${1:?usage: machine.sh STATE SIPPORT}")
sip_port=${2:?usage: machine.sh STATE SIPPORT}

if [[ ! -r $firmware/initramfs.gz ]]; then
    echo "there is no image: make firmware" >&2
    exit 1
fi
if [[ ! -e $state/data.img ]]; then
    mkdir -p "$state/factory"
    cp -R "$state/etc" "$state/factory"
    chmod -R u=rwX,go=rX "$state/factory"
    PATH="$PATH:/usr/sbin" mke2fs -q -t ext4 -L data -E root_owner=0:0 -d "$state/factory" "$state/data.img" 16m
fi
# Sockets of a machine that was killed would be in the way.
rm -f "$state/qmp" "$state/pins"
exec qemu-system-arm -M virt -cpu cortex-a7 -m 96 -dtb "$firmware/boards/phone.dtb" -nodefaults -display none -accel tcg \
    -global virtio-mmio.force-legacy=false -device virtio-gpu-device,xres=480,yres=272 -device virtio-keyboard-device \
    -netdev "user,id=net0,hostfwd=udp:127.0.0.1:$sip_port-10.0.2.15:5060" \
    -device virtio-net-device,netdev=net0,mac=02:00:5e:10:00:11 \
    -drive "if=none,id=data,file=$state/data.img,format=raw" -device virtio-blk-device,drive=data -device virtio-rng-device \
    -kernel "$firmware/vmlinuz" -initrd "$firmware/initramfs.gz" -append "$(<"$firmware/cmdline")" \
    -serial "file:$state/console.log" -qmp "unix:$state/qmp,server=on,wait=off" \
    -qtest "unix:$state/pins,server=on,wait=off" -qtest-log /dev/null
