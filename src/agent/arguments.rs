//! The command line. Never opens what it names.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use hotdesk_agent::{Config, PanelConfig, time_server};
use hotdesk_provisioning::Extension;
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
hotdeskd - the agent on a hot-desking phone

  hotdeskd [--config FILE]                run the phone (default /etc/hotdesk/agent.toml)
  hotdeskd [--config FILE] COMMAND        ask the running phone
  hotdeskd --socket PATH COMMAND          the same without its configuration

Commands:
  status            who is signed in, registration, last switch
  login EXTENSION   sign somebody in; the PIN is read from standard input
  logout            sign out whoever is signed in
  watch             everything that changes, one JSON object on each line
  press KEYS        press keys: \"soft1 2001 ok\"
  screen            what the screen says; with --json, what `screens` draws
  calls COUNT       tell how many calls are up

Without a running phone:
  keys [MAP]        show what each key of each keypad sends and what the key map makes of it
  doctor            where the phone's server comes from; exit status 1 if there is none
  clock SERVER...   keep the system's clock by these time servers, where no other program does
  display-test      show a pattern on the display: frame, colours, greys, the format found
  screens --panel PANEL [--theme THEME] --state FILE --png FILE
                    draw what `screen --json` printed, as it looks on a panel: its name, or its file

  --json            answers as JSON
  --help, --version
";

/// Where the configuration is unless somebody says otherwise.
pub(crate) const CONFIG: &str = "/etc/hotdesk/agent.toml";

/// What was typed.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) config: PathBuf,
    pub(crate) verb: Verb,
    pub(crate) json: bool,
    socket: Option<PathBuf>,
}

#[derive(Debug)]
pub(crate) enum Verb {
    Run,
    DisplayTest,
    Doctor,
    /// With the key map of this name or file; `None`: the configured one.
    Keys(Option<String>),
    Clock(Vec<SocketAddr>),
    Screens(Drawn),
    Ask(Ask),
    Help,
    Version,
}

/// A screen to draw, where there is no phone.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) panel: PanelConfig,
    pub(crate) state: PathBuf,
    pub(crate) png: PathBuf,
}

/// Its parts as they were typed, in any order.
#[derive(Debug, Default)]
struct Parts {
    panel: Option<String>,
    theme: Option<String>,
    state: Option<PathBuf>,
    png: Option<PathBuf>,
}

impl Parts {
    fn drawn(self) -> anyhow::Result<Drawn> {
        let missing = |part: &str| anyhow!("screens: --{part} is missing; see hotdeskd --help");
        Ok(Drawn {
            panel: PanelConfig {
                name: self.panel.ok_or_else(|| missing("panel"))?,
                theme: self.theme,
            },
            state: self.state.ok_or_else(|| missing("state"))?,
            png: self.png.ok_or_else(|| missing("png"))?,
        })
    }

    fn is_empty(&self) -> bool {
        let Self {
            panel,
            theme,
            state,
            png,
        } = self;
        panel.is_none() && theme.is_none() && state.is_none() && png.is_none()
    }
}

/// Something to ask the running phone.
#[derive(Debug)]
pub(crate) enum Ask {
    Status,
    LogIn(Extension),
    LogOut,
    Watch,
    Press(String),
    Screen,
    Calls(u8),
}

impl Arguments {
    pub(crate) fn read() -> anyhow::Result<Self> {
        Self::parse(lexopt::Parser::from_env())
    }

    fn parse(mut parser: lexopt::Parser) -> anyhow::Result<Self> {
        let mut arguments = Self {
            config: CONFIG.into(),
            verb: Verb::Run,
            json: false,
            socket: None,
        };
        let (mut words, mut parts) = (Vec::new(), Parts::default());
        while let Some(argument) = parser.next()? {
            match argument {
                Long("config") | Short('c') => arguments.config = parser.value()?.into(),
                Long("socket") => arguments.socket = Some(parser.value()?.into()),
                Long("json") => arguments.json = true,
                Long("panel") => parts.panel = Some(parser.value()?.string()?),
                Long("theme") => parts.theme = Some(parser.value()?.string()?),
                Long("state") => parts.state = Some(parser.value()?.into()),
                Long("png") => parts.png = Some(parser.value()?.into()),
                Long("help") | Short('h') => arguments.verb = Verb::Help,
                Long("version") | Short('V') => arguments.verb = Verb::Version,
                Value(word) => words.push(word.string()?),
                Short(_) | Long(_) => return Err(argument.unexpected().into()),
            }
        }
        if let (Verb::Run, Some((verb, rest))) = (&arguments.verb, words.split_first()) {
            arguments.verb = match (verb.as_str(), rest) {
                ("screens", []) => Verb::Screens(std::mem::take(&mut parts).drawn()?),
                _ => parse_verb(verb, rest)?,
            };
        }
        if !parts.is_empty() {
            bail!("--panel, --theme, --state and --png are for the command \"screens\"");
        }
        Ok(arguments)
    }

    /// The control socket of the phone to ask.
    pub(crate) fn socket(&self) -> anyhow::Result<PathBuf> {
        if let Some(socket) = &self.socket {
            return Ok(socket.clone());
        }
        let config = Config::load(&self.config)?;
        config.control_socket.ok_or_else(|| {
            let file = self.config.display();
            anyhow!("{file}: control.socket is not set, so the phone cannot be asked")
        })
    }
}

fn parse_verb(verb: &str, rest: &[String]) -> anyhow::Result<Verb> {
    let ask = match (verb, rest) {
        ("run", []) => return Ok(Verb::Run),
        ("display-test", []) => return Ok(Verb::DisplayTest),
        ("doctor", []) => return Ok(Verb::Doctor),
        ("keys", []) => return Ok(Verb::Keys(None)),
        ("keys", [map]) => return Ok(Verb::Keys(Some(map.clone()))),
        ("clock", [_, ..]) => {
            let servers = rest.iter().map(|text| time_server(text));
            return Ok(Verb::Clock(servers.collect::<anyhow::Result<_>>()?));
        }
        ("help", []) => return Ok(Verb::Help),
        ("status", []) => Ask::Status,
        ("logout", []) => Ask::LogOut,
        ("watch", []) => Ask::Watch,
        ("screen", []) => Ask::Screen,
        ("press", [_, ..]) => Ask::Press(rest.join(" ")),
        ("login", [extension]) => Ask::LogIn(Extension::parse(extension).context("login")?),
        ("login", [_, _, ..]) => {
            bail!("login: only the extension; the PIN is read from standard input")
        }
        ("calls", [count]) => Ask::Calls(count.parse().context("calls: a number is needed")?),
        _ => bail!("\"{verb}\" is not understood with what stands behind it; see hotdeskd --help"),
    };
    Ok(Verb::Ask(ask))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> anyhow::Result<Arguments> {
        Arguments::parse(lexopt::Parser::from_iter(line.split_whitespace()))
    }

    #[test]
    fn without_words_the_phone_runs() {
        let arguments = parse("hotdeskd").unwrap();
        assert!(matches!(arguments.verb, Verb::Run));
        assert_eq!(arguments.config.to_str(), Some(CONFIG));
    }

    #[test]
    fn keys_are_shown_with_the_configured_map_or_another() {
        assert!(matches!(
            parse("hotdeskd keys").unwrap().verb,
            Verb::Keys(None)
        ));
        let named = parse("hotdeskd keys dial-pad").unwrap().verb;
        assert!(matches!(named, Verb::Keys(Some(map)) if map == "dial-pad"));
    }

    #[test]
    fn a_pin_has_no_place_on_the_command_line() {
        let error = parse("hotdeskd login 2001 1234").unwrap_err();
        assert!(error.to_string().contains("standard input"));
        let arguments = parse("hotdeskd login 2001 --socket /tmp/s --json").unwrap();
        assert!(matches!(arguments.verb, Verb::Ask(Ask::LogIn(_))));
        assert!(arguments.json);
        assert_eq!(arguments.socket().unwrap().to_str(), Some("/tmp/s"));
    }

    #[test]
    fn a_screen_to_draw_has_all_its_parts_and_nothing_else_has_any() {
        let line = "hotdeskd screens --png out.png --panel 480x272 --state s.json";
        let Verb::Screens(drawn) = parse(line).unwrap().verb else {
            panic!("{line}");
        };
        assert_eq!(drawn.panel, PanelConfig::from("480x272"));
        assert_eq!(drawn.state.to_str(), Some("s.json"));
        let themed = parse(&format!("{line} --theme light")).unwrap().verb;
        assert!(matches!(themed, Verb::Screens(drawn) if drawn.panel.theme.is_some()));
        for part in ["--png out.png", "--panel 480x272", "--state s.json"] {
            let error = parse(&line.replace(part, "")).unwrap_err().to_string();
            let name = part.split(' ').next().unwrap();
            assert!(error.contains(&format!("{name} is missing")), "{error}");
        }
        assert!(parse("hotdeskd status --panel 480x272").is_err());
        assert!(parse("hotdeskd --theme light").is_err());
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for line in [
            "hotdeskd dance",
            "hotdeskd login",
            "hotdeskd login x",
            "hotdeskd press",
            "hotdeskd status now",
            "hotdeskd calls many",
            "hotdeskd --colour",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
