//! Who else is there: a colleague, somebody who was invited and has not come yet, and the number that callers dial.

use super::read_one;
use serde_json::json;
use toolcrib::{
    Result,
    access::Role,
    actor::Actor,
    organizations::{accept_invitation, invite},
    phone_numbers, random,
    system::System,
    users::{NewUser, Visit},
};

/// The colleague's password is known to nobody: one account is enough to look around with.
pub async fn add(system: &System, actor: &Actor) -> Result<()> {
    let email = "ines@example.com".to_owned();
    let (_, invitation) = invite::invite(system, actor, Role::Analyst, Some(email.clone())).await?;
    let colleague = NewUser { name: "Ines Analyst".to_owned(), email, password: random::secret("demo-") };
    accept_invitation::accept_with_account(system, &invitation, colleague, &Visit::default()).await?;
    invite::invite(system, actor, Role::Builder, Some("bo@example.com".to_owned())).await?;
    phone_numbers::create::create(system, actor, read_one(json!({"number": "+49 40 5550100", "label": "Customer line"}))?).await?;
    Ok(())
}
