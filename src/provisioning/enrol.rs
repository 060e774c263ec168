//! First contact: how a phone gets its device token.

use serde::{Deserialize, Serialize};

use crate::{DeviceId, Secret};

/// `POST /v1/enrol`: who I am. Repeated every few seconds while the answer is [`EnrolAnswer::Pending`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The phone's MAC address.
    pub device: DeviceId,
    /// A random text kept by the phone, at least 128 bits: proof that a later request comes from the same phone.
    pub claim: Secret,
    /// The model's name.
    pub model: String,
    /// The agent's version.
    pub version: String,
}

/// What the server says to a phone it may not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum EnrolAnswer {
    /// The phone is known (its MAC was designated, or an administrator entered its code).
    Enrolled {
        /// The credential for every later request.
        token: Secret,
    },
    /// An administrator must enter this code in the portal.
    Pending {
        /// Six digits to show on the screen.
        code: String,
        /// Seconds until to ask again.
        retry_after: u32,
    },
}
