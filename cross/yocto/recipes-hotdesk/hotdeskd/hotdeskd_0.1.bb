SUMMARY = "Hot desking agent for SIP desk phones"
DESCRIPTION = "Log in to any desk phone with extension and PIN: the phone's registration changes within a round trip, without a reboot."
SECTION = "network"
LICENSE = "MIT | Apache-2.0"
LIC_FILES_CHKSUM = "file://LICENSE-MIT;md5=fb290542bf627c9dbba9ac1ed20753eb \
                    file://LICENSE-APACHE;md5=3b83ef96387f14655fc854ddc3c6bd57"
CVE_PRODUCT = "hotdesk"

inherit cargo externalsrc systemd update-rc.d useradd

# The sources around this layer, and what they depend on from crates.io in the versions and with the checksums of Cargo.lock.
EXTERNALSRC = "${HOTDESK_SOURCES}"
CARGO_DISABLE_BITBAKE_VENDORING = "1"
CARGO_BUILD_FLAGS:remove = "--frozen"
CARGO_BUILD_FLAGS += "--locked --package hotdesk-agent --bin hotdeskd"
do_compile[network] = "1"

SYSTEMD_SERVICE:${PN} = "hotdeskd.service"
INITSCRIPT_NAME = "hotdeskd"
INITSCRIPT_PARAMS = "defaults 80"

USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system gpio; --system spi; --system i2c; --system leds"
USERADD_PARAM:${PN} = "--system --user-group --no-create-home --home-dir ${localstatedir}/lib/hotdesk --shell /sbin/nologin \
                       --groups video,input,tty,gpio,spi,i2c,leds hotdesk"

do_install() {
    install -D -m 0755 ${B}/target/${CARGO_TARGET_SUBDIR}/hotdeskd ${D}${bindir}/hotdeskd
    install -D -m 0644 ${S}/assets/default/agent.toml ${D}${sysconfdir}/hotdesk/agent.toml
    install -D -m 0644 ${S}/cross/firmware/overlay/etc/udev/rules.d/70-hotdesk.rules ${D}${nonarch_base_libdir}/udev/rules.d/70-hotdesk.rules
    install -D -m 0755 ${S}/cross/service/hotdeskd.sysv ${D}${sysconfdir}/init.d/hotdeskd
    install -D -m 0644 ${S}/cross/service/hotdeskd.service ${D}${systemd_system_unitdir}/hotdeskd.service
}

FILES:${PN} += "${nonarch_base_libdir}/udev/rules.d"
CONFFILES:${PN} = "${sysconfdir}/hotdesk/agent.toml"

# Servers whose certificate is not from an authority of your own are checked against the system's.
RRECOMMENDS:${PN} = "ca-certificates"
