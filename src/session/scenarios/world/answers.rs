//! What servers, registrars and people far away do, at random: answers that fit, answers that come twice, and nonsense.

use hotdesk_provisioning::{
    AssociationId, AttemptId, ElsewhereAnswer, EndReason, ExtendAnswer, Extension, Held, LimitKind,
    OfflineGrant, OfflineGuest, Pin, Push, Refusal, RefusalCode, Secret, SyncAnswer, VoidAccount,
};

use super::super::model::kind;
use super::super::sim_server::{PIN, admission};
use super::{World, random_profile};
use crate::{AccountNews, Event, Holder, OfflineFailure};

impl World {
    pub(super) fn answer_an_attempt(&mut self) {
        if !self.opening.is_empty() && self.below(3) > 0 {
            return self.open();
        }
        let latest = self.attempts.last().cloned();
        let any = self.pick(&self.attempts.clone());
        let Some((attempt, extension)) = (if self.below(4) == 0 { any } else { latest }) else {
            return;
        };
        let answer = if self.below(3) == 0 {
            let code = self.pick(&RefusalCode::ALL).unwrap();
            Err(Refusal::new(code))
        } else {
            let next = self.associations.len();
            let association = self
                .associations
                .entry(attempt.clone())
                .or_insert_with(|| AssociationId::parse(&format!("a{next}")).unwrap());
            let mut admission = admission(association.as_str(), extension.as_str(), "Somebody");
            admission.ends_in = self
                .pick(&[None, Some(0), Some(90), Some(100_000)])
                .unwrap();
            admission.ends_for = self.any_limit();
            admission.offline = Some(OfflineGrant {
                id: AssociationId::parse(&format!("g{next}")).unwrap(),
                account: admission.guest.account.clone(),
                expires_in: self.pick(&[0, 60, 7200, u32::MAX]).unwrap(),
                limit: self.pick(&[None, Some(90)]).unwrap(),
            });
            Ok(Box::new(admission))
        };
        self.tell(Event::Opened { attempt, answer });
    }

    /// What came of trying a PIN without the server; mostly it was right.
    fn open(&mut self) {
        let Some(attempt) = self.pick(&self.opening.clone()) else {
            return;
        };
        let answer = match self.below(4) {
            0 => Err(OfflineFailure::WrongPin),
            1 if self.below(4) == 0 => Err(OfflineFailure::Unusable),
            _ => Ok(Box::new(OfflineGuest {
                guest: admission("any", "2000", "Somebody").guest,
                limit: None,
            })),
        };
        self.opening.retain(|other| *other != attempt);
        self.tell(Event::OfflineOpened { attempt, answer });
    }

    /// What was to be sealed is, or could not be.
    pub(super) fn seal(&mut self) {
        let Some(grant) = self.pick(&self.sealing.clone()) else {
            return;
        };
        let sealed = (self.below(8) > 0).then(|| Secret::new("sealed".to_owned()));
        self.tell(Event::OfflineSealed { grant, sealed });
    }

    pub(super) fn bring_news_of_an_account(&mut self) {
        let known: Vec<_> = self.slots.iter().cloned().collect();
        let live: Vec<_> = self.reference.live.iter().cloned().collect();
        let from = if self.below(4) == 0 { known } else { live };
        let news = [
            AccountNews::Registered,
            AccountNews::Registered,
            AccountNews::Registered,
            AccountNews::Failing,
            AccountNews::Unregistered,
            AccountNews::Rejected { status: 403 },
            AccountNews::Displaced,
        ];
        if let (Some(slot), Some(news)) = (self.pick(&from), self.pick(&news)) {
            self.tell(Event::Account { slot, news });
        }
    }

    pub(super) fn answer_a_delivery(&mut self) {
        let code = self.pick(&[
            None,
            None,
            Some(RefusalCode::ServerUnreachable),
            Some(RefusalCode::UnknownAssociation),
        ]);
        let Some(number) = self.pick(&self.deliveries.clone()) else {
            return;
        };
        let answer = code.flatten().map_or(Ok(()), |c| Err(Refusal::new(c)));
        self.tell(Event::Delivered { number, answer });
    }

    pub(super) fn any_association(&mut self) -> AssociationId {
        let mut known: Vec<_> = self.associations.values().cloned().collect();
        if let Holder::Guest(tenure) = self.phone.view(self.now).holder {
            known.resize(known.len() + 16, tenure.association.clone());
        }
        let unknown = || AssociationId::parse("unknown").unwrap();
        self.pick(&known).unwrap_or_else(unknown)
    }

    pub(super) fn any_reason(&mut self) -> EndReason {
        let by = "somebody".to_owned();
        self.pick(&[
            EndReason::LoggedOut,
            EndReason::Moved { to: by.clone() },
            EndReason::Administrator { by },
            EndReason::Limit,
            EndReason::UserDisabled,
            EndReason::Unknown,
        ])
        .unwrap()
    }

    fn any_limit(&mut self) -> LimitKind {
        let all = [
            LimitKind::Limit,
            LimitKind::TimeOfDay,
            LimitKind::BookingEnd,
        ];
        self.pick(&all).unwrap()
    }

    pub(super) fn answer_something_else(&mut self) {
        let association = self.any_association();
        let refusal = Refusal::new(self.pick(&RefusalCode::ALL).unwrap());
        let yes = self.below(2) == 0;
        let event = match self.below(3) {
            0 => Event::LogoutChecked {
                association,
                answer: if yes { Ok(()) } else { Err(refusal) },
            },
            1 => {
                let ends_in = self
                    .pick(&[None, Some(0), Some(70), Some(u32::MAX)])
                    .unwrap();
                let ends_for = self.any_limit();
                Event::Extended {
                    association,
                    answer: if yes {
                        Ok(ExtendAnswer { ends_in, ends_for })
                    } else {
                        Err(refusal)
                    },
                }
            }
            _ => Event::Wiped {
                association,
                stores: vec!["call log".to_owned()],
            },
        };
        self.tell(event);
    }

    /// The server's word about another PIN, or about the guest's other phones; mostly good.
    pub(super) fn answer_about_the_guest(&mut self) {
        let association = self.any_association();
        let refusal = Refusal::new(self.pick(&RefusalCode::ALL).unwrap());
        let yes = self.below(4) > 0;
        let asked_for_pin = kind(self.activity()) == "ChangePin";
        let event = if asked_for_pin != (self.below(16) == 0) {
            Event::PinChanged {
                association,
                answer: if yes { Ok(()) } else { Err(refusal) },
            }
        } else {
            Event::EndedElsewhere {
                association,
                answer: if yes {
                    Ok(ElsewhereAnswer::default())
                } else {
                    Err(refusal)
                },
            }
        };
        self.tell(event);
    }

    pub(super) fn push(&mut self) {
        let association = self.any_association();
        let reason = self.any_reason();
        let push = match self.below(6) {
            5 => Push::ForgetOffline {
                grants: vec![association],
            },
            2 | 3 => Push::ConsentWanted {
                association,
                attempt: AttemptId::from_random(9),
                desk: "Desk 7".to_owned(),
            },
            0 => Push::Extended {
                association,
                ends_in: Some(self.below(200)),
                ends_for: self.any_limit(),
            },
            1 => Push::Evicted {
                association,
                reason,
            },
            _ => Push::ProfileChanged,
        };
        self.tell(Event::Push(push));
    }

    pub(super) fn sync(&mut self) {
        let reason = self.any_reason();
        let void = self.any_association();
        let account = admission("any", "2000", "Somebody").guest.account;
        let held = [
            None,
            Some(Held::Ended { reason }),
            Some(Held::Active {
                ends_in: Some(100),
                ends_for: self.any_limit(),
            }),
        ];
        let answer = SyncAnswer {
            held: self.pick(&held).unwrap(),
            void: vec![VoidAccount {
                association: void,
                account,
            }],
            ..SyncAnswer::default()
        };
        self.tell(Event::Synced(Box::new(answer)));
    }

    pub(super) fn cut_or_mend_a_link(&mut self) {
        let up = self.below(3) > 0;
        if self.below(2) == 0 {
            self.tell(Event::ServerLink { up });
        } else {
            self.tell(Event::NetworkLink { up });
        }
    }

    pub(super) fn act_from_afar(&mut self) {
        let event = match self.below(6) {
            0 => Event::LogOut {
                reason: self.any_reason(),
            },
            1 => Event::LogIn {
                extension: Extension::parse("2001").unwrap(),
                pin: Pin::parse(PIN).unwrap(),
            },
            2 => Event::CheckSync,
            3 => Event::Enrolled,
            4 => Event::EnrolPending {
                code: "481920".to_owned(),
            },
            _ => Event::Profile(Box::new(random_profile(&mut self.random))),
        };
        self.tell(event);
    }
}
