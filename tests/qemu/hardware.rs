//! A display that goes and comes back while the phone is on.

use rig::World;
use rig::qemu::Machine;

use crate::desk::{self, ATTENTION_LAMP, DESK_12};

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
