//! Keypads and displays that go and come back while the phone is on.

use rig::World;
use rig::qemu::Machine;

use crate::desk::{self, ATTENTION_LAMP, DESK_12};

/// The line of the only key of the phone's second keypad.
const KEY_2: u8 = 2;
/// What has a driver that can be taken from it: the second keypad.
const SECOND: &str = "key-2";
/// What most keypads send.
const MAP: &str = include_str!("../../assets/keymaps/generic.toml");

/// Takes a driver from its device, or gives it back.
async fn drive(phone: &mut Machine, driver: &str, device: &str, driven: bool) {
    let verb = if driven { "bind" } else { "unbind" };
    let said = phone
        .run(&format!("echo {device} 2>&1 >/sys/bus/{driver}/{verb}"))
        .await;
    assert_eq!(said, "", "{driver} {verb}");
}

/// The device that a virtio driver has.
async fn device_of(phone: &mut Machine, driver: &str) -> String {
    let folder = format!("/sys/bus/virtio/drivers/{driver}");
    let found = phone.run(&format!("cd {folder}; echo virtio*; cd /")).await;
    found.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keypad_without_a_two_is_said_and_calls_for_help_until_another_one_has_it() {
    let world = World::start_for_machines("").await;
    let has_no_2 = |line: &&str| !line.starts_with("KEY_2 ") && !line.starts_with("KEY_KP2 ");
    let map: Vec<_> = MAP.lines().filter(has_no_2).collect();
    let toml =
        desk::agent_toml(&world).replace("[keypad]", "[keypad]\nmap = \"/data/etc/keymap.toml\"");
    let beside = ("keymap.toml", map.join("\n"));
    let disk = desk::disk_holding(&world, &toml, (beside.0, &beside.1));
    let mut phone = desk::switched_on(disk).await;
    desk::expect_vacant(&world, &mut phone).await;
    let mut pins = phone.pins().await;
    let before = phone.expect_troubles(&[]).await;

    let gpio_keys = "platform/drivers/gpio-keys";
    drive(&mut phone, gpio_keys, SECOND, false).await;
    phone.expect_troubles(&["keypad has no 2"]).await;
    phone.expect_text("Keys missing").await;
    pins.expect(ATTENTION_LAMP, true).await;
    phone.call_for_help("999").await;

    let (virtio, first) = (
        "virtio/drivers/virtio_input",
        device_of(&mut phone, "virtio_input").await,
    );
    drive(&mut phone, virtio, &first, false).await;
    phone.expect_troubles(&["No keypad"]).await;
    drive(&mut phone, virtio, &first, true).await;
    phone.expect_troubles(&["keypad has no 2"]).await;
    drive(&mut phone, gpio_keys, SECOND, true).await;
    phone.expect_troubles(&[]).await;
    pins.expect(ATTENTION_LAMP, false).await;

    pins.set(KEY_2, true).await;
    phone.expect_text("Number to call").await;
    pins.set(KEY_2, false).await;
    phone.press("11").await;
    phone.expect_text("211").await;
    assert_eq!(phone.status().await.unwrap().pid, before.pid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_display_that_goes_leaves_the_lamp_and_the_log_and_gets_its_picture_when_it_comes_back() {
    let world = World::start_for_machines(DESK_12).await;
    let mut phone = desk::vacant_phone(&world).await;
    let mut pins = phone.pins().await;
    let before = phone.expect_troubles(&[]).await;

    let display = device_of(&mut phone, "virtio_gpu").await;
    drive(&mut phone, "virtio/drivers/virtio_gpu", &display, false).await;
    phone
        .expect_troubles(&["Nothing can be seen: /dev/fb0"])
        .await;
    pins.expect(ATTENTION_LAMP, true).await;
    let log = phone.run("logread | grep 'no display'").await;
    assert!(log.contains("/dev/fb0"), "{log}");
    phone.call_for_help("112").await;

    drive(&mut phone, "virtio/drivers/virtio_gpu", &display, true).await;
    phone.expect_troubles(&[]).await;
    pins.expect(ATTENTION_LAMP, false).await;
    desk::expect_golden(&world, &mut phone, "vacant").await;
    assert_eq!(phone.status().await.unwrap().pid, before.pid);
}
