# The vocabulary of the project. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run setup test test-api check golden screens bench server bench-server bench-drawing fuzz deny arm size smoke test-arm check-packaging firmware test-qemu qemu bench-arm ci

SCRIPTS = tests/with-postgres .ci/install .ci/axe .ci/run .ci/apt.sh cross/build cross/size cross/test cross/smoke cross/check-packaging cross/check-toolchain cross/stage-packages cross/toolchain.sh cross/firmware/install tests/schemathesis $(shell find assets cross/firmware cross/qemu -name '*.sh')

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 24

run: ## the demonstration: server, registrar, three handsets in a browser page (PBX=kamailio for the real registrar)
	@assets/demo/run.sh

setup:
	@.ci/install

test: setup ## everything: unit, scenario, server, browser, and end to end against a real Kamailio
	cargo test --workspace --locked
	tests/with-postgres cargo test --workspace --locked --test server

test-api: ## schemathesis asks the administrators' API for all that its document allows, and for more (EXAMPLES=50 for a longer night)
	tests/schemathesis

check: setup ## formatting, lints, documentation, scripts; nothing may warn
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
	shellcheck -x $(SCRIPTS)

golden: ## record the pictures and texts of every screen anew; then look at the difference
	HOTDESK_GOLDEN=update cargo test -p hotdesk-ui golden
	git status --short tests/golden

screens: setup ## every screen on a contact sheet for each panel, and every page of the portal, target/screens (LANGUAGE=de, THEME=light for others)
	cargo run -p hotdesk-ui --features preview --example screens -- target/screens $(or $(LANGUAGE),en) $(or $(THEME),dark)
	HOTDESK_SCREENS=$(CURDIR)/target/screens/portal cargo test -p hotdesk-tests --test portal looks

bench: setup ## how long a switch takes, and how many messages it needs
	cargo run --locked --bin hotdesk-bench

server: ## hotdesk-provd as an operator runs it: target/server/hotdesk-provd
	cargo build --profile server --locked -p hotdesk-server

bench-server: server ## what a server carries on SQLite and PostgreSQL, and two: 20 000 phones, a shift change, a power cut (HOTDESK_PHONES=2000 for fewer)
	cargo build --profile server --locked -p hotdesk-bench-server
	HOTDESK_FSYNC=on tests/with-postgres target/server/hotdesk-bench-server

bench-drawing: ## instructions to draw a screen, a digit, a minute, beside a memset and beside the toolkit Slint (needs valgrind)
	@command -v valgrind >/dev/null || bash -c '. .ci/apt.sh && install_packages valgrind'
	cd tests/bench_drawing && cargo run --release --locked -- pictures ../../target/bench-drawing
	cd tests/bench_drawing && cargo run --release --locked

fuzz: ## fuzz one target for a minute: make fuzz TARGET=datagram (needs cargo-fuzz and a nightly compiler)
	cd tests/fuzz && cargo fuzz run $(or $(TARGET),datagram) -- -max_total_time=$(or $(SECONDS),60)

deny: ## licences, sources and banned crates of everything we depend on
	@command -v cargo-deny >/dev/null || cargo install cargo-deny --locked --version 0.20.2 --profile dev
	cargo deny --locked --config .ci/deny.toml check bans licenses sources

arm: ## hotdeskd for a phone: target/arm/TARGET/hotdeskd (TARGET=aarch64-unknown-linux-musl or arm-unknown-linux-musleabi for others)
	@TARGET=$(TARGET) cross/build

size: arm ## how large that is, crate by crate; fails above the budget
	@TARGET=$(TARGET) cross/size

smoke: arm ## starts it under QEMU's emulation of a phone's processor, and asks it something
	@TARGET=$(TARGET) cross/smoke

test-arm: ## the tests of what runs on a phone, on an emulated ARMv7
	@cross/test

check-packaging: ## what vendors build hotdesk with: Buildroot, Yocto, OpenWrt, systemd, System V, and the choice of a compiler
	@cross/check-packaging
	@cross/check-toolchain

firmware: arm ## a bootable image with it, and an overlay for other images: target/firmware
	@cross/firmware/build.sh target/arm/armv7-unknown-linux-musleabihf/hotdeskd

test-qemu: setup firmware ## the image on an emulated ARM board: boot, log in, log out, eviction, power cut
	cargo test --workspace --locked --test qemu

bench-arm: setup firmware ## what the agent costs on an ARM phone, beside a reboot and beside baresip
	cargo run --locked --bin hotdesk-bench-arm

qemu: firmware ## the demonstration with the image in QEMU as its handset
	@PHONE=qemu assets/demo/run.sh

ci: check test test-api deny size smoke test-arm check-packaging test-qemu ## what continuous integration runs
