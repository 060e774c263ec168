################################################################################
#
# hotdesk
#
################################################################################

HOTDESK_VERSION = 0.1.0
# The sources around this external tree: cross/buildroot lies in them.
HOTDESK_SITE = $(realpath $(BR2_EXTERNAL_HOTDESK_PATH)/../..)
HOTDESK_SITE_METHOD = local
HOTDESK_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude /target
HOTDESK_LICENSE = MIT or Apache-2.0
HOTDESK_LICENSE_FILES = LICENSE-MIT LICENSE-APACHE
HOTDESK_CARGO_BUILD_OPTS = --package hotdesk-agent --bin hotdeskd

# Buildroot builds without a network: what Cargo.lock names is fetched before.
define HOTDESK_VENDOR
	mkdir -p $(@D)/.cargo
	cd $(@D) && $(HOST_MAKE_ENV) $(PKG_CARGO_ENV) \
		cargo vendor --locked VENDOR >.cargo/config.toml
endef
HOTDESK_PRE_CONFIGURE_HOOKS += HOTDESK_VENDOR

define HOTDESK_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 $(@D)/target/$(RUSTC_TARGET_NAME)/$(if $(BR2_ENABLE_DEBUG),debug,release)/hotdeskd \
		$(TARGET_DIR)/usr/bin/hotdeskd
	$(INSTALL) -D -m 0644 $(@D)/assets/default/agent.toml \
		$(TARGET_DIR)/etc/hotdesk/agent.toml
	$(INSTALL) -D -m 0644 $(@D)/cross/firmware/overlay/etc/udev/rules.d/70-hotdesk.rules \
		$(TARGET_DIR)/etc/udev/rules.d/70-hotdesk.rules
endef

define HOTDESK_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 0755 $(@D)/cross/service/hotdeskd.sysv \
		$(TARGET_DIR)/etc/init.d/S80hotdeskd
endef

define HOTDESK_INSTALL_INIT_SYSTEMD
	$(INSTALL) -D -m 0644 $(@D)/cross/service/hotdeskd.service \
		$(TARGET_DIR)/usr/lib/systemd/system/hotdeskd.service
endef

define HOTDESK_USERS
	hotdesk -1 hotdesk -1 * /var/lib/hotdesk - video,input,gpio,spi,i2c,leds,tty hot desking agent
	- -1 gpio -1 - - - - general-purpose pins
	- -1 spi -1 - - - - SPI panels
	- -1 i2c -1 - - - - I2C panels
	- -1 leds -1 - - - - lamps and backlight
endef

$(eval $(cargo-package))
