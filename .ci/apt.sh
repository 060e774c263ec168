# shellcheck shell=bash
# For scripts that install Debian packages: `install_packages [apt-get option...] package...`. Says in one line what is
# missing where it may not install.

# Answers a question that a package would ask: `preseed "package question type answer"`.
preseed() {
    local as_root=()
    ((EUID == 0)) || as_root=(sudo)
    # Where it may not be said, installing says what is missing.
    "${as_root[@]}" debconf-set-selections <<<"$1" || true
}

install_packages() {
    local as_root=()
    ((EUID == 0)) || as_root=(sudo)
    # A sudo that wants a password asks on the terminal; one that refuses says no more than the line below.
    if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
        echo "missing, and neither root nor sudo with apt-get is here to install it: $*" >&2
        return 1
    fi
    echo "installing: $*" >&2
    # Several installers at once wait for each other instead of failing.
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600)
    "${apt[@]}" update || true # one dead mirror is not the end: what matters is whether the packages come
    "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null
}
