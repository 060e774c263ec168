# shellcheck shell=bash
# For cross/build and cross/test: a cargo that compiles and links for ARM with musl, on any machine.
#
#   prepare_toolchain TARGET    installs what is missing and sets the environment
#   cross_cargo ARGUMENT...     `cargo zigbuild` with it
#
# The linker and the C compiler (for ring) are zig's, which bring musl for every target. The standard library is rustup's
# where rustup has the target; else it is compiled from Debian's sources with Debian's compiler.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/../.ci/apt.sh"

readonly ZIG=0.17.1 ZIGBUILD=0.24.0
# The oldest compiler that hotdesk supports. Where the mirror no longer has it, its newest is taken.
readonly DEBIAN_RUST=1.85.0+dfsg3-1~deb12u3
readonly DEBIAN_RUST_PACKAGES=(rustc-web cargo-web rust-web-src libstd-rust-web-dev libstd-rust-web-1.85)

std_arguments=()

prepare_toolchain() {
    local target=$1
    local variable=${target//-/_}
    local flags=()
    install_zig
    if [[ $target == armv7-* ]]; then
        # Every ARMv7 runs Thumb-2, and the same program is a quarter smaller in it.
        flags+=(-C target-feature=+thumb-mode)
        export "CFLAGS_$variable=-mthumb"
    fi
    if ! rustup_has "$target"; then
        use_debian_rust
        # zig brings the C start-up code and musl.
        flags+=(-C link-self-contained=no)
    fi
    local path
    while read -r path; do
        # Blanks separate the flags.
        [[ $path == *[[:space:]]* ]] || flags+=("--remap-path-prefix=$path/=")
    done < <(paths_to_shorten)
    export "CARGO_TARGET_${variable^^}_RUSTFLAGS=${flags[*]}"
}

# The program says where it panicked. Without these in front, that is shorter, and the same wherever it was built.
paths_to_shorten() {
    local sources=${CARGO_HOME:-$HOME/.cargo}/registry/src
    compgen -G "$sources/*" >/dev/null || "${CARGO:-cargo}" fetch --locked --quiet
    printf '%s\n' "$sources"/* /usr/lib/rustlib/src/rust/library "$PWD"
}

use_debian_rust() {
    install_debian_rust
    # rustup's proxies, where there are any, come after the compiler that has the sources of its library.
    export PATH="/usr/bin:$PATH" RUSTC=/usr/bin/rustc CARGO=/usr/bin/cargo RUSTC_BOOTSTRAP=1
    std_arguments=(-Z build-std="${BUILD_STD:-std,panic_abort}" -Z build-std-features="${BUILD_STD_FEATURES-optimize_for_size}")
}

cross_cargo() {
    local verb=$1
    shift
    cargo-zigbuild "$verb" --locked "${std_arguments[@]}" "$@"
}

# zig and its wrapper for cargo, in a folder of their own.
install_zig() {
    local home=${XDG_CACHE_HOME:-$HOME/.cache}/hotdesk/zig-$ZIG-$ZIGBUILD
    if [[ ! -e $home/complete ]]; then
        python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages python3-venv
        python3 -m venv --clear "$home"
        "$home/bin/pip" install --quiet --disable-pip-version-check "ziglang==$ZIG" "cargo-zigbuild==$ZIGBUILD" >&2
        touch "$home/complete"
    fi
    export PATH="$home/bin:$PATH" CARGO_ZIGBUILD_PYTHON_PATH=$home/bin/python3
}

# Whether rustup has this target, or can add it.
rustup_has() {
    command -v rustup >/dev/null || return 1
    if [[ -d $(rustc --print sysroot)/lib/rustlib/$1/lib ]]; then
        return
    fi
    rustup target add "$1" >/dev/null 2>&1
}

# Debian's compiler, which lives in /usr/bin beside whatever rustup has in the home directory.
install_debian_rust() {
    if [[ -x /usr/bin/rustc && -d $(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/std && -x /usr/bin/cargo ]]; then
        return
    fi
    install_packages "${DEBIAN_RUST_PACKAGES[@]/%/=$DEBIAN_RUST}" ||
        install_packages rustc-web cargo-web rust-web-src
}
