//! A data partition that takes nothing, until it does again.

use rig::World;
use rig::qemu::Machine;

use crate::desk::{self, ATTENTION_LAMP};

/// Fills the data partition, the reserve of root as well.
const FILL: &str = "dd if=/dev/zero of=/data/filler bs=64k 2>/dev/null; \
                    dd if=/dev/zero of=/data/filler2 bs=1k 2>/dev/null; sync; df /data | tail -n 1";
/// What the kernel does itself when the flash fails: every file system can only be read from now on.
const FAIL: &str = "echo u >/proc/sysrq-trigger; \
                    until grep -q '/data ext4 ro' /proc/mounts; do sleep 0.2; done";
/// What an administrator does then: the partition is mounted for writing, and what is missing on it is made.
const MEND: &str = "mount -o remount,rw /data && /etc/rc.d/S20data";

/// Who is signed in is alone in the location table again once an emergency call is over: the desk's number need not be called back.
const NO_HOLD: &str = "[site.policy]\nemergency_hold = 0\n";

/// Starts the agent anew.
async fn restart_the_agent(phone: &mut Machine) {
    phone.run("killall -9 hotdeskd").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_partition_is_said_and_everything_is_saved_when_there_is_room_again() {
    let world = World::start_for_machines(NO_HOLD).await;
    let mut phone = desk::vacant_phone(&world).await;
    let mut pins = phone.pins().await;
    let before = phone.expect_troubles(&[]).await;

    let full = phone.run(FILL).await;
    assert!(full.contains("100%"), "{full}");
    desk::sign_jane_in(&world, &mut phone).await;
    phone.expect_troubles(&["Nothing can be saved"]).await;
    phone.expect_text("Cannot save").await;
    pins.expect(ATTENTION_LAMP, true).await;
    phone.call_for_help("112").await;

    phone.run("rm /data/filler*").await;
    let after = phone.expect_troubles(&[]).await;
    assert_eq!(after.pid, before.pid);
    pins.expect(ATTENTION_LAMP, false).await;

    let disk = phone.cut_power();
    let mut phone = desk::switched_on(disk).await;
    desk::expect_jane(&world, &mut phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_that_can_only_be_read_is_said_and_written_when_it_can_be_again() {
    let world = World::start_for_machines(NO_HOLD).await;
    let mut phone = desk::vacant_phone(&world).await;
    let before = phone.expect_troubles(&[]).await;

    phone.run(FAIL).await;
    desk::sign_jane_in(&world, &mut phone).await;
    phone.expect_troubles(&["Nothing can be saved"]).await;
    phone.call_for_help("112").await;
    phone.run(MEND).await;
    let after = phone.expect_troubles(&[]).await;
    assert_eq!(after.pid, before.pid);

    // One that starts so knows it before anything is to be written.
    phone.run(FAIL).await;
    restart_the_agent(&mut phone).await;
    desk::expect_jane(&world, &mut phone).await;
    let after = phone.expect_troubles(&["Nothing can be saved"]).await;
    assert_ne!(after.pid, before.pid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_a_place_for_its_state_says_so_and_starts_when_there_is_one() {
    let world = World::start_for_machines("").await;
    let mut phone = desk::vacant_phone(&world).await;
    let mut pins = phone.pins().await;

    phone
        .run(&format!("mv /data/hotdesk /data/away; {FAIL}"))
        .await;
    restart_the_agent(&mut phone).await;
    let stand_in = phone
        .expect_troubles(&["state directory cannot be made"])
        .await;
    phone.expect_text("Cannot start").await;
    pins.expect(ATTENTION_LAMP, true).await;
    phone.call_for_help("112").await;
    phone
        .run("mount -o remount,rw /data && mv /data/away /data/hotdesk")
        .await;
    let after = phone.expect_troubles(&[]).await;
    assert_eq!(after.pid, stand_in.pid);
    pins.expect(ATTENTION_LAMP, false).await;
    desk::expect_vacant(&world, &mut phone).await;

    // A key that finds no room is the same.
    let full = phone.run(&format!("rm -r /data/hotdesk/*; {FILL}")).await;
    assert!(full.contains("100%"), "{full}");
    restart_the_agent(&mut phone).await;
    let stand_in = phone.expect_troubles(&["No space left"]).await;
    phone.call_for_help("112").await;
    phone.run("rm /data/filler*").await;
    let after = phone.expect_troubles(&[]).await;
    assert_eq!(after.pid, stand_in.pid);
}
