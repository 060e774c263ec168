//! Each mistake in the file is named with its key and with what to do.

use super::*;

const SMALL: &str = r#"
[server]
url = "https://provisioning.example.com:8443"
[device]
mac = "02:00:5e:10:00:11"
state_dir = "state"
"#;

fn mistake(text: &str) -> String {
    format!("{:#}", Config::parse(text, Path::new("")).unwrap_err())
}

#[test]
fn a_small_file_is_enough() {
    let config = Config::parse(SMALL, Path::new("/etc/hotdesk")).unwrap();
    let server = config.server_url.as_deref();
    assert_eq!(server, Some("https://provisioning.example.com:8443"));
    assert_eq!(config.device.as_str(), "02005e100011");
    assert_eq!(config.state_dir, Path::new("/etc/hotdesk/state"));
    assert_eq!(config.key_file, Path::new("/etc/hotdesk/state/device.key"));
    assert_eq!(config.sip_listen.to_string(), "[::]:5060");
    assert_eq!(config.log.level, tracing::Level::INFO);
    assert_eq!(config.control_socket, None);
}

#[test]
fn the_documented_default_file_is_valid() {
    let text = include_str!("../../assets/default/agent.toml");
    let config = Config::parse(text, Path::new("/etc/hotdesk")).unwrap();
    assert_eq!(config.state_dir, Path::new("/var/lib/hotdesk"));
    assert!(config.control_socket.is_some());
}

#[test]
fn every_mistake_names_its_key_and_says_what_to_do() {
    for (from, to, key, advice) in [
        ("https://", "http://", "server.url", "https://host:port"),
        (":8443", ":8443/v1", "server.url", "https://host:port"),
        ("//prov", "//user@prov", "server.url", "https://host:port"),
        ("02:00:5e", "02:00", "device.mac", "twelve"),
        (
            "mac = \"02:00:5e:10:00:11\"\n",
            "",
            "device",
            "device.interface",
        ),
        (
            "[device]",
            "[device]\ninterface = \"eth0\"",
            "device",
            "keep the one",
        ),
        (
            "[device]",
            "[device]\nmodel = \"\"",
            "device.model",
            "1 to 64",
        ),
        (
            "https://",
            "https://B\u{fc}cher.",
            "server.url",
            "write the name as xn--",
        ),
        (
            "[device]",
            "[sip]\nlisten = \"5060\"\n[device]",
            "sip.listen",
            "[::]:5060",
        ),
        (
            "[device]",
            "[sip]\nuser_agent = \"Cisco\"\n[device]",
            "sip.user_agent",
            "without",
        ),
        (
            "[device]",
            "[log]\nlevel = \"loud\"\n[device]",
            "log.level",
            "debug",
        ),
        (
            "[device]",
            "[device]\nlanguage = \"xx\"",
            "no screen speaks",
            "only en, de",
        ),
        (
            "[device]",
            "[display]\nkind = \"crt\"\n[device]",
            "kind",
            "none",
        ),
        ("[device]", "[device]\ncolour = 1", "colour", "expected"),
        ("[server]\n", "", "server", ""),
    ] {
        let said = mistake(&SMALL.replacen(from, to, 1));
        assert!(
            said.contains(key) && said.contains(advice),
            "{to:?}: {said}"
        );
    }
}

#[test]
fn an_interface_that_is_not_there_is_named() {
    let by_interface = SMALL.replace("mac = \"02:00:5e:10:00:11\"", "interface = \"nope0\"");
    assert!(mistake(&by_interface).contains("ls /sys/class/net"));
    let escape = SMALL.replace("mac = \"02:00:5e:10:00:11\"", "interface = \"../x\"");
    assert!(mistake(&escape).contains("is not the name of an interface"));
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::load(Path::new("nowhere.toml")).unwrap_err();
    assert!(format!("{error:#}").contains("nowhere.toml: cannot be read"));
}
