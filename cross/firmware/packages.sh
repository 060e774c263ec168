#!/usr/bin/env bash
# Fetches the parts of the firmware that Debian builds for ARM (kernel, busybox, e2fsck) and unpacks them into
# target/firmware/armhf. Nothing is installed and the machine's own package configuration is only read: a private one with
# its own lists asks the same mirrors for another architecture.
#
#   packages.sh FOLDER [PACKAGE...]    more packages to unpack there, with what they depend on
set -euo pipefail

folder=${1:?usage: packages.sh FOLDER [PACKAGE...]}
shift
work=$folder/apt
base=(busybox-static e2fsck-static linux-image-armmp)

# What was fetched before stays, and is not fetched again.
fetched=" $(cat "$folder/packages" 2>/dev/null || true) "
missing=()
for package in "${base[@]}" "$@"; do
    [[ $fetched == *" $package "* ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

mkdir -p "$work"/{lists,cache/archives}/partial "$work/debs" "$folder/armhf"
folder=$(realpath "$folder")
work=$folder/apt
: >"$work/status"
cat >"$work/apt.conf" <<CONF
APT::Architecture "armhf";
APT::Architectures "armhf";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Dir::State "$work";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
CONF
export APT_CONFIG=$work/apt.conf

# A mirror that has nothing for ARM, or an index that is just being replaced, is not the end: what matters is whether the
# packages come.
apt-get -qq update 2>"$work/update.log" || true

# The kernel alone, without the tools that would install it; everything else with its libraries.
wanted=()
for package in "${missing[@]}"; do
    case $package in
        linux-image-armmp)
            kernel=$(apt-cache depends linux-image-armmp | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p')
            if [[ -z $kernel ]]; then
                echo "packages.sh: no ARM kernel is offered; what apt said: $(tail -n 3 "$work/update.log")" >&2
                exit 1
            fi
            wanted+=("$kernel")
            ;;
        *-static) wanted+=("$package") ;;
        *)
            mapfile -t -O "${#wanted[@]}" wanted < <(apt-get -qq -s install "$package" | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
            ;;
    esac
done
(cd "$work/debs" && apt-get -qq download "${wanted[@]}")
for package in "$work"/debs/*.deb; do
    dpkg-deb -x "$package" "$folder/armhf"
done
rm -rf "$work/debs"
echo "${fetched## }${missing[*]}" >"$folder/packages"
