//! A real baresip that calls and is called: somebody else's phone, with sound but without a sound card.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use hotdesk_provisioning::Account;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::eventually;
use crate::ports::free_port;
use crate::program::Program;

/// Seconds of silence that it says over and over.
const SILENCE: u32 = 10;
/// Samples in a second.
const RATE: u32 = 8000;

/// A running baresip.
#[derive(Debug)]
pub struct Baresip {
    _program: Program,
    _folder: TempDir,
    control: SocketAddr,
}

impl Baresip {
    /// Starts one that is `account`, through `proxy`, and waits until it has registered. With `answers` it takes calls by
    /// itself, otherwise it rings.
    pub async fn start(account: &Account, proxy: SocketAddr, answers: bool) -> Self {
        let folder = TempDir::new().unwrap();
        let control = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        fs::write(folder.path().join("config"), config(folder.path(), control)).unwrap();
        fs::write(
            folder.path().join("accounts"),
            account_line(account, proxy, answers),
        )
        .unwrap();
        fs::write(folder.path().join("contacts"), "").unwrap();
        fs::write(folder.path().join("say.wav"), silence()).unwrap();
        let path = folder.path().to_str().unwrap();
        let mut program =
            Program::start(&["baresip", "-f", path], &folder.path().join("baresip.log"));
        eventually("baresip takes commands", async || {
            program.must_run();
            TcpStream::connect(control).await.map(drop)
        })
        .await;
        let baresip = Self {
            _program: program,
            _folder: folder,
            control,
        };
        eventually("baresip is registered", async || {
            let info = baresip.command("reginfo", "").await;
            if info.contains("OK") {
                Ok(())
            } else {
                Err(info)
            }
        })
        .await;
        baresip
    }

    /// Calls somebody.
    pub async fn dial(&self, uri: &str) {
        self.command("dial", uri).await;
    }

    /// Takes the call that rings.
    pub async fn answer(&self) {
        self.command("accept", "").await;
    }

    /// Waits until its one call is in this state: `RINGING`, `INCOMING` or `ESTABLISHED`.
    pub async fn expect_call(&self, state: &str) {
        eventually(&format!("baresip's call is {state}"), async || {
            let calls = self.calls().await;
            if calls.contains(state) {
                Ok(())
            } else {
                Err(calls)
            }
        })
        .await;
    }

    /// Its calls, as it lists them.
    pub async fn calls(&self) -> String {
        self.command("listcalls", "").await
    }

    /// Packets of sound that it has received in its call.
    pub async fn heard(&self) -> u64 {
        let debug = self.command("audio_debug", "").await;
        let (_, rest) = debug.split_once("rcvd=").unwrap_or_default();
        rest.split(|c: char| !c.is_ascii_digit())
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or(0)
    }

    /// One command over its control connection, which speaks JSON in netstrings; events in between are skipped.
    async fn command(&self, command: &str, parameters: &str) -> String {
        let asking = async {
            let mut stream = TcpStream::connect(self.control).await?;
            let text =
                json!({ "command": command, "params": parameters, "token": "rig" }).to_string();
            stream
                .write_all(format!("{}:{text},", text.len()).as_bytes())
                .await?;
            loop {
                let message = netstring(&mut stream).await?;
                if message["response"] == true {
                    return anyhow::Ok(message["data"].as_str().unwrap_or_default().to_owned());
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(5), asking)
            .await
            .expect("baresip answers a command within 5 s")
            .expect("baresip's control connection works")
    }
}

async fn netstring(stream: &mut TcpStream) -> anyhow::Result<Value> {
    let mut length: usize = 0;
    loop {
        match stream.read_u8().await? {
            b':' => break,
            digit => length = length * 10 + usize::from(digit - b'0'),
        }
    }
    let mut text = vec![0; length];
    stream.read_exact(&mut text).await?;
    stream.read_u8().await?;
    Ok(serde_json::from_slice(&text)?)
}

fn config(folder: &Path, control: SocketAddr) -> String {
    let folder = folder.display();
    format!(
        "sip_listen 127.0.0.1:0\nnet_interface 127.0.0.1\npoll_method epoll\n\
         audio_source aufile,{folder}/say.wav\nausrc_srate {RATE}\nauplay_srate {RATE}\n\
         module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\nmodule_tmp account.so\n\
         module_app menu.so\nmodule_app ctrl_tcp.so\nctrl_tcp_listen {control}\n"
    )
}

fn account_line(account: &Account, proxy: SocketAddr, answers: bool) -> String {
    let mode = if answers { "auto" } else { "manual" };
    format!(
        "<{};transport=udp>;auth_user={};auth_pass={};outbound=\"sip:{proxy};transport=udp\";regint=60;\
         answermode={mode};audio_codecs=PCMU\n",
        account.aor,
        account.auth_user,
        account.secret.expose()
    )
}

/// A WAV file of nothing: 16-bit samples, one channel.
fn silence() -> Vec<u8> {
    let bytes = SILENCE * RATE * 2;
    let mut wav = Vec::from(*b"RIFF");
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(*b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend([1_u16, 1].map(u16::to_le_bytes).concat());
    wav.extend([RATE, RATE * 2].map(u32::to_le_bytes).concat());
    wav.extend([2_u16, 16].map(u16::to_le_bytes).concat());
    wav.extend(*b"data");
    wav.extend(bytes.to_le_bytes());
    wav.resize(wav.len() + bytes as usize, 0);
    wav
}
