//! A company with a hundred phones and as many people, three administrators, and a neighbour on the same server.

use std::fmt::Write as _;

use rig::World;

use crate::window::Window;

/// Runs the server.
pub(crate) const OPERATOR: &str = "ann";
/// Runs the company.
pub(crate) const ADMINISTRATOR: &str = "bob";
/// Helps its people.
pub(crate) const HELP_DESK: &str = "joe";
/// Everybody's.
pub(crate) const PASSWORD: &str = "a-long-password";

/// Phones and users beside those of the demonstration.
const MANY: usize = 100;

const FIRST_NAMES: [&str; 10] = [
    "Ada", "Ben", "Chloe", "Dev", "Eleanor", "Farid", "Greta", "Hugo", "Ines", "Jo",
];
const LAST_NAMES: [&str; 10] = [
    "Ng",
    "Okafor",
    "Petrov",
    "Quinn",
    "Rossi",
    "Smith-Wellington",
    "Tanaka",
    "Ueda",
    "Vasquez",
    "Wu",
];

/// The server with its people, and a browser in which nobody is signed in.
pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) window: Window,
}

impl Office {
    /// Opens it.
    pub(crate) async fn open() -> Self {
        let world = World::start_with(&company(), &[]).await;
        world.site.provd.import(NEIGHBOUR).await;
        let window = Window::open(&world.site.provd.portal()).await;
        window.sign_in(OPERATOR).await;
        window.send("/policies/group", "name=Sales").await;
        window
            .send("/profiles/models", "name=HD-480&panel=480x272&line_keys=6")
            .await;
        for (name, role) in [(ADMINISTRATOR, "administrator"), (HELP_DESK, "help_desk")] {
            let account = format!("name={name}&role={role}&password={PASSWORD}");
            window.send("/settings/admins", &account).await;
        }
        window.forget().await;
        Self { world, window }
    }
}

/// Another tenant, with a phone and a user.
const NEIGHBOUR: &str = r#"
tenant = "Neighbour Ltd"
sip_domain = "neighbour.test"
[[phones]]
mac = "02005e300001"
name = "Neighbour's desk"
extension = "3001"
[[users]]
extension = "01132995000"
name = "Nick Neighbour"
"#;

fn company() -> String {
    let mut text = format!("[[admins]]\nname = \"{OPERATOR}\"\npassword = \"{PASSWORD}\"\n");
    for n in 0..MANY {
        // Some have long names, and some no address to which help could come.
        let name = match n {
            7 => "Meeting room Bartholomew the Great, north wing".to_owned(),
            _ => format!("Desk {}", 100 + n),
        };
        let address = if n % 10 == 3 {
            ""
        } else {
            "1 Example Street, London SW1A 1AA, second floor"
        };
        let _ = write!(
            text,
            "[[phones]]\nmac = \"02005e20{n:04x}\"\nname = \"{name}\"\nextension = \"{}\"\nmodel = \"HD-480\"\n\
             location = \"row {}\"\naddress = \"{address}\"\nenabled = {}\n",
            4000 + n,
            n / 10 + 1,
            n % 20 != 19
        );
    }
    for n in 0..MANY {
        let name = match n {
            8 => "Maximiliane Freifrau von und zu Wolkenstein-Trostburg".to_owned(),
            _ => format!("{} {}", FIRST_NAMES[n % 10], LAST_NAMES[n / 10]),
        };
        let _ = write!(
            text,
            "[[users]]\nextension = \"{}\"\nshort_extension = \"{}\"\nname = \"{name}\"\n",
            1_132_992_000 + n,
            5000 + n
        );
    }
    text
}
