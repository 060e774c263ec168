#!/usr/bin/env bash
# Describes the boards that QEMU plays to the kernel: device trees made from QEMU's own and the overlays beside this file.
#
#   boards.sh FOLDER        where firmware is; the trees go to FOLDER/boards
set -euo pipefail

here=$(dirname "$(realpath "$0")")
folder=$(realpath "${1:?usage: boards.sh FOLDER}")/boards
# A virt tree says how much memory there is: it must be what the machine is started with.
memory=96
mkdir -p "$folder"

qemu-system-arm -M "virt,dumpdtb=$folder/virt.dtb" -cpu cortex-a7 -m "$memory" -nodefaults -display none 2>/dev/null
# The board's power key sits where nothing of a phone is; its driver would only wake up for it.
fdtput -r "$folder/virt.dtb" /gpio-keys
gpio=0x$(fdtget -t x "$folder/virt.dtb" /pl061@9030000 phandle)

# overlaid BASE NAME [SED EXPRESSION...]: NAME.dtb from BASE.dtb and NAME.dtso
overlaid() {
    local base=$1 name=$2 substitutions=()
    shift 2
    local expression
    for expression in "s/@GPIO@/$gpio/g" "$@"; do
        substitutions+=(-e "$expression")
    done
    sed "${substitutions[@]}" "$here/$name.dtso" | dtc -q -@ -I dts -O dtb -o "$folder/$name.dtbo" -
    fdtoverlay -i "$folder/$base.dtb" -o "$folder/$name.dtb" "$folder/$name.dtbo"
}

overlaid virt phone
overlaid virt glass

# ARM's Versatile Express comes with the kernel.
cp "$folder"/../armhf/usr/lib/linux-image-*/vexpress-v2p-ca9.dtb "$folder"
overlaid vexpress-v2p-ca9 express
