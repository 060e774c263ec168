//! A simulated phone: what it is called, what it says to the server, and how patient it is.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rustls::ClientConfig;
use serde_json::{Value, json};

use crate::wire::{PhoneLine, dial};

/// Connections that begin at the same time, where phones are not meant to come all at once.
pub(crate) const TOGETHER: usize = 64;
/// Times that a phone tries to connect, waiting twice as long each time.
const TRIES: u32 = 8;

/// Where the server is, and how it is known.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) phones: SocketAddr,
    pub(crate) portal: SocketAddr,
    pub(crate) tls: Arc<ClientConfig>,
    /// Connections that had to be tried again.
    pub(crate) again: Arc<AtomicUsize>,
}

/// One phone with its user.
#[derive(Debug, Clone)]
pub(crate) struct Phone {
    pub(crate) number: usize,
    pub(crate) token: String,
}

/// A phone that has power again, and listens.
#[derive(Debug)]
pub(crate) struct Awake {
    _line: PhoneLine,
    /// Seconds within which it registers.
    pub(crate) register_within: u32,
}

/// How often the server said that it was busy, and how long it took to answer when it was not.
#[derive(Debug)]
pub(crate) struct LogIn {
    pub(crate) association: String,
    pub(crate) busy: usize,
    /// From the request that was admitted to its answer.
    pub(crate) answered: Duration,
}

pub(crate) fn mac(number: usize) -> String {
    format!("0200{number:08x}")
}

pub(crate) fn user(number: usize) -> String {
    format!("7{number:06}")
}

pub(crate) fn pin(number: usize) -> String {
    format!("{:04}", number % 10_000)
}

/// An address for each ten thousand phones of a round.
fn source(number: usize, round: u8) -> Ipv4Addr {
    let block = u8::try_from(number / 10_000).unwrap_or(u8::MAX);
    Ipv4Addr::new(127, round, block, 1)
}

impl Server {
    /// Connects, again and again with growing pauses, as a phone does.
    pub(crate) async fn dial(&self, number: usize, round: u8) -> Result<PhoneLine> {
        let mut pause = Duration::from_millis(1000 + (number as u64 * 7919) % 1000);
        for _ in 0..TRIES {
            match dial(self.phones, source(number, round), &self.tls).await {
                Ok(line) => return Ok(line),
                Err(_) => {
                    self.again.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
            }
        }
        anyhow::bail!("phone {number} could not connect in {TRIES} tries")
    }

    /// First contact.
    pub(crate) async fn enrol(&self, number: usize, line: &mut PhoneLine) -> Result<Phone> {
        let body = json!({ "device": mac(number), "claim": format!("claim-of-phone-number-{number:08}"),
                           "model": "bench", "version": "1" });
        let answer = line.ask("POST /v1/enrol", "", &body.to_string()).await?;
        let parsed: Value = serde_json::from_str(&answer.body)?;
        let token = parsed["token"].as_str();
        let token = token.with_context(|| answer.body.clone())?.to_owned();
        Ok(Phone { number, token })
    }

    /// What a phone does that has been switched on: what do I hold, what am I, what is new.
    pub(crate) async fn wake(&self, phone: &Phone, round: u8) -> Result<Awake> {
        let mut line = self.dial(phone.number, round).await?;
        let body = json!({ "device": mac(phone.number), "holding": null, "version": "1" });
        self.patiently(phone, &mut line, round, "POST /v1/sync", &body)
            .await?;
        let answer = self
            .patiently(phone, &mut line, round, "GET /v1/profile", &Value::Null)
            .await?;
        let profile: Value = serde_json::from_str(&answer.body)?;
        let within = profile["register_within"].as_u64().unwrap_or(0);
        while !line.listen(&phone.token).await? {
            self.again.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(1)).await;
            line = self.dial(phone.number, round).await?;
        }
        Ok(Awake {
            _line: line,
            register_within: u32::try_from(within)?,
        })
    }

    /// Tells that the registrar took the guest, again when the server is busy.
    async fn tell(&self, phone: &Phone, line: &mut PhoneLine, commit: &str) -> Result<()> {
        for _ in 0..TRIES {
            let answer = phone
                .ask(line, commit, &json!({ "switch_ms": 180 }))
                .await?;
            if answer.status == 204 {
                return Ok(());
            }
            let wait = answer
                .header("retry-after")
                .and_then(|text| text.parse().ok());
            let wait = wait.with_context(|| format!("commit: {}", answer.body))?;
            self.again.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(wait)).await;
        }
        anyhow::bail!("phone {} could not commit", phone.number)
    }

    /// Asks until the server is not too busy to answer, coming back when it is told to.
    async fn patiently(
        &self,
        phone: &Phone,
        line: &mut PhoneLine,
        round: u8,
        request: &str,
        body: &Value,
    ) -> Result<crate::wire::Answer> {
        loop {
            let Ok(answer) = phone.ask(line, request, body).await else {
                // The server closes a connection on which nothing was asked for a minute.
                *line = self.dial(phone.number, round).await?;
                continue;
            };
            if answer.status == 200 {
                return Ok(answer);
            }
            ensure!(
                answer.status == 503,
                "{request}: {} {}",
                answer.status,
                answer.body
            );
            let wait = answer
                .header("retry-after")
                .and_then(|text| text.parse().ok());
            self.again.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(wait.context("no turn")?)).await;
        }
    }

    /// Logs the phone's user in, coming back when it is told to; the same attempt however often it asks.
    pub(crate) async fn log_in(
        &self,
        phone: &Phone,
        line: &mut PhoneLine,
        round: u8,
    ) -> Result<LogIn> {
        let body = json!({ "attempt": format!("{round:04x}{:028x}", phone.number),
                           "extension": user(phone.number), "pin": pin(phone.number) });
        let mut busy = 0;
        loop {
            let begun = tokio::time::Instant::now();
            let answer = match phone.ask(line, "POST /v1/associations", &body).await {
                Ok(answer) => answer,
                Err(_) => {
                    // The server closes a connection on which nothing was asked for a minute.
                    *line = self.dial(phone.number, round).await?;
                    continue;
                }
            };
            if answer.status == 201 {
                let answered = begun.elapsed();
                let parsed: Value = serde_json::from_str(&answer.body)?;
                let association = parsed["association"]
                    .as_str()
                    .context("no name")?
                    .to_owned();
                let commit = format!("POST /v1/associations/{association}/commit");
                self.tell(phone, line, &commit).await?;
                return Ok(LogIn {
                    association,
                    busy,
                    answered,
                });
            }
            let wait = answer
                .header("retry-after")
                .and_then(|text| text.parse().ok());
            let wait =
                wait.with_context(|| format!("log-in: {} {}", answer.status, answer.body))?;
            busy += 1;
            tokio::time::sleep(Duration::from_secs(wait)).await;
        }
    }
}

impl Phone {
    /// A number from 0 to 1 that is this phone's in this round.
    pub(crate) fn random_share(&self, round: u64) -> f64 {
        // SplitMix64's finish: neighbours have nothing in common.
        let mut mixed = (self.number as u64 + (round << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let high = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(0);
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    async fn ask(
        &self,
        line: &mut PhoneLine,
        request: &str,
        body: &Value,
    ) -> io::Result<crate::wire::Answer> {
        let headers = format!("Authorization: Bearer {}\r\n", self.token);
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        line.ask(request, &headers, &body).await
    }
}
