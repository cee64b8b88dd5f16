//! What a copy waits for, in words: for whoever asks why no operation completes.

use super::replica::{Replica, Role};

impl Replica {
    /// What the copy waits for, if it knows.
    pub(super) fn told_wait(&self) -> Option<String> {
        let epoch = self.epoch.0;
        Some(match &self.role {
            Role::Stopped => return None,
            Role::Secondary if !self.has_asked => "asks the supervisors what is agreed on".to_owned(),
            Role::Secondary => match self.primary {
                Some(primary) => format!("follows {primary} in epoch {epoch}"),
                None => format!("knows no primary of epoch {epoch}"),
            },
            Role::Primary(primary) => {
                let (commit, last) = (self.commit, self.log.last().index);
                let stop = if primary.is_stopped() { ", in a hard stop" } else { "" };
                let change =
                    if self.caller.is_changing() { ", waits for a change to be agreed on" } else { "" };
                format!(
                    "is the primary of epoch {epoch}, with {commit} of {last} entries certain; needs {:?}{stop}{change}",
                    self.required()
                )
            }
        })
    }
}
